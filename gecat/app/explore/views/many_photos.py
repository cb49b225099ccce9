"""Draws the masks of many photos and the critic's scores of them."""

import numpy as np

from gecat.app.explore.views.charts import score_histogram
from gecat.app.ui.figures import chart_figure
from gecat.inference.cutout import overlay


def mask_picture(photo, mask):
    """A photo with its mask over it, and the mask beside it, uint8 (h, 2 w, 3).

    Args:
        photo: uint8 (h, w, 3).
        mask: float (h, w) in [0, 1].
    """
    grey = np.rint(mask * 255).astype(np.uint8)[..., None].repeat(3, axis=-1)
    return np.concatenate([overlay(photo, mask), grey], axis=1)


def scores_figure(scored, explore):
    """The scores of all photos, or "" where there are none.

    Args:
        scored: list of ScoredPhotos.
        explore: the language of the page.
    """
    if not scored:
        return ""
    scores = [photo.score for photo in scored]
    columns = {
        "photo": [photo.name for photo in scored],
        "score": scores,
        "object share": [photo.share for photo in scored],
    }
    return chart_figure(
        "photos-scores",
        *explore.folder_figure,
        explore,
        score_histogram(scores),
        columns,
        explore.chart,
    )
