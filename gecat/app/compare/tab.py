"""The Compare tab: one photo by many methods side by side, and what was measured on many."""

from types import SimpleNamespace

import gradio as gr

from gecat.app.compare.actions import CompareActions
from gecat.app.compare.contenders import WEIGHTS
from gecat.app.compare.views.tables import games, quality_html, stability_html
from gecat.app.ui.events import (
    AT_ONCE,
    AT_ONCE_QUEUED,
    COMPARISONS,
    DRAWING,
    NEVER_WAITS,
    connect,
)
from gecat.app.ui.painting import painting_canvas
from gecat.app.ui.published import published
from gecat.app.ui.run_weights import RunWeights

CANVAS_HEIGHT = 360  # CSS pixels
# The game that is shown first: where plain training loses most.
FIRST_GAME = "bilinear"


def title(words):
    """The tab's name in the language of the page."""
    return words.compare.tab


def build(page, tab):
    """Builds the tab inside the open `gr.Tab`.

    Args:
        page: the Page.
        tab: the gr.Tab, for the event of its being opened.
    """
    compare = page.words.compare
    with gr.Tabs(elem_id="compare-views", overflow_behavior="wrap"):
        with gr.Tab(compare.one_photo, id="one-photo"):
            parts = _one_photo(page)
        with gr.Tab(compare.many_photos, id="quality"):
            gr.HTML(quality_html(published("quality"), page.words), elem_id="quality")
        with gr.Tab(compare.stability, id="stability"):
            _stability(page.words)
    run_weights = RunWeights(page.words, page.jobs)
    actions = CompareActions(
        page.words,
        page.segmenter,
        page.results,
        run_weights,
        page.large_photos,
        parts.canvas.blob_storage,
    )
    if page.public:  # before the rest, which would take the name from it
        _add_endpoint(page, actions, parts)
    _connect(page, tab, actions, parts)


def _one_photo(page):
    compare = page.words.compare
    gr.Markdown(compare.intro)
    with gr.Row(equal_height=True):
        with gr.Column(scale=5, min_width=280):
            status = gr.HTML(elem_id="compare-status")
        with gr.Column(scale=3, min_width=280), gr.Row():
            again, cancel = (
                gr.Button(label, min_width=120, elem_id=f"compare-{name}", **options)
                for label, name, options in (
                    (compare.again, "run", {"variant": "primary"}),
                    (page.words.page.cancel, "cancel", {"interactive": False}),
                )
            )
    own = gr.CheckboxGroup(
        [],
        label=compare.own.format(count=WEIGHTS),
        visible=False,
        elem_id="compare-own",
    )
    board = gr.HTML(elem_id="board")
    gr.Markdown(f"## {compare.truth}\n\n{compare.truth_info}")
    with gr.Row():
        with gr.Column(scale=3, min_width=280):
            mask = gr.File(label=compare.truth_file, height=130, elem_id="compare-mask")
            weights = gr.File(
                label=compare.weights_file,
                height=130,
                file_types=[".safetensors"],
                elem_id="compare-weights",
            )
        with gr.Column(scale=5, min_width=280):
            canvas = painting_canvas(compare.truth_paint, CANVAS_HEIGHT, "compare-canvas")
            painted = gr.Button(compare.score_painted, elem_id="score-painted")
    return SimpleNamespace(
        status=status,
        again=again,
        cancel=cancel,
        own=own,
        board=board,
        mask=mask,
        weights=weights,
        canvas=canvas,
        painted=painted,
        ticket=gr.State(None),
        asked=gr.State(None),  # another value whenever somebody wants a comparison
        followed=gr.State(None),  # and whenever the page has another photo than was asked for
    )


def _stability(words):
    compare, found = words.compare, published("stability")
    names = games(found)
    game = gr.Radio(
        [(compare.games[name], name) for name in names],
        value=FIRST_GAME if FIRST_GAME in names else None,
        label=compare.game,
        elem_id="stability-game",
        visible=bool(names),
    )
    shown = gr.HTML(stability_html(found, FIRST_GAME, words), elem_id="stability")
    connect(
        game.input,
        lambda game: {"shown": stability_html(found, game, words)} if game in names else {},
        {"game": game},
        {"shown": shown},
        **AT_ONCE,
    )


def _connect(page, tab, actions, parts):
    """A photo is compared when the tab shows it: opened, another photo chosen, or asked for."""
    own = {"own": parts.own}
    visitor = {"visitor": page.visitor}
    connect([page.visitor.change, tab.select], actions.runs, {**visitor, **own}, own, **AT_ONCE)
    shown = {"status": parts.status, "cancel": parts.cancel}
    truth = {"mask": parts.mask, "painted": parts.canvas}
    comparing = connect(
        parts.asked.change,
        actions.compare,
        {
            "photo": page.photo,
            "asked": parts.asked,
            "ticket": parts.ticket,
            **truth,
            **own,
            "weights": parts.weights,
            **visitor,
            "run_in_use": page.run_in_use,
        },
        {
            **shown,
            "ticket": parts.ticket,
            "board": parts.board,
            "canvas": parts.canvas,
            "mask": parts.mask,
        },
        trigger_mode="always_last",
        show_progress="hidden",
        **COMPARISONS,
    )
    photo, asked = {"photo": page.photo}, {"asked": parts.asked, **shown}
    last = {**photo, "asked": parts.asked}
    connect(tab.select, actions.ask, last, asked, **AT_ONCE_QUEUED)
    # What is compared is of the photo that the page shows, or nothing is.
    replaces = {"cancels": [comparing], **AT_ONCE_QUEUED}
    if_shown = "(photo, asked) => [gecat.ifCompareIsShown(photo), asked]"
    # The page tells of one photo more than once: what is compared already is not begun anew.
    followed = {"followed": parts.followed}
    following = {"js": if_shown, **AT_ONCE_QUEUED, **NEVER_WAITS}
    connect(page.photo.change, actions.follow, last, followed, **following)
    # Gradio 6.31 tells that a state has changed when its tab, never opened, first hears of it.
    connect(parts.followed.change, actions.ask, last, asked, js=if_shown, **replaces)
    connect([parts.again.click, parts.weights.upload], actions.ask_again, photo, asked, **replaces)
    ticket = {"ticket": parts.ticket}
    connect(parts.cancel.click, actions.cancel, ticket, shown, **replaces)
    connect(comparing.failure, actions.cancel, ticket, shown, **AT_ONCE)
    given = {**ticket, **truth}
    board = {"board": parts.board}
    # A mask is a file like another, of up to 64 megapixels: few are read at a time.
    scoring = {"show_progress": "hidden", **DRAWING}
    connect([parts.mask.upload, parts.mask.clear], actions.score, given, board, **scoring)
    scored = connect(
        parts.painted.click,
        actions.score_painted,
        given,
        {**board, "mask": parts.mask},
        **scoring,
    )
    scored.success(None, js="() => gecat.show('#board')")


def _add_endpoint(page, actions, parts):
    """One call for programs: a photo and, where it is known, its mask in; masks and facts out."""
    call = gr.Button(visible=False)
    connect(
        call.click,
        actions.answer,
        {"photo": page.photo, "mask": parts.mask},
        {
            "masks": gr.File(visible=False, label="masks", file_count="multiple"),
            "facts": gr.JSON(visible=False, label="facts"),
        },
        api_name="compare",
        api_visibility="public",
        **COMPARISONS,
    )
