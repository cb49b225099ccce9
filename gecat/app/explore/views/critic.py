"""Draws what the critic says of a mask: where it doubts it, and how its score is to be read."""

import functools

import numpy as np

from gecat.app.explore.views.charts import move_marker, score_histograms
from gecat.app.ui.figures import DOUBT, Scale, drawn_figure, lay_over, map_figure, to_svg


def doubt_figure(photo, name, caption, score_map, explore):
    """The score map over the photo: bright where the critic believes the mask to be wrong.

    Args:
        photo: an InspectedPhoto.
        name: of the figure; caption: its title and how to read it.
        score_map: float (H, W) in [0, 1].
        explore: the language of the page.
    """
    doubt = 1.0 - score_map
    scale = Scale(DOUBT, 0.0, 1.0, explore.map_scale)
    picture = lay_over(photo.image, doubt, scale, 0.3 + 0.6 * doubt)
    return map_figure(f"{photo.name}-{name}", *caption, explore, picture, doubt, scale)


def mask_figure(photo, mask, explore):
    """The mask that is shown to the critic, as light on the photo."""
    scale = Scale("gray", 0.0, 1.0, explore.shown_scale)
    picture = np.rint(photo.image * (0.25 + 0.75 * mask[..., None])).astype(np.uint8)
    return map_figure(f"{photo.name}-shown", *explore.shown_figure, explore, picture, mask, scale)


def place_text(calibration, score, explore):
    """Where a score lies among those whose truth is known, in a sentence.

    Args:
        calibration: a Calibration, or None.
        score: in [0, 1].
        explore: the language of the page.
    """
    if calibration is None:
        return explore.scale_missing
    true, spoiled = calibration.shares_below(score)
    low, middle, high = calibration.expected_iou(score)
    return explore.scale_sentence.format(
        true=f"{true:.0%}",
        spoiled=f"{spoiled:.0%}",
        low=f"{low:.2f}",
        middle=f"{middle:.2f}",
        high=f"{high:.2f}",
    )


class ScaleFigure:
    """The scores of masks whose truth is known; drawn once, then only its marker moves.

    Args:
        calibration: a Calibration, or None.
        explore: the language of the page.
    """

    def __init__(self, calibration, explore):
        self._calibration, self._explore = calibration, explore

    def at(self, score):
        """The figure with its marker at a score, or "" where there is no calibration."""
        if self._calibration is None:
            return ""
        chart, columns, svg = self._histograms
        return drawn_figure(
            "critic-scale",
            *self._explore.scale_figure,
            self._explore,
            move_marker(svg, chart, score),
            {**columns, "this mask": [score]},
        )

    @functools.cached_property
    def _histograms(self):
        chart, columns = score_histograms(self._calibration.true, self._calibration.spoiled)
        return chart, columns, to_svg(chart, self._explore.chart)
