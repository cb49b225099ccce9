"""The connected objects of a mask: their boxes, and what belongs to some of them."""

import math
from collections.abc import Collection
from dataclasses import dataclass

import cv2
import numpy as np

from gecat.images.sizes import shrink

LEAST_SHARE = 0.005  # of the picture; what is smaller is no object of its own
TINY = 1e-6  # of a pixel
SIDE = 4096  # longer side at which objects are found: their numbers take four bytes a pixel


@dataclass(frozen=True)
class Box:
    """One connected object: pixels left <= x < right, top <= y < bottom.

    `confidence` is the mask's mean probability over the object, in [0, 1].
    """

    left: int
    top: int
    right: int
    bottom: int
    confidence: float


def boxes(mask: np.ndarray, threshold: float = 0.5) -> tuple[Box, ...]:
    """Boxes of the connected objects that cover at least 0.5% of the picture, largest first.

    Args:
        mask: array (H, W), floats in [0, 1], or uint8, probability times 255.
        threshold: what a probability must exceed to be object.

    Returns:
        Tuple of Box.
    """
    small = shrink(mask, SIDE)
    found = [box for _, _, box in _found(small, threshold)[1]]
    return tuple(found if small is mask else [_enlarged(box, small, mask) for box in found])


def belongs_to(mask: np.ndarray, numbers: Collection[int], threshold: float = 0.5) -> np.ndarray:
    """What belongs to some of the objects: whatever is nearest to them, soft edges and specks too.

    Args:
        mask, threshold: as for `boxes`.
        numbers: of the objects, 0 for the first of `boxes`.

    Returns:
        bool array (H, W).
    """
    labels, found = _found(mask, threshold)
    away = np.isin(labels, [label for _, label, _ in found], invert=True).astype(np.uint8)
    if not found:
        return np.ones(mask.shape, bool)
    _, nearest = cv2.distanceTransformWithLabels(away, cv2.DIST_L2, 5)
    chosen = [nearest[labels == found[number][1]][0] for number in numbers]
    return np.isin(nearest, chosen)


def _found(mask, threshold):
    """Labels (H, W) of connected parts, and (pixels, label, Box) of the objects, largest first."""
    region = (mask > threshold * _one(mask)).astype(np.uint8)
    count, labels, rows, _ = cv2.connectedComponentsWithStats(region)
    found = []
    for label in range(1, count):
        left, top, width, height, area = (int(value) for value in rows[label])
        if area < LEAST_SHARE * region.size:
            continue
        window = np.s_[top : top + height, left : left + width]
        confidence = float(mask[window][labels[window] == label].mean()) / _one(mask)
        found.append((area, label, Box(left, top, left + width, top + height, confidence)))
    found.sort(key=lambda part: -part[0])
    return labels, found


def _enlarged(box, small, mask):
    """The Box in pixels of a mask that was found in a smaller copy of it."""
    down, right = (whole / part for whole, part in zip(mask.shape, small.shape, strict=True))
    return Box(
        left=math.floor(box.left * right),
        top=math.floor(box.top * down),
        right=math.ceil(box.right * right - TINY),
        bottom=math.ceil(box.bottom * down - TINY),
        confidence=box.confidence,
    )


def _one(mask):
    """What a mask of its type says of a pixel that is surely object."""
    return 255 if mask.dtype == np.uint8 else 1
