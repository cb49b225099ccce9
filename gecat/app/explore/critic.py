"""Inside the critic: spoil the mask, and its score and its map answer."""

import functools
from pathlib import Path

import gradio as gr
import numpy as np

from gecat.app.explore.charts import moved, score_histograms
from gecat.app.explore.subject import score_html, waiting_html
from gecat.app.ui.errors import told
from gecat.app.ui.events import LIVE, NETWORK, PRIVATE
from gecat.app.ui.figures import DOUBT, Scale, drawn_figure, lay_over, map_figure, to_svg
from gecat.app.ui.sentences import score_in_words
from gecat.files import asset
from gecat.images.corruption import cut, grow, shift

STARTS = ("own", "all", "nothing")


def title(explore):
    """The view's name."""
    return explore.critic


def build(explorer, ticket, weights):
    """Builds the view inside the open tab.

    Args:
        explorer: an Explorer; ticket: the gr.State of the photo's ticket; weights: path of the
            weights, beside which the scale of their scores lies.
    """
    view = CriticView(explorer, weights or asset("weights", "base.safetensors"))
    explore = explorer.explore
    gr.Markdown(explore.critic_intro)
    verdict = gr.HTML(waiting_html(explore), elem_id="critic-verdict", container=True)
    with gr.Row():
        with gr.Column(scale=2, min_width=280):
            start = gr.Radio(
                list(zip(explore.starts, STARTS, strict=True)),
                value="own",
                label=explore.start_from,
                elem_id="start",
            )
            sliders = [
                gr.Slider(low, high, value=0, step=1, label=label, elem_id=name)
                for name, label, low, high in (
                    ("grow", explore.grow, -10, 10),
                    ("right", explore.shift_right, -30, 30),
                    ("down", explore.shift_down, -30, 30),
                    ("cut", explore.cut, 0, 100),
                )
            ]
            mend = gr.Button(explore.mend, elem_id="mend")
            shown = gr.HTML(elem_id="critic-shown", container=True)
        with gr.Column(scale=3, min_width=280):
            doubts = gr.HTML(elem_id="critic-map", container=True)
            scale = gr.HTML(elem_id="critic-scale", container=True)
    gr.on(
        [ticket.change, start.change, *(slider.change for slider in sliders)],
        view.judge,
        [ticket, start, *sliders],
        [verdict, doubts, shown, scale],
        preprocess=False,
        **LIVE,
        **NETWORK,
        **PRIVATE,
    )
    mend.click(
        lambda: ("own", 0, 0, 0, 0),
        None,
        [start, *sliders],
        show_progress="hidden",
        queue=False,
        **PRIVATE,
    )


class CriticView:
    """The view's actions.

    Args:
        explorer: an Explorer.
        weights: path of the weights in use.
    """

    def __init__(self, explorer, weights):
        self.explorer, self.words, self.explore = explorer, explorer.words, explorer.explore
        self._weights = Path(weights)

    @functools.cached_property
    def calibration(self):
        """The Calibration that lies beside the weights, or None."""
        from gecat.evaluation.score_scale import load_calibration

        return load_calibration(self._weights)

    @told
    def judge(self, ticket, start, grown, right, down, lost):
        """Spoils the mask as the sliders say, and asks the critic.

        Returns:
            the verdict, and the figures of the doubts, of the mask shown and of the scale.
        """
        subject = self.explorer.subject(ticket)
        if subject is None:
            return waiting_html(self.explore), "", "", ""
        if None in (grown, right, down, lost):  # a number is being written
            return [gr.skip()] * 4
        mask = spoiled(subject.mask, start, grown / 100, right / 100, down / 100, lost / 100)
        score, score_map = self.explorer.networks().judge(subject.image, mask)
        verdict = score_html(score, score_in_words(score, self.words), self.place(score))
        return (
            verdict,
            doubt_figure(subject, "critic-map", self.explore.map_figure, score_map, self.explore),
            self._shown(subject, mask),
            self._scale(score),
        )

    def place(self, score):
        """Where a score lies among those whose truth is known, in a sentence."""
        if self.calibration is None:
            return self.explore.scale_missing
        true, wrong = self.calibration.shares_below(score)
        low, middle, high = self.calibration.expected_iou(score)
        return self.explore.scale_sentence.format(
            true=f"{true:.0%}",
            spoiled=f"{wrong:.0%}",
            low=f"{low:.2f}",
            middle=f"{middle:.2f}",
            high=f"{high:.2f}",
        )

    def _shown(self, subject, mask):
        explore = self.explore
        scale = Scale("gray", 0.0, 1.0, explore.shown_scale)
        light = 0.25 + 0.75 * mask[..., None]
        picture = np.rint(subject.image * light).astype(np.uint8)
        return map_figure(
            f"{subject.stem}-shown", *explore.shown_figure, explore, picture, mask, scale
        )

    def _scale(self, score):
        if self.calibration is None:
            return ""
        chart, columns, svg = self._histograms
        return drawn_figure(
            "critic-scale",
            *self.explore.scale_figure,
            self.explore,
            moved(svg, chart, score),
            {**columns, "this mask": [score]},
        )

    @functools.cached_property
    def _histograms(self):
        chart, columns = score_histograms(self.calibration.true, self.calibration.spoiled)
        return chart, columns, to_svg(chart, self.explore.chart)


def spoiled(mask, start, grown, right, down, lost):
    """The mask that the sliders describe.

    Args:
        mask: the generator's, float32 (H, W).
        start: "own", "all" or "nothing".
        grown, right, down: shares of the longer side; lost: share of the object.

    Returns:
        float32 (H, W).
    """
    if start != "own":
        mask = np.full_like(mask, start == "all")
    return cut(shift(grow(mask, grown), right, down), lost)


def doubt_figure(subject, name, caption, score_map, explore):
    """The score map over the photo: bright where the critic believes the mask to be wrong."""
    doubt = 1.0 - score_map
    scale = Scale(DOUBT, 0.0, 1.0, explore.map_scale)
    picture = lay_over(subject.image, doubt, scale, 0.3 + 0.6 * doubt)
    return map_figure(f"{subject.stem}-{name}", *caption, explore, picture, doubt, scale)
