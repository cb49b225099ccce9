"""Draws a mask's edge along the photo's edges, at the photo's full resolution."""

import cv2
import numpy as np

from gecat.images.sizes import enlarged, resized, shrink
from gecat.inference.sharpening import sharpened

CUT_SIDE = 256
LEVEL = 0.35  # of the filtered cut, that becomes one half: cut and filter wear thin parts away
SIDE = 384
RADIUS_SHARE = 0.02
SMOOTHNESS = 1e-4


def refine(image: np.ndarray, mask: np.ndarray, kind: type[np.generic] = np.float32) -> np.ndarray:
    """GrabCut from the mask's sure parts finds the edge, the guided filter draws it finely.

    Args:
        image: uint8 array (H, W, 3), RGB.
        mask: float32 array (h, w) in [0, 1], of the photo's size or another of its shape.
        kind: as of `guided_filter`.

    Returns:
        array (H, W), as of `guided_filter`.
    """
    small = shrink(image, CUT_SIDE)
    soft = resized(mask, *small.shape[:2])
    if min(soft.shape) > 1:
        soft = sharpened(small, soft)
    return guided_filter(image, soft, level=LEVEL, kind=kind)


def guided_filter(
    image: np.ndarray,
    mask: np.ndarray,
    radius_share: float = RADIUS_SHARE,
    smoothness: float = SMOOTHNESS,
    side: int = SIDE,
    level: float = 0.5,
    kind: type[np.generic] = np.float32,
) -> np.ndarray:
    """Fast guided filter with the colour photo as guide.

    In each window the mask is fitted as a linear function of the photo's colour; the fit is made
    on a small copy and applied at full size (He and Sun 2015, "Fast Guided Filter"; equations 19
    to 21 of He et al. 2010, "Guided Image Filtering").

    Args:
        image: uint8 array (H, W, 3), RGB.
        mask: float32 array (h, w) in [0, 1], of the photo's size or smaller.
        radius_share: the window's radius as a share of the longer side.
        smoothness: the variance of colour, of values in [0, 1], that counts as an edge.
        side: the longer side of the small copy, in pixels.
        level: of the filtered mask, that becomes one half; 0 and 1 stay.
        kind: of the result, np.float32, or np.uint8 in a quarter of the memory.

    Returns:
        array (H, W), float32 in [0, 1], or uint8, probability times 255.
    """
    height, width = image.shape[:2]
    scale = min(1.0, side / max(height, width))
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    guide = cv2.resize(image, size, interpolation=cv2.INTER_AREA) / 255.0  # (h, w, 3)
    larger = size[0] > mask.shape[1]
    small = cv2.resize(mask, size, interpolation=cv2.INTER_LINEAR if larger else cv2.INTER_AREA)
    small = small.astype(np.float64)
    radius = max(1, round(radius_share * max(size)))
    slopes, offset = _linear_fit(guide, small, radius, smoothness)
    result = np.empty((height, width), kind)
    maps = [offset, *(slope / 255 for slope in slopes)]
    for rows, (band, *slopes) in enlarged(maps, height, width):
        for slope, colour in zip(slopes, cv2.split(image[rows]), strict=True):
            slope *= colour
            band += slope
        store(result, rows, raised(np.clip(band, 0, 1, out=band), level))
    return result


def raised(probabilities: np.ndarray, level: float) -> np.ndarray:
    """Probabilities whose level has become one half; raised to 1 - level, they are as before.

    Args:
        probabilities: float32 array, any shape, in [0, 1]; 0 and 1 stay.
        level: in (0, 1).

    Returns:
        float32 array of the same shape.
    """
    return probabilities / (probabilities + (1 - probabilities) * (level / (1 - level)))


def store(result: np.ndarray, rows: slice, probabilities: np.ndarray) -> None:
    """Writes float32 probabilities (r, W) into rows of a mask: as they are, or times 255."""
    if result.dtype == np.uint8:
        probabilities = np.rint(probabilities * 255)
    result[rows] = probabilities


def _linear_fit(guide, mask, radius, smoothness):
    """Slopes (three of (h, w)) and offset (h, w) of mask = slopes . colour + offset."""

    def mean(values):
        return cv2.blur(values, (2 * radius + 1, 2 * radius + 1))

    colours = cv2.split(guide)
    means = [mean(colour) for colour in colours]
    average = mean(mask)
    with_mask = [mean(c * mask) - m * average for c, m in zip(colours, means, strict=True)]
    spread = {
        (i, j): mean(colours[i] * colours[j]) - means[i] * means[j] + smoothness * (i == j)
        for i, j in ((0, 0), (0, 1), (0, 2), (1, 1), (1, 2), (2, 2))
    }
    slopes = _solve_symmetric(spread, with_mask)
    offset = average - sum(slope * m for slope, m in zip(slopes, means, strict=True))
    return [mean(slope) for slope in slopes], mean(offset)


def _solve_symmetric(matrix, vector):
    """Cramer's rule at every pixel at once, twenty times as fast as numpy.linalg.solve here."""
    xx, xy, xz, yy, yz, zz = (matrix[key] for key in sorted(matrix))
    cofactors = (
        (yy * zz - yz * yz, xz * yz - xy * zz, xy * yz - xz * yy),
        (xz * yz - xy * zz, xx * zz - xz * xz, xy * xz - xx * yz),
        (xy * yz - xz * yy, xy * xz - xx * yz, xx * yy - xy * xy),
    )
    determinant = xx * cofactors[0][0] + xy * cofactors[0][1] + xz * cofactors[0][2]
    return [
        sum(part * value for part, value in zip(row, vector, strict=True)) / determinant
        for row in cofactors
    ]
