"""Random crops, flips and colours, so that a phone's photo is nothing new to the generator."""

from typing import Any

import cv2
import numpy as np


def augment(
    batch: dict[str, Any],
    seed: int | tuple[int, ...],
    size: int | None = None,
    objectless: float = 0.08,
    sides: tuple[float, float] = (0.75, 1.0),
    recolouring: float = 1.0,
    painted_over: float = 0.0,
) -> dict[str, Any]:
    """Crops, flips and recolours a batch; photo, prior and mask move together.

    Args:
        batch: dict of `gecat.images.batches.shuffled_batch`.
        seed: int or tuple of ints; the same seed draws the same.
        size: side of the result in pixels, the batch's own by default.
        objectless: share of photos replaced by a small crop in which the teachers see no object,
            where there is one, so that an empty picture is nothing new either.
        sides: least usual and largest side of a crop, as shares of the photo's; beyond 1 the
            photo's border is drawn out.
        recolouring: how far light and colours go, 0 (not at all) to 2.
        painted_over: share of pictures that lose a rectangle to the picture's mean colour, while
            the mask stays (cutout, DeVries & Taylor 2017).

    Returns:
        dict like `batch`, "image" still uint8.
    """
    generator = np.random.default_rng(seed)
    images, priors, masks = (np.asarray(batch[name]) for name in ("image", "prior", "mask"))
    count, side = images.shape[:2]
    size = size or side
    boxes = _crops(generator, count, *sides)
    empty = _quiet_crops(generator, priors[..., 0], np.asarray(batch["has_mask"]), objectless)
    chosen = ~np.isnan(empty[:, 0])
    boxes[chosen] = empty[chosen]
    prior = _cropped(priors, boxes, size)
    prior[chosen] = 0
    pictures = _recolour(_cropped(images, boxes, size), generator, strength=recolouring)
    _paint_over(pictures, generator, painted_over)
    return {
        **batch,
        "image": pictures,
        "prior": prior,
        "mask": _cropped(masks, boxes, size),
    }


def close_views(
    batch: dict[str, Any], seed: int | tuple[int, ...], size: int, smallest: float = 0.2
) -> dict[str, np.ndarray]:
    """Views that leave little but what a thing is: close crops, mixed colours.

    Args:
        batch, seed, size: as for `augment`; masks are left out.
        smallest: least area of a crop as a share of the photo; any area above is as likely.

    Returns:
        dict of "image" uint8 (N, size, size, 3), "prior" uint8 (N, size, size, 1) and "index".
    """
    generator = np.random.default_rng(seed)
    count = len(batch["image"])
    stretch = generator.uniform(-0.15, 0.15, (count, 1))
    extent = np.sqrt(generator.uniform(smallest, 1.0, (count, 1))) * np.exp(
        np.concatenate([stretch, -stretch], axis=-1)
    )
    boxes = _placed(generator, np.minimum(extent, 1.0))
    mixing = np.eye(3) + generator.normal(0.0, 0.25, (count, 3, 3))
    mixing[generator.random(count) < 0.2] = 1.0 / 3.0  # a fifth of the pictures turns grey
    images = _recolour(_cropped(batch["image"], boxes, size), generator, mixing)
    for index in np.flatnonzero(generator.random(count) < 0.25):
        images[index] = cv2.blur(images[index], (3, 3))  # as a phone's
    return {
        "image": images,
        "prior": _cropped(batch["prior"], boxes, size),
        "index": batch["index"],
    }


def _crops(generator, count, smallest, largest):
    """Boxes (N, 4) as y1, x1, y2, x2, in [0, 1] if none is larger than 1; half of them mirrored."""
    side = generator.uniform(smallest, 1.15 * largest, (count, 1))
    stretch = np.exp(generator.normal(0, 0.08, (count, 2)))
    extent = np.clip(side * stretch, smallest / 1.5, largest)
    return _placed(generator, extent)


def _placed(generator, extent):
    """Boxes of the sides (N, 2) given, anywhere; half of them mirrored."""
    corner = generator.uniform(0.0, 1.0, extent.shape) * (1.0 - extent)
    y1, x1 = corner.T
    y2, x2 = (corner + extent).T
    mirror = generator.random(len(extent)) < 0.5
    return np.stack([y1, np.where(mirror, x2, x1), y2, np.where(mirror, x1, x2)], axis=1)


