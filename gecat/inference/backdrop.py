"""What lies behind a cut-out: nothing, a colour, a picture or the blurred photo, and a shadow."""

from dataclasses import dataclass
from typing import Literal

import cv2
import numpy as np

from gecat.images.bands import tiles
from gecat.images.sizes import resized, shrink
from gecat.images.transparency import laid_on
from gecat.inference.finishing import object_window

BLURRED: Literal["blurred"] = "blurred"
Ground = tuple[int, int, int] | np.ndarray | Literal["blurred"] | None
# Blurs and shadows have no detail, so they are computed at this longer side, in pixels; the rest
# are shares of it.
SIDE = 512
BLUR, WIDE_BLUR = 1 / 45, 1 / 5
SOFT, RIGHT, DOWN = 1 / 55, 1 / 90, 1 / 50
DARKNESS = 0.5  # of a shadow where it is darkest
SEEN = 12  # opacity from which a shadow counts as seen, of 255


def lay(
    photo: np.ndarray,
    cut: np.ndarray,
    ground: Ground = None,
    shadow: bool = False,
    crop: bool = False,
) -> np.ndarray:
    """A cut-out before what is to lie behind it.

    Args:
        photo: uint8 (H, W, 3 or 4) that it was cut from.
        cut: uint8 (H, W, 4), of `cutout`.
        ground: a colour (red, green, blue), a uint8 picture (h, w, 3) that is scaled to cover, or
            "blurred" for the photo without its object; None leaves it transparent.
        shadow: whether the object casts one, to the lower right.
        crop: whether the picture ends where the object and its shadow do.

    Returns:
        uint8 (h, w, 3), or (h, w, 4) where nothing lies behind.

    Raises:
        ValueError: if the cut-out is no RGBA picture.
    """
    if cut.ndim != 3 or cut.shape[2] != 4:
        raise ValueError(f"A cut-out has the shape (H, W, 4), received {cut.shape}.")
    backdrop = prepare(photo, cut[..., 3], ground, shadow, crop)
    return np.ascontiguousarray(backdrop.lay(slice(0, len(cut)), cut))


@dataclass(frozen=True, eq=False)
class Backdrop:
    """What lies behind a cut-out that comes in bands.

    Attributes:
        canvas: uint8 (H, W, 3), on which the cut-out is laid, or None where all is transparent.
        shade: uint8 (H, W), how dark the object's shadow is, or None.
        window: rows and columns of the picture that is wanted.
    """

    canvas: np.ndarray | None
    shade: np.ndarray | None
    window: tuple[slice, slice]

    def lay(self, rows: slice, cut: np.ndarray) -> np.ndarray:
        """Lays a band of the cut-out before it, to stay on the canvas.

        Args:
            rows: where the band lies; cut: uint8 (len(rows), W, 4).

        Returns:
            what of the band is in the window, uint8 (h, w, 3), or (h, w, 4) without a canvas.
        """
        shade = None if self.shade is None else self.shade[rows]
        if self.canvas is not None:
            laid = self.canvas[rows]
            _paint(laid, cut, shade)
        else:
            laid = cut if shade is None else _on_shade(cut, shade)
        wanted, columns = self.window
        first, last = (max(0, end - rows.start) for end in (wanted.start, wanted.stop))
        return laid[first:last, columns]


def prepare(
    photo: np.ndarray,
    alpha: np.ndarray,
    ground: Ground = None,
    shadow: bool = False,
    crop: bool = False,
) -> Backdrop:
    """What is to lie behind a cut-out; see `lay`.

    Args:
        alpha: uint8 (H, W), how opaque the cut-out is.
        photo, ground, shadow, crop: as of `lay`.
    """
    shade = cast_shadow(alpha) if shadow else None
    window = slice(0, alpha.shape[0]), slice(0, alpha.shape[1])
    if crop:
        seen = alpha
        if shade is not None:
            seen = shade >= SEEN
            np.logical_or(seen, alpha, out=seen)
        window = object_window(seen)
    if ground is None:
        return Backdrop(None, shade, window)
    behind = blurred(photo, alpha) if isinstance(ground, str) else ground
    return Backdrop(_canvas(behind, *alpha.shape), shade, window)


