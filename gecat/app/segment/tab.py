"""The Segment tab: a photo in, and everything that its mask is good for."""

from types import SimpleNamespace

import gradio as gr

from gecat.app.segment.actions import Actions
from gecat.app.ui.errors import note_html
from gecat.app.ui.events import DRAWING, LIVE, NETWORK, PRIVATE
from gecat.app.ui.uploads import MANY_BYTES, MANY_PHOTOS

# One photo at a time goes through the network; drawing is cheap enough for two at once.
HEIGHT = 400  # of the pictures, in CSS pixels


def build_tab(words, segmenter, shelf, examples, public, own, used, loaded, opened):
    """Builds the tab inside the open `gr.Blocks`.

    Args:
        words: of the page, in its language.
        segmenter: returns the Segmenter; called when a photo comes.
        shelf: the Shelf that keeps results.
        examples: paths of example photos; the first is shown when the page opens.
        public: whether this page's endpoint is the one that programs call.
        own: the OwnWeights; used: the component that says which of them are in use.
        loaded: the event of the page's being loaded; opened: of the tab's.

    Returns:
        what the Train tab needs to put its weights into use: the row that says so, its note, and
        `look_again(event)`, which segments the photo anew.
    """
    actions = Actions(words, segmenter, shelf, own.segmenter)
    note = _own_note(own.train)
    with gr.Row():
        with gr.Column(scale=4, min_width=300):
            given = _inputs(words, examples)
        with gr.Column(scale=7, min_width=300):
            shown = _outputs(words.segment)
    # Before the rest, which would take the name from it.
    if public:
        _endpoint(actions, given.photo, given.refine, shown.threshold)
    look_again = _wire(actions, given, shown, examples, used)
    _many(words, actions, given.refine, shown.threshold, used)
    given_back = note.back.click(
        own.give_back,
        None,
        [used, note.row, note.text],
        queue=False,
        show_progress="hidden",
        **PRIVATE,
    )
    look_again(given_back.success)
    for event in (loaded, opened):
        event(
            own.arrive,
            [used],
            [used, note.row, note.text],
            preprocess=False,
            queue=False,
            show_progress="hidden",
            **PRIVATE,
        )
    return SimpleNamespace(row=note.row, text=note.text, look_again=look_again)


def _own_note(train):
    """What stands above the tab while a visitor's own weights are in use."""
    with gr.Row(visible=False, equal_height=True, elem_id="own-weights") as row:
        with gr.Column(scale=4, min_width=200):
            text = gr.HTML(elem_id="own-note")
        with gr.Column(scale=1, min_width=200):
            back = gr.Button(train.back_to_shipped, size="md", elem_id="own-back")
    return SimpleNamespace(row=row, text=text, back=back)


def _inputs(words, examples):
    photo = gr.Image(
        label=words.page.photo,
        placeholder=words.page.photo_prompt,
        sources=["upload", "webcam", "clipboard"],
        type="filepath",
        image_mode=None,
        height=HEIGHT,
        buttons=[],
        elem_id="photo",
    )
    gr.Examples(
        [[str(path)] for path in examples],
        inputs=[photo],
        label=words.page.examples,
        api_visibility="private",
        elem_id="examples",
    )
    segment = words.segment
    refine = gr.Checkbox(True, label=segment.refine, info=segment.refine_info, elem_id="refine")
    return SimpleNamespace(photo=photo, refine=refine)


def _outputs(words):
    verdict = gr.HTML(note_html(words.working), elem_id="verdict", container=True)
    picture = {
        "interactive": False,
        "show_label": False,
        "height": HEIGHT,
        "buttons": ["fullscreen"],
    }
    with gr.Tabs(elem_id="views"):
        with gr.Tab(words.before_after):
            before_after = gr.ImageSlider(
                label=words.before_after,
                show_label=False,
                interactive=False,
                max_height=HEIGHT,
                height=HEIGHT,
                format="jpeg",
                buttons=["fullscreen"],
                elem_id="before-after",
            )
        with gr.Tab(words.cutout):
            cutout = gr.Image(
                label=words.cutout,
                alt_text=words.cutout,
                elem_id="cutout",
                elem_classes="transparent",
                **picture,
            )
        with gr.Tab(words.mask):
            mask = gr.Image(
                label=words.mask, alt_text=words.mask, format="png", elem_id="mask", **picture
            )
        with gr.Tab(words.objects):
            objects = gr.AnnotatedImage(
                label=words.objects,
                show_label=False,
                format="jpeg",
                height=HEIGHT,
                buttons=["fullscreen"],
                elem_id="objects",
            )
        with gr.Tab(words.new_background), gr.Row():
            composite = gr.Image(
                label=words.new_background,
                alt_text=words.new_background,
                format="jpeg",
                elem_id="composite",
                scale=3,
                min_width=280,
                **picture,
            )
            with gr.Column(scale=1, min_width=170):
                colour = gr.ColorPicker("#f59e0b", label=words.background_colour)
                background = gr.Image(
                    label=words.background_photo,
                    placeholder=words.background_prompt,
                    sources=["upload", "clipboard"],
                    type="filepath",
                    image_mode=None,
                    height=220,
                    buttons=[],
                    elem_id="background",
                )
    threshold = gr.Slider(
        0.02,
        0.98,
        value=0.5,
        step=0.02,
        label=words.threshold,
        info=words.threshold_info,
        elem_id="threshold",
    )
    with gr.Row():
        downloads = [
            gr.DownloadButton(label, interactive=False, elem_id=name, min_width=170, size="md")
            for name, label in (
                ("download-cutout", words.download_cutout),
                ("download-mask", words.download_mask),
                ("download-background", words.download_background),
            )
        ]
    return SimpleNamespace(
        verdict=verdict,
        before_after=before_after,
        threshold=threshold,
        pictures=[before_after, objects, cutout, mask, composite],
        colour=colour,
        background=background,
        downloads=downloads,
    )


