"""The components of the Segment tab: what it takes, and what it shows."""

from types import SimpleNamespace

import gradio as gr

from gecat.app.segment.actions import FILES, GROUNDS
from gecat.app.segment.touch_up import touch_up_parts
from gecat.app.ui.events import AT_ONCE, connect
from gecat.app.ui.fragments import note_html
from gecat.app.ui.photo_input import PHOTO_HEIGHT


def weights_in_use(train):
    """What stands above the tab while the weights of a visitor's run are in use.

    Args:
        train: words of the Train tab.

    Returns:
        SimpleNamespace of "row", "note" and "back".
    """
    with gr.Row(visible=False, equal_height=True, elem_id="weights-in-use") as row:
        with gr.Column(scale=4, min_width=200):
            note = gr.HTML(elem_id="weights-note")
        with gr.Column(scale=1, min_width=200):
            back = gr.Button(train.back_to_shipped, size="md", elem_id="use-shipped")
    return SimpleNamespace(row=row, note=note, back=back)


def inputs(page):
    """The photo, the examples, and how masks are drawn.

    Args:
        page: the Page.

    Returns:
        SimpleNamespace of "photo" and "refine".
    """
    words = page.words
    page.photo.render()
    use = gr.UploadButton(
        words.segment.use_photo,
        variant="primary",
        size="lg",
        file_types=["image"],  # a phone offers its camera
        elem_id="use-photo",
    )
    gr.Examples(
        [[str(path)] for path in page.examples],
        inputs=[page.photo],
        label=words.page.examples,
        api_visibility="private",
        elem_id="examples",
    )
    segment = words.segment
    refine = gr.Checkbox(True, label=segment.refine, info=segment.refine_info, elem_id="refine")
    connect(
        use.upload,
        lambda file: {"photo": file["path"]},
        {"file": use},
        {"photo": page.photo},
        **AT_ONCE,
    )
    return SimpleNamespace(photo=page.photo, refine=refine)


def outputs(words):
    """What is shown of a result, how it is to look, and what is kept of it.

    Args:
        words: those of the tab.

    Returns:
        SimpleNamespace of components.
    """
    score = gr.HTML(note_html(words.working), elem_id="score", container=True)
    picture = {
        "interactive": False,
        "show_label": False,
        "height": PHOTO_HEIGHT,
        "buttons": ["fullscreen"],
    }
    with gr.Tabs(elem_id="views", overflow_behavior="wrap"):
        with gr.Tab(words.before_after, id="before-after"):
            before_after = gr.HTML(elem_id="before-after")
            after = gr.Radio(
                [(name, key) for key, name in words.afters.items()],
                value="cutout",
                label=words.compare_with,
                container=False,
                elem_id="after",
            )
        with gr.Tab(words.cutout, id="cutout"):
            cutout = gr.Image(
                label=words.cutout,
                alt_text=words.cutout,
                elem_id="cutout",
                elem_classes="transparent",
                **picture,
            )
        with gr.Tab(words.mask, id="mask"):
            mask = gr.Image(
                label=words.mask, alt_text=words.mask, format="png", elem_id="mask", **picture
            )
        with gr.Tab(words.touch_up, id="touch-up"):
            touch_up = touch_up_parts(words)
        with gr.Tab(words.objects, id="objects"):
            objects = gr.AnnotatedImage(
                label=words.objects,
                show_label=False,
                format="jpeg",
                height=PHOTO_HEIGHT,
                buttons=["fullscreen"],
                elem_id="objects",
            )
            chosen = gr.CheckboxGroup(
                [], label=words.chosen, info=words.chosen_info, visible=False, elem_id="chosen"
            )
        with gr.Tab(words.new_background, id="background"), gr.Row():
            composite = gr.Image(
                label=words.new_background,
                alt_text=words.new_background,
                elem_id="composite",
                elem_classes="transparent",
                scale=3,
                min_width=280,
                **picture,
            )
            with gr.Column(scale=1, min_width=170):
                ground = gr.Radio(
                    [(words.grounds[name], name) for name in GROUNDS],
                    value="colour",
                    label=words.ground,
                    interactive=True,
                    elem_id="ground",
                )
                shadow = gr.Checkbox(False, label=words.shadow, elem_id="shadow")
                crop = gr.Checkbox(False, label=words.crop, elem_id="crop")
                colour = gr.ColorPicker("#f59e0b", label=words.background_colour)
                background_picture = gr.Image(
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
    with gr.Row(elem_id="taking"):
        copy = gr.Button(words.copy, size="md", elem_id="copy")
        cutout_file, mask_file, composite_file = (
            gr.DownloadButton(
                words[label],
                interactive=False,
                elem_id=label.replace("_", "-"),
                size="md",
            )
            for label in FILES.values()
        )
    files = [cutout_file, mask_file, composite_file]
    copy.click(None, files, js="(...files) => gecat.copyPicture(...files)")
    return SimpleNamespace(
        score=score,
        before_after=before_after,
        after=after,
        cutout=cutout,
        mask=mask,
        objects=objects,
        composite=composite,
        chosen=chosen,
        ground=ground,
        shadow=shadow,
        crop=crop,
        colour=colour,
        background_picture=background_picture,
        background=gr.State(None),  # its ticket
        threshold=threshold,
        cutout_file=cutout_file,
        mask_file=mask_file,
        composite_file=composite_file,
        ticket=gr.State(None),
        kept=gr.State(None),  # path and ticket of the photo whose result this is
        touch_up=touch_up,
        drawn=gr.State(None),  # another value whenever a result has been drawn
        # What the address and the browser say of the photo that the page opens with.
        arrived=gr.Textbox(visible=False),
        arrived_with=gr.Textbox(visible=False),
        opening=gr.Image(visible=False, type="filepath"),  # the photo that the page opens with
    )
