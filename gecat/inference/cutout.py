"""What is made of a photo, its mask and its score map: a cut-out, an overlay, the doubts."""

from collections.abc import Iterator

import cv2
import numpy as np

from gecat.images.bands import TILE, bands, tiles
from gecat.images.transparency import is_see_through, laid_on

SOFTNESS = 0.25  # probabilities nearer to the threshold than this stay partly transparent
OUTLINE = 250  # of the longer side: how far from a hard outline an edge may be soft
BLUR_RADII = (45, 3)


def opacity(mask: np.ndarray, threshold: float = 0.5) -> np.ndarray:
    """How far the object covers each pixel, where a mask says how likely it is one of its pixels.

    So what hardly counts leaves no haze, and nothing shines through what does. However low the
    threshold, what is surely background stays out; likewise above.

    Args:
        mask: array (H, W), floats in [0, 1], or uint8, probability times 255.
        threshold: the probability that becomes one half, in [0, 1].

    Returns:
        uint8 array (H, W), 0 to 255; farther than SOFTNESS from the threshold 0 or 255.
    """
    levels = np.arange(256, dtype=np.float32) / 255
    table = np.clip((levels - threshold) / (2.0 * SOFTNESS) + 0.5, 0.0, 1.0)
    table[0], table[255] = 0, 1
    return cv2.LUT(as_bytes(mask), np.ceil(255 * table - 0.5).astype(np.uint8))


def as_bytes(mask: np.ndarray) -> np.ndarray:
    """A mask as uint8, probability times 255.

    Args:
        mask: array (H, W), floats in [0, 1], or uint8, which is given back.
    """
    if mask.dtype == np.uint8:
        return mask
    result = np.empty(mask.shape, np.uint8)
    for tile in tiles(mask.shape):
        result[tile] = np.rint(mask[tile] * 255)
    return result


def outlined(mask: np.ndarray, threshold: float = 0.5) -> np.ndarray:
    """As `opacity`, within a hard outline that the threshold moves.

    Soft is only what lies along the outline; farther from it than 1/OUTLINE of the longer side all
    is object or none. So a high threshold makes no ghost of what is doubtful.

    Args:
        mask: array (H, W), floats in [0, 1], or uint8, probability times 255.
        threshold: the probability that becomes one half, in [0, 1].

    Returns:
        uint8 array (H, W), 0 to 255; above 127 where a probability exceeds the threshold.
    """
    alpha = opacity(mask, threshold)
    radius = max(1, round(max(mask.shape) / OUTLINE))
    _, inside = cv2.threshold(alpha, 127, 255, cv2.THRESH_BINARY)
    for tile in tiles(alpha.shape):
        # On the outline half of what is around a pixel is object; the rest follows how much it is.
        seen, inner = _with_halo(tile, radius)
        near = cv2.blur(inside[seen], (2 * radius + 1, 2 * radius + 1))[inner]
        most, least = cv2.add(near, near), cv2.subtract(near, cv2.bitwise_not(near))
        part, is_object = alpha[tile], inside[tile] > 0
        np.maximum(part, least, out=part, where=is_object)
        np.minimum(part, most, out=part, where=~is_object)
    return alpha


def object_share(mask: np.ndarray, threshold: float = 0.5) -> float:
    """The share of a mask's pixels that are object, in [0, 1].

    Args:
        mask: array (H, W), floats in [0, 1], or uint8, probability times 255.
        threshold: what a probability must exceed to be object.
    """
    return float(_exceeds(mask, threshold).mean())


def cutout(image: np.ndarray, alpha: np.ndarray) -> np.ndarray:
    """The object alone, on a transparent ground.

    The colours at the edge are the object's own, with the background's share taken out of them
    ("Approximate Fast Foreground Colour Estimation", Forte 2021, two passes). What one can see
    through in the photo keeps its own colours, and becomes no more opaque.

    Args:
        image: uint8 array (H, W, 3), RGB, or (H, W, 4), RGBA.
        alpha: uint8 array (H, W), how opaque each pixel becomes; see `opacity`.

    Returns:
        uint8 array (H, W, 4), RGBA; black where fully transparent.

    Raises:
        ValueError: if the alpha is not of the image's size.
    """
    rgba = np.empty((*alpha.shape, 4), np.uint8)
    for rows, band in cutout_bands(image, alpha):
        rgba[rows] = band
    return rgba


def cutout_bands(image: np.ndarray, alpha: np.ndarray) -> Iterator[tuple[slice, np.ndarray]]:
    """A `cutout` from above to below, for who needs no more at a time.

    Args, Raises: as `cutout`.

    Yields:
        (rows, uint8 (len(rows), W, 4)).
    """
    _check_pair(image, alpha)
    for rows in bands(len(alpha), TILE):
        yield rows, _cut_rows(image, alpha, rows)


def covered(image: np.ndarray, alpha: np.ndarray) -> np.ndarray:
    """How opaque a `cutout` is: where one can see through the photo, no more than the photo.

    Args:
        image: uint8 array (H, W, 3 or 4); alpha: uint8 array (H, W).
    """
    return np.minimum(alpha, image[..., 3]) if is_see_through(image) else alpha


