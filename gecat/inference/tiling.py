"""Prediction of large photos tile by tile: memory bounded, time linear in pixels."""

from collections.abc import Callable

import cv2
import numpy as np


def predict_tiled(
    predict: Callable[[np.ndarray], np.ndarray],
    image: np.ndarray,
    tile: int,
    overlap: float = 0.25,
    guide: np.ndarray | None = None,
) -> np.ndarray:
    """Predicts a map of the whole photo from overlapping tiles, seams blended.

    Every tile counts with a raised cosine that falls towards its sides, so that no tile's border
    shows. All tiles of a photo have the same size. A tile sees its own surroundings only; with a
    guide, the broad course comes from the guide and the tiles add the detail it is too coarse for.

    Args:
        predict: function from a uint8 tile (h, w, 3) to its float map (h, w).
        image: uint8 array (H, W, 3), RGB.
        tile: side of a tile in pixels, 1 or more; a shorter side of the photo is taken whole.
        overlap: least share of a tile that the next one repeats, in [0, 1).
        guide: optional float32 map (h, w) of the whole photo at a lower resolution.

    Returns:
        float32 array (H, W).

    Raises:
        ValueError: if tile or overlap is outside its range.
    """
    if tile < 1:
        raise ValueError(f"tile must be 1 pixel or more, received {tile}.")
    if not 0 <= overlap < 1:
        raise ValueError(f"overlap must be at least 0 and below 1, received {overlap}.")
    rows, row_weights, row_totals = _line(image.shape[0], tile, overlap)
    columns, column_weights, column_totals = _line(image.shape[1], tile, overlap)
    weights = row_weights[:, None] * column_weights  # (h, w)
    total = np.zeros(image.shape[:2], np.float32)
    for top in rows:
        for left in columns:
            window = np.s_[top : top + len(row_weights), left : left + len(column_weights)]
            values = predict(image[window])
            if guide is not None:
                values = values - _coarse(values, image.shape, guide.shape)
            total[window] += weights * values
    # The tiles lie on a grid, so the sum of their weights is a product of rows and columns.
    total /= row_totals[:, None]
    total /= column_totals
    if guide is not None:
        total += cv2.resize(guide, total.shape[::-1], interpolation=cv2.INTER_LINEAR)
    return total


def _line(length, tile, overlap):
    """Evenly spaced starts of tiles along one side, a tile's weights, and their sum (length,)."""
    size = min(tile, length)
    step = max(1, int(size * (1 - overlap)))
    count = -(-(length - size) // step) + 1
    starts = np.rint(np.linspace(0, length - size, count)).astype(int)
    weights = np.sin(np.pi * (np.arange(size, dtype=np.float32) + 0.5) / size) ** 2
    totals = np.zeros(length, np.float32)
    for start in starts:
        totals[start : start + size] += weights
    return starts, weights, totals


def _coarse(values, full, coarse):
    """What is left of a tile's map at the guide's resolution."""
    height, width = values.shape
    size = (max(1, round(width * coarse[1] / full[1])), max(1, round(height * coarse[0] / full[0])))
    small = cv2.resize(values, size, interpolation=cv2.INTER_AREA)
    return cv2.resize(small, (width, height), interpolation=cv2.INTER_LINEAR)
