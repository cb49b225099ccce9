"""The fold below the Segment tab that takes many photos: a gallery, and their files in a zip."""

import gradio as gr

from gecat.app.ui.events import BATCHES, connect
from gecat.app.ui.uploads import MANY_BYTES, MANY_PHOTOS


def add_many_photos(page, actions, given, shown):
    """Adds the fold below the tab.

    Args:
        page: the Page; actions: of the tab.
        given, shown: of `parts.inputs` and `parts.outputs`.
    """
    words = page.words.segment
    with gr.Accordion(words.many_photos, open=False, elem_id="many"):
        size = f"{MANY_BYTES / 1e6:.0f}"
        gr.Markdown(words.many_info.format(count=MANY_PHOTOS, size=size))
        with gr.Row():
            with gr.Column(scale=4, min_width=300):
                files = gr.File(
                    label=page.words.page.many_files,
                    file_count="multiple",
                    height=220,
                    elem_id="many-files",
                )
                start = gr.Button(words.many_run, variant="primary", elem_id="many-run")
                download = gr.DownloadButton(
                    words.many_download, interactive=False, elem_id="many-download"
                )
            with gr.Column(scale=7, min_width=300):
                gallery = gr.Gallery(
                    label=words.many_results,
                    columns=4,
                    height=320,
                    object_fit="contain",
                    interactive=False,
                    buttons=["fullscreen"],
                    elem_id="many-results",
                    elem_classes="transparent",
                )
                note = gr.HTML(elem_id="many-note")
    connect(
        start.click,
        actions.segment_many,
        {
            "files": files,
            "refine": given.refine,
            "threshold": shown.threshold,
            "run_in_use": page.run_in_use,
        },
        {"gallery": gallery, "download": download, "note": note},
        show_progress_on=[gallery],
        **BATCHES,
    )
