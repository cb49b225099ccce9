"""The Segment tab: a photo in, and everything that its mask is good for."""

from types import SimpleNamespace

import gradio as gr

from gecat.app.segment.actions import FILES, GROUNDS, PICTURES
from gecat.app.segment.endpoints import Endpoints, add_endpoints
from gecat.app.segment.touch_up import connect_picture, connect_touch_up, touch_up_parts
from gecat.app.ui.events import (
    AT_ONCE,
    AT_ONCE_QUEUED,
    BATCHES,
    DRAWING,
    LIVE,
    PHOTOS,
    WRITING,
    connect,
    connect_in_browser,
    named,
)
from gecat.app.ui.examples import opening_photo
from gecat.app.ui.fragments import note_html
from gecat.app.ui.photo_input import PHOTO_HEIGHT
from gecat.app.ui.run_weights import RunWeights
from gecat.app.ui.uploads import MANY_BYTES, MANY_PHOTOS


def title(words):
    """The tab's name in the language of the page."""
    return words.segment.tab


def build(page, tab):
    """Builds the tab inside the open `gr.Tab`.

    Args:
        page: the Page.
        tab: the gr.Tab, for the event of its being opened.
    """
    words = page.words
    run_weights = RunWeights(words, page.jobs)
    actions = Endpoints(
        words, page.segmenter, page.results, run_weights.segmenter, page.large_photos
    )
    in_use = _weights_in_use(words.train)
    with gr.Row():
        with gr.Column(scale=4, min_width=300):
            given = _inputs(page)
        with gr.Column(scale=7, min_width=300):
            shown = _outputs(words.segment)
    # Before the rest, which would take the name from it.
    if page.public:
        add_endpoints(actions)
    connect_picture(actions, shown, shown.touch_up)  # before the files, which it need not wait for
    events = _connect_pictures(actions, given, shown)
    _connect_photo(page, actions, given, shown, *events)
    connect_touch_up(page, actions, shown, shown.touch_up)
    _connect_arrival(page, given, shown)
    _connect_weights(page, tab, run_weights, in_use)
    _many_photos(page, actions, given, shown)


def _weights_in_use(train):
    """What stands above the tab while the weights of a visitor's run are in use."""
    with gr.Row(visible=False, equal_height=True, elem_id="weights-in-use") as row:
        with gr.Column(scale=4, min_width=200):
            note = gr.HTML(elem_id="weights-note")
        with gr.Column(scale=1, min_width=200):
            back = gr.Button(train.back_to_shipped, size="md", elem_id="use-shipped")
    return SimpleNamespace(row=row, note=note, back=back)


def _inputs(page):
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


def _outputs(words):
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
    )


def _connect_photo(page, actions, given, shown, drawing, offering):
    """Whatever decides the mask segments the photo anew; what is refused leaves all as it was.

    Args:
        drawing, offering: the events that `_connect_pictures` returns.
    """
    restored = gr.State(None)
    photo = {"photo": given.photo, "restored": restored}
    result = named(shown, "ticket", "kept", *PICTURES, "chosen", "score", *FILES)
    changes = [given.photo.change, given.refine.change, page.weights_chosen.change]
    # What is shown and offered belongs to this photo and this mask, or waits for them.
    connect_in_browser(
        changes,
        actions.begin(),
        vars(shown),
        [given.photo],
        first="gecat.photoChanges",
        cancels=[drawing, offering],
    )
    segmented = connect(
        changes,
        actions.segment,
        {**photo, "refine": given.refine, "run_in_use": page.run_in_use},
        {**result, "restored": restored},
        show_progress="full",
        show_progress_on=[shown.before_after],
        trigger_mode="always_last",
        **PHOTOS,
    )
    refused = {"photo": given.photo, "kept": shown.kept}
    connect(segmented.failure, actions.restore, refused, {**photo, **result})
    # What is taken away by hand is not wanted back. The page alone knows whether it was; its answer
    # comes in the place of a value that nobody needs here.
    connect(
        given.photo.clear,
        lambda replaced: {} if replaced else {"kept": None},
        {"replaced": given.refine},
        {"kept": shown.kept},
        js="() => gecat.photoIsReplaced()",
        **AT_ONCE,
    )


def _connect_pictures(actions, given, shown):
    """Whatever decides how a result looks draws it anew.

    Returns:
        the events that draw and that write the files.
    """
    owner = {"photo": given.photo, "kept": shown.kept}
    looks = named(shown, "threshold", "colour", "background", "ground", "shadow", "crop")
    settings = {**named(shown, "ticket", "chosen"), **looks, **owner}
    changes = [*(component.change for component in looks.values()), shown.chosen.input]
    files = named(shown, *FILES)
    # The pictures come first, the files of full size follow.
    offering = connect(shown.drawn.change, actions.offer, settings, files, **LIVE, **WRITING)
    # A file that is being written, or was, is not of the new threshold.
    connect_in_browser(
        changes,
        actions.preparing(),
        files,
        cancels=[offering],
    )
    drawing = connect(
        [shown.ticket.change, shown.after.change, *changes],
        actions.show,
        {**settings, "after": shown.after},
        {**named(shown, *PICTURES, "chosen", "score", "drawn"), **files},
        **LIVE,
        **DRAWING,
    )
    # Whoever takes a colour wants to see it.
    colour = {"ground": "colour"}
    connect_in_browser(shown.colour.input, colour, named(shown, "ground"), show_progress="hidden")
    picture = {"picture": shown.background_picture}
    taken = connect(
        shown.background_picture.change,
        actions.take_background,
        picture,
        named(shown, "background", "ground"),
        **LIVE,
        **DRAWING,
    )
    connect(
        taken.failure, actions.drop_background, picture, picture, show_progress="hidden", **DRAWING
    )
    return drawing, offering


def _connect_arrival(page, given, shown):
    """The page is up first; then it shows on a photo what it does: its address may say on which."""
    connect(
        page.loaded,
        lambda example, own: {"photo": opening_photo(page.examples, example, own)},
        {"example": shown.arrived, "own": shown.arrived_with},
        {"photo": given.photo},
        js="() => gecat.photoAtArrival()",
        show_progress="hidden",
    )
    page.loaded(None, None, [shown.threshold], js="() => gecat.thresholdAtArrival()")


def _connect_weights(page, tab, run_weights, in_use):
    """Whose weights segment: another tab may choose a run's, and the run may go."""
    connect(
        [page.loaded, tab.select, page.weights_chosen.change],
        run_weights.describe,
        {"run_in_use": page.run_in_use},
        {"run_in_use": page.run_in_use, "row": in_use.row, "note": in_use.note},
        **AT_ONCE,
    )
    connect(
        in_use.back.click,
        run_weights.use_shipped,
        None,
        named(page, "run_in_use", "weights_chosen"),
        **AT_ONCE_QUEUED,
    )


def _many_photos(page, actions, given, shown):
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
