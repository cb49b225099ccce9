"""Photos that one can see through, RGBA: what networks, masks and people are shown of them."""

import numpy as np

from gecat.images.bands import bands
from gecat.images.sizes import shrink

WHITE, GREYS = 255, (255, 0, 128)
NEAR = 64  # levels
SAMPLES = 200_000  # pixels


def is_see_through(photo: np.ndarray) -> bool:
    """Whether a photo (H, W, 3 or 4) has an opacity of its own."""
    return photo.shape[2] == 4


def laid_on(photo: np.ndarray, backdrop: int = WHITE) -> np.ndarray:
    """Lays a photo on a grey ground.

    Args:
        photo: uint8 (H, W, 3) or (H, W, 4); backdrop: 0 to 255.

    Returns:
        uint8 (H, W, 3); the photo itself where it is opaque.
    """
    if not is_see_through(photo):
        return photo
    result = np.empty((*photo.shape[:2], 3), np.uint8)
    for rows in bands(len(photo)):
        band = photo[rows].astype(np.uint16)
        weight = band[..., 3:]
        mixed = weight * band[..., :3] + (255 - weight) * np.uint16(backdrop) + 127
        result[rows] = mixed // 255
    return result


def shrunk(photo: np.ndarray, side: int) -> np.ndarray:
    """Scales a photo down as `sizes.shrink` does; the colours of what is transparent do not count.

    Args:
        photo: uint8 (H, W, 3) or (H, W, 4); side: in pixels, 1 or more.

    Returns:
        uint8 array of as many channels.
    """
    if not is_see_through(photo):
        return shrink(photo, side)
    alpha = shrink(np.ascontiguousarray(photo[..., 3]), side)
    if alpha.shape == photo.shape[:2]:
        return photo
    on_black = shrink(laid_on(photo, 0), side).astype(np.float32)
    colours = on_black * 255 / np.maximum(alpha, 1)[..., None]
    return np.dstack([np.minimum(np.rint(colours), 255).astype(np.uint8), alpha])


def as_networks_see(photo: np.ndarray) -> np.ndarray:
    """Lays a photo on the grey that its visible colours stand out from: white on white is nothing.

    Args:
        photo: uint8 (H, W, 3) or (H, W, 4).

    Returns:
        uint8 (H, W, 3); the photo itself where it is opaque.
    """
    if not is_see_through(photo):
        return photo
    pixels = photo.reshape(-1, 4)
    pixels = pixels[:: max(1, len(pixels) // SAMPLES)].astype(np.int16)
    visible = pixels[pixels[:, 3] > 0, :3]
    near = [int((np.abs(visible - grey).max(axis=1) < NEAR).sum()) for grey in GREYS]
    return laid_on(photo, GREYS[int(np.argmin(near))])


def without_transparent(mask: np.ndarray, photo: np.ndarray) -> np.ndarray:
    """Takes what is fully transparent in a photo (H, W, 3 or 4) out of its mask (H, W)."""
    if is_see_through(photo):
        mask[photo[..., 3] == 0] = 0
    return mask
