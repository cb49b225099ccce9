"""Beat the generator: paint a mask, and the critic says whose fits better."""

import gradio as gr
import numpy as np

from gecat.app.explore.views.duel import (
    doubt_figures,
    duel_html,
    improvement_figure,
    improvement_pictures,
)
from gecat.app.ui.errors import errors_become_toasts
from gecat.app.ui.events import DRAWING, NETWORK, NEVER_WAITS, connect
from gecat.app.ui.fragments import note_html
from gecat.app.ui.painting import fresh_canvas, painted_mask, painting_canvas
from gecat.errors import UserError
from gecat.images.sizes import resized

COLOUR = (15, 118, 110)
STEPS = 6


def title(explore):
    """The view's name."""
    return explore.duel


def build(explorer, ticket, weights):
    """Builds the view inside the open tab.

    Args:
        explorer: an Explorer; ticket: the gr.State of the photo's ticket; weights: not used.
    """
    explore = explorer.words.explore
    gr.Markdown(explore.duel_intro)
    with gr.Row():
        with gr.Column(scale=4, min_width=280):
            canvas = painting_canvas(explore.canvas, 470, "canvas")
            with gr.Row():
                take_mask = gr.Button(explore.take_mask, min_width=130, elem_id="take-mask")
                take_nothing = gr.Button(
                    explore.take_nothing, min_width=130, elem_id="take-nothing"
                )
            with gr.Row():
                ask = gr.Button(explore.ask, variant="primary", min_width=130, elem_id="ask")
                improve = gr.Button(explore.improve, min_width=130, elem_id="improve")
        with gr.Column(scale=5, min_width=280):
            scores = gr.HTML(note_html(explore.to_come), elem_id="duel-scores", container=True)
            with gr.Row():
                with gr.Column(min_width=220):
                    theirs = gr.HTML(elem_id="generator-map", min_height=40)
                with gr.Column(min_width=220):
                    yours = gr.HTML(elem_id="your-map", min_height=40)
    with gr.Row():
        with gr.Column(scale=5, min_width=280):
            gr.Markdown(f"## {explore.improve_steps}")
            steps = gr.Gallery(
                label=explore.improve_steps,
                show_label=False,
                columns=4,
                height="auto",
                interactive=False,
                object_fit="contain",
                buttons=[],
                elem_id="improve-steps",
                elem_classes="snug",
            )
        with gr.Column(scale=4, min_width=280):
            chart = gr.HTML(elem_id="improve-chart", min_height=40)
    actions = DuelActions(explorer, canvas.blob_storage)
    given = {"ticket": ticket, "painted": canvas}
    compared = {"scores": scores, "theirs": theirs, "yours": yours}
    improved = {"steps": steps, "chart": chart}
    whole = {"canvas": canvas, **compared, **improved}
    for event, action, line in (
        (ticket.change, actions.open, {**NETWORK, **NEVER_WAITS}),
        (take_nothing.click, actions.empty, DRAWING),
    ):
        connect(event, action, {"ticket": ticket}, whole, show_progress="hidden", **line)
    connect(
        take_mask.click,
        actions.generators_mask,
        {"ticket": ticket},
        {"canvas": canvas},
        show_progress="hidden",
        **DRAWING,
    )
    connect(ask.click, actions.ask, given, compared, show_progress_on=[scores], **NETWORK)
    connect(
        improve.click,
        actions.improve,
        given,
        {**compared, **improved},
        show_progress_on=[steps],
        **NETWORK,
    )


class DuelActions:
    """The view's actions.

    Args:
        explorer: an Explorer.
        blobs: the editor's `blob_storage`.
    """

    def __init__(self, explorer, blobs):
        self.explorer, self.words, self.explore = explorer, explorer.words, explorer.words.explore
        self._blobs = blobs

    @errors_become_toasts
    def open(self, ticket):
        """A duel that was fought already: an ellipse in the middle, which is easily beaten."""
        from gecat.evaluation.baselines import centre_ellipse

        photo = self.explorer.photo(ticket)
        if photo is None:
            return self.empty(None)
        mask = centre_ellipse(photo.image)
        judgement = self.explorer.loaded_segmenter().judge(photo.image, mask)
        return {
            "canvas": fresh_canvas(photo.image, painted_layer_of(mask)),
            **self._compare(photo, *judgement),
            "steps": [],
            "chart": "",
        }

    @errors_become_toasts
    def empty(self, ticket):
        """An empty canvas on the photo, and no results."""
        photo = self.explorer.photo(ticket)
        if photo is None:
            note, canvas = self.explore.waiting, None
        else:
            # Where no layer comes, Gradio's editor keeps the one that it has.
            nothing = painted_layer_of(np.zeros(photo.image.shape[:2]))
            note, canvas = self.explore.duel_waiting, fresh_canvas(photo.image, nothing)
        return {"canvas": canvas, **self._nothing(note), "steps": [], "chart": ""}

    @errors_become_toasts
    def generators_mask(self, ticket):
        """The canvas with the generator's mask painted on it."""
        photo = self.explorer.photo(ticket)
        if photo is None:
            return {"canvas": None}
        return {"canvas": fresh_canvas(photo.image, painted_layer_of(photo.mask))}

    @errors_become_toasts
    def ask(self, ticket, painted):
        """Both masks' scores, the better one named, and both score maps."""
        photo = self.explorer.photo(ticket)
        if photo is None:
            return self._nothing(self.explore.waiting)
        mask = self._mask(photo, painted)
        return self._compare(photo, *self.explorer.loaded_segmenter().judge(photo.image, mask))

    @errors_become_toasts
    def improve(self, ticket, painted):
        """Follows the critic's gradient from the painted mask, and compares where it ends."""
        from gecat.inspection.improvement import improve

        photo, explore = self.explorer.photo(ticket), self.explore
        if photo is None:
            return {"steps": [], "chart": "", **self._nothing(explore.waiting)}
        networks = self.explorer.loaded_segmenter().networks
        attempts = improve(networks, photo.image, self._mask(photo, painted), STEPS)
        last = attempts[-1]
        score_map = resized(last.score_map, *photo.image.shape[:2])
        return {
            "steps": improvement_pictures(photo, attempts, explore),
            "chart": improvement_figure(photo, attempts, explore),
            **self._compare(photo, last.score, score_map),
        }

    def _mask(self, photo, payload):
        """The painted mask at the photo's size."""
        mask = painted_mask(payload, self._blobs, photo.image.shape)
        if mask is None:
            raise UserError("page.nothing_painted")
        return mask

    def _compare(self, photo, score, score_map):
        theirs, _ = photo.binary_judgement
        their_figure, your_figure = doubt_figures(photo, score_map, self.explore)
        return {
            "scores": duel_html(theirs, score, self.explore),
            "theirs": their_figure,
            "yours": your_figure,
        }

    def _nothing(self, note):
        return {"scores": note_html(note), "theirs": "", "yours": ""}


def painted_layer_of(mask):
    """A mask (H, W) as paint, uint8 (H, W, 4)."""
    layer = np.zeros((*mask.shape, 4), np.uint8)
    layer[mask > 0.5] = (*COLOUR, 170)
    return layer
