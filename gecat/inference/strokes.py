"""What a person says of a mask by hand: strokes of a brush, and clicks, that keep or remove."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np

from gecat.errors import UserError

MOST_STROKES = 64
MOST_POINTS = 4000  # of all strokes together
RADIUS_SHARE = 0.012  # of the longer side, where a stroke tells no radius
LARGEST_RADIUS_SHARE = 0.25
# Longer side at which strokes are drawn: 4,000 points of the largest brush would keep a photo of 64
# megapixels busy for minutes.
DRAWN_SIDE = 2048
_SUBPIXEL_BITS = 4  # of the places that OpenCV draws lines between


@dataclass(frozen=True)
class Stroke:
    """One stroke of a brush; a click is a stroke of one point.

    Attributes:
        points: pairs (x, y) in pixels of the photo, from 0 to below its width and height.
        keep: whether what it touches is object (True) or background (False).
        radius: of the brush, in pixels of the photo; None for 1.2% of the longer side.
    """

    points: tuple[tuple[float, float], ...]
    keep: bool
    radius: float | None = None


def click(x: float, y: float, keep: bool) -> Stroke:
    """The stroke of one point; arguments as in Stroke."""
    return Stroke(((x, y),), keep)


def read_strokes(value: Any) -> tuple[Stroke, ...]:
    """Strokes from what JSON holds.

    Args:
        value: a list of objects with "keep", "points" and, where wanted, "radius", as in Stroke.

    Raises:
        UserError: if it is anything else.
    """
    if not isinstance(value, list):
        raise UserError("stroke.no_list", received=repr(value)[:40])
    if len(value) > MOST_STROKES:
        raise UserError("stroke.too_many", limit=MOST_STROKES, received=len(value))
    return tuple(map(_read_stroke, value))


def _read_stroke(value):
    try:
        known = value.keys() <= {"points", "keep", "radius"}
        points = tuple((x, y) for x, y in value["points"])
        keep, radius = value["keep"], value.get("radius")
        numbers = [part for point in points for part in point]
        if radius is not None:
            numbers.append(radius)
        if not known or not isinstance(keep, bool) or not all(map(_is_number, numbers)):
            raise TypeError
    except (AttributeError, KeyError, TypeError, ValueError):
        raise UserError("stroke.malformed", received=repr(value)[:60]) from None
    return Stroke(points, keep, radius)


def _is_number(value):
    return isinstance(value, int | float) and not isinstance(value, bool)


def check_strokes(strokes: Sequence[Stroke], shape: tuple[int, ...]) -> None:
    """Sees to it that strokes can be drawn on a photo.

    Args:
        strokes: as a person made them; shape: (H, W, ...) of the photo.

    Raises:
        UserError: if they are too many, hold too many points or none, leave the photo, or have a
            brush that no photo of this size needs.
    """
    if len(strokes) > MOST_STROKES:
        raise UserError("stroke.too_many", limit=MOST_STROKES, received=len(strokes))
    count = sum(len(stroke.points) for stroke in strokes)
    if count > MOST_POINTS:
        raise UserError("stroke.too_many_points", limit=MOST_POINTS, received=count)
    height, width = shape[:2]
    largest = max(1.0, LARGEST_RADIUS_SHARE * max(height, width))
    for stroke in strokes:
        if not stroke.points:
            raise UserError("stroke.no_points")
        for x, y in stroke.points:
            if not (0 <= x < width and 0 <= y < height):  # nor is NaN
                received = f"({_told(x)}, {_told(y)})"
                raise UserError("stroke.outside", width=width, height=height, received=received)
        radius = stroke.radius
        if radius is not None and not 0 < radius <= largest:
            received = _told(radius)
            raise UserError("stroke.radius", limit=math.floor(largest), received=received)


def _told(number):
    """A number as a person reads it; one of a thousand digits is no float."""
    try:
        return f"{number:.6g}"
    except (OverflowError, TypeError, ValueError):
        return str(number)[:20]


def drawn(
    strokes: Iterable[Stroke], shape: tuple[int, ...], photo_shape: tuple[int, ...]
) -> np.ndarray:
    """Draws strokes: what they touch is certain.

    Args:
        strokes: of which a later one counts where two meet.
        shape: (h, w) of what is drawn, the photo's size or smaller.
        photo_shape: (H, W, ...) of the photo that the strokes were made on.

    Returns:
        int8 array (h, w): 1 where the object was kept, -1 where it was removed, 0 elsewhere.
    """
    scale = min(1.0, DRAWN_SIDE / max(shape))
    said = np.zeros([max(1, round(side * scale)) for side in shape], np.uint8)
    for stroke in strokes:
        _draw(said, stroke, photo_shape, 1 if stroke.keep else 2)
    said = cv2.LUT(said, np.array([0, 1, 255, *[0] * 253], np.uint8)).view(np.int8)
    return cv2.resize(said, shape[::-1], interpolation=cv2.INTER_NEAREST_EXACT)


def _draw(canvas, stroke, photo_shape, value):
    scale = np.array([canvas.shape[1] / photo_shape[1], canvas.shape[0] / photo_shape[0]])
    radius = stroke.radius
    if radius is None:
        radius = RADIUS_SHARE * max(photo_shape[:2])
    radius = max(0.5, radius * float(scale.mean()))
    # A pixel is named by its corner, and drawn at its middle.
    places = (np.array(stroke.points, np.float64) + 0.5) * scale - 0.5
    fixed = np.rint(places * 2**_SUBPIXEL_BITS).astype(np.int32)
    thickness = max(1, round(2 * radius))
    cv2.polylines(canvas, [fixed], False, value, thickness, cv2.LINE_8, _SUBPIXEL_BITS)
    for place in fixed[[0, -1]]:  # round ends; between them OpenCV rounds by itself
        size = round(radius * 2**_SUBPIXEL_BITS)
        cv2.circle(canvas, place, size, value, cv2.FILLED, cv2.LINE_8, _SUBPIXEL_BITS)
