"""The Segment tab: a photo in, and everything that its mask is good for."""

import gradio as gr

from gecat.app.segment.actions import FILES, PICTURES
from gecat.app.segment.endpoints import Endpoints, add_endpoints
from gecat.app.segment.many_photos import add_many_photos
from gecat.app.segment.parts import inputs, outputs, weights_in_use
from gecat.app.segment.touch_up import connect_picture, connect_touch_up
from gecat.app.ui.events import (
    AT_ONCE,
    AT_ONCE_QUEUED,
    DRAWING,
    LIVE,
    PHOTOS,
    WRITING,
    connect,
    connect_in_browser,
    named,
)
from gecat.app.ui.examples import opening_photo
from gecat.app.ui.run_weights import RunWeights


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
    in_use = weights_in_use(words.train)
    with gr.Row():
        with gr.Column(scale=4, min_width=300):
            given = inputs(page)
        with gr.Column(scale=7, min_width=300):
            shown = outputs(words.segment)
    # Before the rest, which would take the name from it.
    if page.public:
        add_endpoints(actions)
    connect_picture(actions, shown, shown.touch_up)  # before the files, which it need not wait for
    events = _connect_pictures(actions, given, shown)
    _connect_photo(page, actions, given, shown, *events)
    connect_touch_up(page, actions, shown, shown.touch_up)
    _connect_arrival(page, given, shown)
    _connect_weights(page, tab, run_weights, in_use)
    add_many_photos(page, actions, given, shown)


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
    arrival = connect(
        page.loaded,
        lambda example, own: {"photo": opening_photo(page.examples, example, own)},
        {"example": shown.arrived, "own": shown.arrived_with},
        {"photo": shown.opening},
        js="() => gecat.photoAtArrival()",
        show_progress="hidden",
    )
    # It comes late, and whoever has chosen one meanwhile keeps it.
    both = [shown.opening, given.photo]
    arrival.then(None, both, [given.photo], js="(...both) => gecat.photoToOpen(...both)")
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
