"""What the numbers of a mask mean: black and white, 0 and 1, colours on black, or neither."""

import numpy as np
from PIL import Image

from gecat.errors import ImageError
from gecat.images.pixels import deep_values, eight_bits, is_deep, photo_of
from gecat.images.transparency import laid_on

NOISE = 8  # levels; compression tints greys and lightens black by as much
LOSSY = ("JPEG", "MPO", "WEBP", "AVIF", "HEIF")
MOST_CLASSES = 64
NAMED = 5  # values that a refusal tells


def mask_of(image: Image.Image) -> np.ndarray:
    """Returns what a decoded picture says as a mask: white is object, black is background.

    Two values are stretched to black and white where they would both look black. In a coloured
    mask, and in a cut-out, whatever is neither nearly black nor transparent is object.

    Args:
        image: a PIL image of any mode.

    Returns:
        uint8 array (H, W).

    Raises:
        ImageError: if it numbers classes, so that nobody knows which of them are the object.
    """
    lossy = image.format in LOSSY
    if is_deep(image):
        values = deep_values(image)
        low, high = values.min(), values.max()
        if low == 0 < high and ((values == low) | (values == high)).all():
            return np.where(values == high, 255, 0).astype(np.uint8)
        return _stretched(values, lossy) if _are_labels(values) else eight_bits(values)
    rgb = laid_on(photo_of(image, managed=False), backdrop=0)
    mask = rgb.max(axis=-1)
    if (mask - rgb.min(axis=-1)).max() > NOISE:
        return np.where(mask > NOISE, 255, 0).astype(np.uint8)
    if image.mode == "P" and mask.min() == mask.max():  # a palette that tells nothing apart
        mask = np.asarray(image)
    return _stretched(mask, lossy)


def _are_labels(values):
    """Whether numbers of more than 8 bits are few and small."""
    whole = np.issubdtype(values.dtype, np.integer)
    return whole and values.min() >= 0 and values.max() < 256


def _stretched(values, lossy):
    values = values.astype(np.uint8)
    found = np.flatnonzero(np.bincount(values.ravel(), minlength=256))
    low, high = int(found[0]), int(found[-1])
    if len(found) == 1:
        return np.full_like(values, 255) if high == 1 else values
    if len(found) == 2 and (low == 0 or high < 128) and not (lossy and 1 < high <= NOISE):
        return np.where(values == high, 255, 0).astype(np.uint8)
    if not lossy and _number_classes(found):
        shown = ", ".join(map(str, found[:NAMED])) + (", ..." if len(found) > NAMED else "")
        raise ImageError("image.mask_values", received=shown)
    return values


def _number_classes(found):
    """Whether the values of a mask, three or more of them, are names rather than greys."""
    inner = found[:-1] if found[-1] == 255 else found  # 255 marks what belongs to no class
    if len(inner) < 3:
        return False
    few_and_dark = found[-1] < 128 and len(found) <= MOST_CLASSES
    counted = found[-1] == 255 and len(inner) <= MOST_CLASSES and inner[-1] == len(inner) - 1
    return bool(few_and_dark or counted)