def overlay(
    image: np.ndarray,
    mask: np.ndarray,
    threshold: float = 0.5,
    colour: tuple[int, int, int] = (0, 220, 200),
) -> np.ndarray:
    """The photo with its object tinted and outlined; what one can see through is laid on white.

    Args:
        image: uint8 array (H, W, 3), RGB, or (H, W, 4), RGBA.
        mask: array (H, W), floats in [0, 1], or uint8, probability times 255.
        threshold: what a probability must exceed to be object.
        colour: red, green and blue of the tint, 0 to 255.

    Returns:
        uint8 array (H, W, 3), RGB.

    Raises:
        ValueError: if the mask is not of the image's size.
    """
    _check_pair(image, mask)
    image = laid_on(image)
    region = _exceeds(mask, threshold)
    tint = np.broadcast_to(np.array(colour, np.uint8), image.shape)
    tinted = np.where(region[..., None], cv2.addWeighted(image, 0.55, tint, 0.45, 0), image)
    outlines, _ = cv2.findContours(region.astype(np.uint8), cv2.RETR_CCOMP, cv2.CHAIN_APPROX_NONE)
    thickness = max(1, round(max(region.shape) / 300))
    return cv2.drawContours(tinted, outlines, -1, [int(part) for part in colour], thickness)


def coloured_doubts(score_map: np.ndarray) -> np.ndarray:
    """A score map as a picture, bright where the discriminator finds the mask wrong.

    Args:
        score_map: float array (H, W) in [0, 1], 1 where the mask is right.

    Returns:
        uint8 array (H, W, 3), RGB.
    """
    levels = np.rint(255.0 * (1.0 - score_map)).astype(np.uint8)
    return cv2.cvtColor(cv2.applyColorMap(levels, cv2.COLORMAP_INFERNO), cv2.COLOR_BGR2RGB)


def _one(mask):
    """What a mask of its type says of a pixel that is surely object."""
    return 255 if mask.dtype == np.uint8 else 1


def _exceeds(mask, threshold):
    return mask > threshold * _one(mask)


def _cut_rows(image, alpha, rows):
    """uint8 (h, W, 4): a band of `cutout`.

    In tiles: the floats of a large photo never lie in memory all at once, nor are they computed
    where there is no edge.
    """
    band = np.empty((rows.stop - rows.start, alpha.shape[1], 4), np.uint8)
    for columns in bands(alpha.shape[1], TILE):
        band[:, columns] = _cut(image, alpha, (rows, columns))
    return band


def _cut(image, alpha, tile):
    """uint8 (h, w, 4): a tile of `cutout`."""
    own = _own_opacity(image[tile])
    opaque = np.minimum(alpha[tile], own)
    colours = image[tile][..., :3].copy()
    edge = (opaque > 0) & (opaque < 255) & (own == 255)
    if edge.any():
        seen, inner = _with_halo(tile, sum(BLUR_RADII))
        around = _own_opacity(image[seen])
        estimated = _object_colours(image[seen], np.minimum(alpha[seen], around), around)
        colours[edge] = estimated[inner][edge]
    colours[opaque == 0] = 0
    return np.dstack([colours, opaque])


def _own_opacity(image):
    if is_see_through(image):
        return image[..., 3]
    return np.full(image.shape[:2], 255, np.uint8)


def _with_halo(tile, halo):
    """All that is seen from a tile, and where the tile is in it; beyond a far side is nothing."""
    wide = tuple(slice(max(0, part.start - halo), part.stop + halo) for part in tile)
    within = tuple(
        slice(part.start - seen.start, part.stop - seen.start)
        for part, seen in zip(tile, wide, strict=True)
    )
    return wide, within


def _object_colours(image, alpha, own):
    """uint8 (H, W, 3): colours of the object at every pixel, its edge freed from background.

    Where the photo's own opacity ends, neither object nor background has a colour.
    """
    ground = (own - alpha).astype(np.float32) / 255
    alpha = alpha.astype(np.float32) / 255
    result = np.empty((*alpha.shape, 3), np.uint8)
    for channel in range(3):
        seen = image[..., channel].astype(np.float32)
        front = behind = seen
        for radius in BLUR_RADII:
            front = _weighted_blur(front, alpha, radius)
            behind = _weighted_blur(behind, ground, radius)
            front = front + alpha * (seen - alpha * front - (1 - alpha) * behind)
        result[..., channel] = np.rint(np.clip(front, 0, 255))
    return result


def _weighted_blur(values, weights, radius):
    size = (2 * radius + 1, 2 * radius + 1)
    total = cv2.blur(values * weights, size)
    return total / (cv2.blur(weights, size) + 1e-5)


def _check_pair(image, mask):
    if image.ndim != 3 or image.shape[2] not in (3, 4) or mask.shape != image.shape[:2]:
        raise ValueError(
            "An image (H, W, 3 or 4) and its mask (H, W) must go together, "
            f"received {image.shape} and {mask.shape}."
        )
