"""A mask mended by hand: each stroke spreads over what looks alike, then GrabCut finds the edge.

How far a stroke spreads is read from where it falls. The deeper it lies in what the mask got wrong,
the larger the fault: a click beside the outline moves the outline, one in the middle of a thing
takes the thing. The way counts in geodesic distance, dear where colours leave those of the stroke
(Criminisi et al. 2008, "GeoS: Geodesic Image Segmentation").
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import cv2
import numpy as np

from gecat.images.bands import bands
from gecat.images.sizes import resized, shrink
from gecat.inference.geodesic import geodesic_distance, steps_through
from gecat.inference.refinement import LEVEL, guided_filter, raised
from gecat.inference.sharpening import sharpened
from gecat.inference.strokes import Stroke, check_strokes, drawn

SIDE = 256  # longer side at which a mask is mended, pixels
SPREAD_SIDE = 128  # at which strokes spread
MOST_SURE = 4.0  # logits; surer than this no mask counts against a stroke
FORCE = 8.0  # of a stroke, in logits, at its place
REACH_PER_DEPTH = 2.0
LEAST_REACH, MOST_REACH = 0.05, 0.4  # as shares of the longer side
COLOUR_COST = 0.05  # of a pixel's way, for each unit of CIELAB
CERTAIN = 9.0  # logits of what a stroke touches
COLOURS = 8  # of a stroke at most


@dataclass(frozen=True, eq=False)
class TouchUp:
    """A mask and what strokes made of it, at the size at which it is mended.

    Attributes:
        photo_shape: (H, W) of the photo.
        image: uint8 (h, w, 3).
        lab: float32 (h, w, 3), CIELAB, a little blurred.
        soft: float32 (h, w) in [0, 1], the mended mask.
        strokes: so far.
        before: the TouchUp before the last stroke, or None.
    """

    photo_shape: tuple[int, int]
    image: np.ndarray = field(repr=False)
    lab: np.ndarray = field(repr=False)
    soft: np.ndarray = field(repr=False)
    strokes: tuple[Stroke, ...] = ()
    before: "TouchUp | None" = field(default=None, repr=False)

    def after(self, strokes: Sequence[Stroke]) -> "TouchUp":
        """The mask after exactly these strokes; what they share with those so far is kept.

        Args:
            strokes: all of them, from the first.

        Raises:
            UserError: if they cannot be drawn on this photo; see `check_strokes`.
        """
        strokes = tuple(strokes)
        check_strokes(strokes, self.photo_shape)
        state = self
        while state.before is not None and state.strokes != strokes[: len(state.strokes)]:
            state = state.before
        for stroke in strokes[len(state.strokes) :]:
            state = _mended(state, stroke)
        return state

    def mask(self, image: np.ndarray, kind: type[np.generic] = np.float32) -> np.ndarray:
        """The mended mask along the edges of the photo, or of a smaller copy of it.

        Args:
            image: uint8 (H, W, 3), RGB.
            kind: of the result, np.float32, or np.uint8 in a quarter of the memory.

        Returns:
            array (H, W), float32 in [0, 1], or uint8, probability times 255; all or nothing where a
            stroke touches it.
        """
        mask = guided_filter(image, self.soft, level=LEVEL, kind=kind)
        said = drawn(self.strokes, image.shape[:2], self.photo_shape)
        for rows in bands(len(mask)):
            mask[rows][said[rows] > 0] = 255 if kind is np.uint8 else 1
            mask[rows][said[rows] < 0] = 0
        return mask


def begin(image: np.ndarray, mask: np.ndarray) -> TouchUp:
    """Lays a photo and its mask out to be mended.

    The mask is taken back to what it was before `refine` raised it, since it will be raised again.

    Args:
        image: uint8 (H, W, 3), RGB.
        mask: array (H, W), floats in [0, 1], or uint8, probability times 255.
    """
    if mask.dtype == np.uint8:
        soft = shrink(mask, SIDE) / np.float32(255)
    else:
        soft = shrink(np.asarray(mask, np.float32), SIDE)
    small = cv2.resize(image, soft.shape[::-1], interpolation=cv2.INTER_AREA)
    lab = cv2.cvtColor(small.astype(np.float32) / 255, cv2.COLOR_RGB2LAB)
    return TouchUp(
        photo_shape=image.shape[:2],
        image=small,
        lab=cv2.GaussianBlur(lab, (0, 0), 1.0),
        soft=raised(soft, 1 - LEVEL),
    )


def touch_up(image: np.ndarray, mask: np.ndarray, strokes: Sequence[Stroke]) -> np.ndarray:
    """Mends a mask by hand.

    Args:
        image: uint8 (H, W, 3), RGB.
        mask: float array (H, W) in [0, 1].
        strokes: what to keep and what to remove, in the order in which they were made.

    Returns:
        float32 array (H, W) in [0, 1].

    Raises:
        UserError: if the strokes cannot be drawn on this photo; see `check_strokes`.
    """
    if not strokes:
        return np.asarray(mask, np.float32)
    return begin(image, mask).after(strokes).mask(image)


def _mended(state, stroke):
    shape = state.soft.shape
    touched = drawn([stroke], shape, state.photo_shape) != 0
    reach = _reach(state.soft > 0.5, touched, stroke.keep)
    way = _way(state.lab, touched) / max(shape)
    force = FORCE if stroke.keep else -FORCE
    least = 1 / (1 + np.exp(MOST_SURE))
    doubtful = np.clip(state.soft, least, 1 - least)
    logits = np.log(doubtful / (1 - doubtful)) + force * np.exp(-way / reach)
    strokes = (*state.strokes, stroke)
    said = drawn(strokes, shape, state.photo_shape).astype(np.float32)
    sure = np.clip(np.where(said == 0, logits, CERTAIN * said), -CERTAIN, CERTAIN)
    soft = (1 / (1 + np.exp(-sure))).astype(np.float32)
    if min(shape) > 1:
        soft = sharpened(state.image, soft)
    # GrabCut looks at the whole photo anew; a stroke wishes for more or for less, never for both.
    soft = (np.maximum if stroke.keep else np.minimum)(state.soft, soft)
    soft[said > 0], soft[said < 0] = 1.0, 0.0
    return replace(state, soft=soft, strokes=strokes, before=state)


def _reach(mask, touched, keep):
    """How far a stroke spreads, as a share of the longer side: by how deep it lies in a fault.

    Args:
        mask, touched: bool (h, w), the mask so far and what the stroke touches; keep: its kind.
    """
    wrong = np.pad(mask != keep, 1, constant_values=True).astype(np.uint8)
    # Where all is wrong nothing bounds the fault.
    if wrong.all():
        return MOST_REACH
    depth = cv2.distanceTransform(wrong, cv2.DIST_L2, cv2.DIST_MASK_5)[1:-1, 1:-1]
    deepest = float(depth[touched].max(initial=0.0)) / max(mask.shape)
    return min(max(REACH_PER_DEPTH * deepest, LEAST_REACH), MOST_REACH)


def _way(lab, touched):
    """Pixels (h, w) of way from what a stroke touches, dearer over other colours."""
    small = shrink(lab, SPREAD_SIDE)
    scale = lab.shape[0] / small.shape[0]
    own = lab[touched]
    own = own[np.linspace(0, len(own) - 1, COLOURS).astype(int)] if len(own) > COLOURS else own
    strange = np.min([np.linalg.norm(small - colour, axis=-1) for colour in own], axis=0)
    seeds = resized(touched.astype(np.float32), *small.shape[:2]) > 0
    way = geodesic_distance(seeds, steps_through(scale * (1 + COLOUR_COST * strange)))
    way = resized(way, *lab.shape[:2])
    way[touched] = 0
    return way