def _wire(actions, given, shown, examples, used):
    """Wires the tab; returns a function that makes an event segment the photo anew."""
    ticket = gr.State(None)
    views = [*shown.pictures, shown.verdict, *shown.downloads]
    settings = [ticket, shown.threshold, shown.colour, shown.background]

    def redraw_after(event):
        # The pictures come first, the files of full size follow.
        event(
            actions.show, settings, views, preprocess=False, **LIVE, **DRAWING, **PRIVATE
        ).success(
            actions.offer, settings, shown.downloads, preprocess=False, **LIVE, **DRAWING, **PRIVATE
        )

    def look_again(event):
        looked = event(
            actions.segment,
            [given.photo, given.refine, used],
            [ticket],
            preprocess=False,
            show_progress="full",
            show_progress_on=[shown.before_after],
            trigger_mode="always_last",
            **NETWORK,
            **PRIVATE,
        )
        redraw_after(looked.success)
        looked.failure(actions.reset, None, [given.photo, ticket, *views], **PRIVATE)

    look_again(given.photo.change)
    look_again(given.refine.change)
    for change in (shown.threshold.change, shown.colour.change):
        redraw_after(change)
    checked = shown.background.change(
        actions.check_background,
        [shown.background],
        None,
        preprocess=False,
        **LIVE,
        **DRAWING,
        **PRIVATE,
    )
    redraw_after(checked.success)
    checked.failure(
        actions.drop_background,
        [shown.background],
        [shown.background],
        preprocess=False,
        show_progress="hidden",
        **DRAWING,
        **PRIVATE,
    )

    # The page is up first; then it shows on an example what it does.
    gr.on(
        triggers=None,
        fn=lambda: str(examples[0]),
        outputs=[given.photo],
        show_progress="hidden",
        **PRIVATE,
    )
    return look_again


def _many(words, actions, refine, threshold, used):
    segment = words.segment
    with gr.Accordion(segment.many_photos, open=False, elem_id="many"):
        size = f"{MANY_BYTES / 1e6:.0f}"
        gr.Markdown(segment.many_info.format(count=MANY_PHOTOS, size=size))
        with gr.Row():
            with gr.Column(scale=4, min_width=300):
                files = gr.File(
                    label=words.page.many_files,
                    file_count="multiple",
                    height=220,
                    elem_id="many-files",
                )
                start = gr.Button(segment.many_run, variant="primary", elem_id="many-run")
                download = gr.DownloadButton(
                    segment.many_download, interactive=False, elem_id="many-download"
                )
            with gr.Column(scale=7, min_width=300):
                gallery = gr.Gallery(
                    label=segment.many_results,
                    columns=4,
                    height=320,
                    object_fit="contain",
                    interactive=False,
                    buttons=["fullscreen"],
                    elem_id="many-results",
                    elem_classes="transparent",
                )
                note = gr.HTML(elem_id="many-note")
    start.click(
        actions.segment_many,
        [files, refine, threshold, used],
        [gallery, download, note],
        preprocess=False,
        show_progress_on=[gallery],
        **NETWORK,
        **PRIVATE,
    )


def _endpoint(actions, photo, refine, threshold):
    """One call for programs: a photo in, two files and the facts out."""
    call = gr.Button(visible=False)
    cutout, mask = gr.File(visible=False, label="cutout"), gr.File(visible=False, label="mask")
    facts = gr.JSON(visible=False, label="facts")
    call.click(
        actions.answer,
        [photo, refine, threshold],
        [cutout, mask, facts],
        preprocess=False,
        api_name="segment",
        **NETWORK,
    )