def _quiet_crops(generator, priors, has_mask, share, tries=6):
    """Small boxes (N, 4) that the teachers find empty, NaN where none is wanted or found."""
    count, height, width = priors.shape
    extent = generator.uniform(0.25, 0.45, (count, tries, 1))
    corner = generator.uniform(0.0, 1.0, (count, tries, 2)) * (1.0 - extent)
    boxes = np.concatenate([corner, corner + extent], axis=-1)  # (N, tries, 4)
    wanted = (generator.random(count) < share) & ~has_mask
    result = np.full((count, 4), np.nan)
    for index in np.flatnonzero(wanted):
        most = [
            priors[
                index,
                int(y1 * height) : int(y2 * height) + 1,
                int(x1 * width) : int(x2 * width) + 1,
            ].max()
            for y1, x1, y2, x2 in boxes[index]
        ]
        if min(most) < 0.2 * 255:
            result[index] = boxes[index, np.argmin(most)]
    return result


def _cropped(pictures, boxes, size):
    """Cuts a box out of each picture, uint8 (N, H, W, C), and resizes it to (N, size, size, C)."""
    count, height, width, channels = pictures.shape
    result = np.empty((count, size, size, channels), np.uint8)
    for picture, (y1, x1, y2, x2), target in zip(pictures, boxes, result, strict=True):
        back = np.array(
            [
                [(x2 - x1) * (width - 1) / (size - 1), 0.0, x1 * (width - 1)],
                [0.0, (y2 - y1) * (height - 1) / (size - 1), y1 * (height - 1)],
            ]
        )
        moved = cv2.warpAffine(
            picture,
            back,
            (size, size),
            flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
            borderMode=cv2.BORDER_REPLICATE,
        )
        target[:] = moved.reshape(target.shape)
    return result


def _paint_over(pictures, generator, share):
    """Paints a rectangle of a share of the pictures, uint8 (N, H, W, 3), over, in place."""
    count, height, width = pictures.shape[:3]
    extent = generator.uniform(0.2, 0.5, (count, 2))
    corner = generator.uniform(0.0, 1.0, (count, 2)) * (1.0 - extent)
    scale = [height, width, height, width]
    boxes = (np.concatenate([corner, corner + extent], axis=1) * scale).astype(int)
    for index in np.flatnonzero(generator.random(count) < share):
        top, left, bottom, right = boxes[index]
        pictures[index, top:bottom, left:right] = pictures[index].mean(axis=(0, 1))


def _recolour(images, generator, mixing=None, strength=1.0):
    """Light, contrast, saturation and white balance, each picture its own; uint8 (N, H, W, 3).

    All of that is one matrix a picture, so that a pixel is looked at once.

    Args:
        images: uint8 (N, H, W, 3); generator: numpy.random.Generator.
        mixing: (N, 3, 3), from the photo's channels to those that are recoloured, or None.
        strength: 0 (as it was) to 2 (twice as far).
    """
    count = len(images)

    def column(low, high, usual, channels=1):
        drawn = generator.uniform(low, high, (count, channels, 1))
        return (1.0 - strength) * usual + strength * drawn

    colour, contrast = column(0.5, 1.3, 1.0), column(0.7, 1.25, 1.0)
    balance, light = column(0.85, 1.15, 1.0, 3), column(-25, 25, 0.0)
    # Saturation: grey and so much of the distance to it.
    matrix = colour * np.eye(3) + (1.0 - colour) / 3.0
    if mixing is not None:
        matrix = matrix @ mixing
    means = images.mean(axis=(1, 2), dtype=np.float64)[..., None]  # (N, 3, 1)
    middle = (matrix @ means).mean(axis=1, keepdims=True)
    offset = balance * (1.0 - contrast) * middle + light
    matrix = np.concatenate([balance * contrast * matrix, offset], axis=-1)  # (N, 3, 4)
    images = images.astype(np.float32)
    recoloured = [cv2.transform(*pair) for pair in zip(images, matrix, strict=True)]
    return (np.clip(recoloured, 0.0, 255.0) + 0.5).astype(np.uint8)