def blurred(photo: np.ndarray, alpha: np.ndarray) -> np.ndarray:
    """What is behind the object, out of focus: the object's own colours leave no halo.

    Args:
        photo: uint8 (H, W, 3 or 4); alpha: uint8 (H, W), how opaque the object is.

    Returns:
        uint8 (h, w, 3), of the photo's proportions and no larger than SIDE.
    """
    small = shrink(laid_on(photo), SIDE).astype(np.float32)
    weight = 1 - shrink(alpha, SIDE).astype(np.float32)[..., None] / 255
    narrow, wide = (share * max(small.shape[:2]) for share in (BLUR, WIDE_BLUR))
    colours = sum(
        share * _blur(small * weight, sigma) for share, sigma in ((1.0, narrow), (1e-3, wide))
    )
    weights = sum(share * _blur(weight, sigma) for share, sigma in ((1.0, narrow), (1e-3, wide)))
    # Where all is object, far and wide, its own colours are all there is.
    colours += 1e-6 * small
    return np.rint(np.clip(colours / (weights[..., None] + 1e-6), 0, 255)).astype(np.uint8)


def cast_shadow(alpha: np.ndarray) -> np.ndarray:
    """How dark the object's shadow is.

    Args:
        alpha: uint8 (H, W), how opaque the object is.

    Returns:
        uint8 (H, W), 255 where nothing would be seen of what is behind.
    """
    small = shrink(alpha, SIDE).astype(np.float32)
    side = max(small.shape)
    move = np.array([[1, 0, side * RIGHT], [0, 1, side * DOWN]], np.float32)
    moved = cv2.warpAffine(small, move, small.shape[::-1])
    soft = _blur(moved, side * SOFT) * DARKNESS
    return resized(np.rint(soft).astype(np.uint8), *alpha.shape)


def _blur(values, sigma):
    return cv2.GaussianBlur(values, (0, 0), sigma)


def _canvas(ground, height, width):
    """uint8 (height, width, 3): a colour or a picture at a size, to be painted on."""
    if np.ndim(ground) == 3:
        return _cover(ground, height, width)
    return np.full((height, width, 3), ground, np.uint8)


def _cover(picture, height, width):
    """Scales what is seen of a picture that covers (height, width), its middle."""
    rows, columns = picture.shape[:2]
    scale = max(height / rows, width / columns)
    # Cut out first: all of a thin picture, scaled until it covers a photo, is no size to hold.
    seen = min(rows, max(1, round(height / scale))), min(columns, max(1, round(width / scale)))
    top, left = (rows - seen[0]) // 2, (columns - seen[1]) // 2
    picture = picture[top : top + seen[0], left : left + seen[1]]
    method = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    return cv2.resize(picture, (width, height), interpolation=method)


def _paint(canvas, cut, shade):
    """Lays a cut-out on a canvas (H, W, 3), and its shadow below it."""
    for tile in tiles(cut.shape):
        front, weight = cut[tile][..., :3], cut[tile][..., 3:].astype(np.float32) / 255
        light = 1 - weight
        if shade is not None:
            light *= 1 - shade[tile][..., None].astype(np.float32) / 255
        canvas[tile] = np.rint(weight * front + light * canvas[tile])


def _on_shade(cut, shade):
    """uint8 (H, W, 4): a cut-out and its shadow, and nothing behind them."""
    result = np.empty_like(cut)
    for tile in tiles(cut.shape):
        front = cut[tile][..., 3].astype(np.float32) / 255
        total = front + (1 - front) * shade[tile].astype(np.float32) / 255
        weight = front / np.maximum(total, 1e-6)  # a shadow is black
        result[tile][..., :3] = np.rint(cut[tile][..., :3] * weight[..., None])
        result[tile][..., 3] = np.rint(255 * total)
    return result
