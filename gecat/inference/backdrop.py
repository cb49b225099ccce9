"""What lies behind a cut-out: nothing, a colour, a picture or the blurred photo, and a shadow."""

from typing import Literal

import cv2
import numpy as np

from gecat.images.bands import tiles
from gecat.images.sizes import resized, shrink
from gecat.images.transparency import laid_on
from gecat.inference.cutout import on_background
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
    """
    alpha = cut[..., 3]
    shade = cast_shadow(alpha) if shadow else None
    if ground is None:
        laid = cut if shade is None else _on_shade(cut, shade)
    else:
        behind = blurred(photo, alpha) if isinstance(ground, str) else ground
        laid = on_background(cut, behind, shade)
    if not crop:
        return laid
    seen = alpha if shade is None else np.maximum(alpha, np.where(shade >= SEEN, shade, 0))
    return np.ascontiguousarray(laid[object_window(seen)])


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
