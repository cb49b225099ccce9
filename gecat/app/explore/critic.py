"""Inside the critic: spoil the mask, and its score and its map answer."""

import functools
from pathlib import Path

import gradio as gr

from gecat.app.explore.views.critic import ScaleFigure, doubt_figure, mask_figure, place_text
from gecat.app.ui.errors import errors_become_toasts
from gecat.app.ui.events import AT_ONCE, LIVE, NETWORK, connect
from gecat.app.ui.fragments import note_html, score_html
from gecat.app.ui.sentences import score_in_words
from gecat.files import asset
from gecat.images.corruption import spoil

STARTS = ("own", "all", "nothing")
UNSPOILED = {"start": "own", "grown": 0, "right": 0, "down": 0, "lost": 0}


def title(explore):
    """The view's name."""
    return explore.critic


def build(explorer, ticket, weights):
    """Builds the view inside the open tab.

    Args:
        explorer: an Explorer; ticket: the gr.State of the photo's ticket; weights: path of the
            weights, beside which the scale of their scores lies.
    """
    actions = CriticActions(explorer, weights or asset("weights", "base.safetensors"))
    explore = explorer.words.explore
    gr.Markdown(explore.critic_intro)
    score = gr.HTML(note_html(explore.to_come), elem_id="critic-score", container=True)
    with gr.Row():
        with gr.Column(scale=2, min_width=280):
            start = gr.Radio(
                list(zip(explore.starts, STARTS, strict=True)),
                value="own",
                label=explore.start_from,
                elem_id="spoil-start",
            )
            spoiling = {
                name: gr.Slider(low, high, value=0, step=1, label=label, elem_id=f"spoil-{name}")
                for name, label, low, high in (
                    ("grown", explore.grow, -10, 10),
                    ("right", explore.shift_right, -30, 30),
                    ("down", explore.shift_down, -30, 30),
                    ("lost", explore.cut, 0, 100),
                )
            }
            mend = gr.Button(explore.mend, elem_id="mend")
            mask = gr.HTML(elem_id="critic-mask", container=True)
        with gr.Column(scale=3, min_width=280):
            doubts = gr.HTML(elem_id="critic-map", container=True)
            scale = gr.HTML(elem_id="critic-scale", container=True)
    spoiling = {"start": start, **spoiling}
    connect(
        [ticket.change, *(component.change for component in spoiling.values())],
        actions.judge,
        {"ticket": ticket, **spoiling},
        {"score": score, "doubts": doubts, "mask": mask, "scale": scale},
        **LIVE,
        **NETWORK,
    )
    connect(mend.click, lambda: UNSPOILED, None, spoiling, **AT_ONCE)


class CriticActions:
    """The view's actions.

    Args:
        explorer: an Explorer.
        weights: path of the weights in use.
    """

    def __init__(self, explorer, weights):
        self.explorer, self.words, self.explore = explorer, explorer.words, explorer.words.explore
        self._weights = Path(weights)

    @functools.cached_property
    def calibration(self):
        """The Calibration that lies beside the weights, or None."""
        from gecat.evaluation.score_scale import load_calibration

        return load_calibration(self._weights)

    @functools.cached_property
    def scale_figure(self):
        """The ScaleFigure of the calibration."""
        return ScaleFigure(self.calibration, self.explore)

    @errors_become_toasts
    def judge(self, ticket, start, grown, right, down, lost):
        """Spoils the mask, and asks the critic.

        Args:
            ticket: the photo's.
            start: the mask that is spoiled: one of STARTS.
            grown, right, down: percents of the longer side; lost: percents of the object.
        """
        photo = self.explorer.photo(ticket)
        if photo is None:
            empty = dict.fromkeys(("doubts", "mask", "scale"), "")
            return {"score": note_html(self.explore.to_come), **empty}
        if None in (grown, right, down, lost):  # a number is being written
            return {}
        explore = self.explore
        mask = spoil(photo.mask, start, grown / 100, right / 100, down / 100, lost / 100)
        score, score_map = self.explorer.loaded_segmenter().judge(photo.image, mask)
        sentence = score_in_words(score, self.words)
        place = place_text(self.calibration, score, explore)
        return {
            "score": score_html(score, sentence, place, explore.score_title),
            "doubts": doubt_figure(photo, "critic-map", explore.map_figure, score_map, explore),
            "mask": mask_figure(photo, mask, explore),
            "scale": self.scale_figure.at(score),
        }
