"""Random crops, flips and colours, so that a phone's photo is nothing new to the generator."""

import numpy as np


def augment(batch, seed, size=None, objectless=0.08):
    """Crops, flips and recolours a batch; photo, prior and mask move together.

    Args:
        batch: dict of `gecat.images.datasets.batches`.
        seed: int or tuple of ints; the same seed draws the same.
        size: side of the result in pixels, the batch's own by default.
        objectless: share of photos replaced by a small crop in which the teachers see no object,
            where there is one, so that an empty picture is nothing new either.

    Returns:
        dict like `batch`, "image" still uint8.
    """
    import tensorflow as tf

    generator = np.random.default_rng(seed)
    count, side = batch["image"].shape[:2]
    size = size or side
    stacked = tf.concat(
        [tf.cast(batch[name], tf.float32) for name in ("image", "prior", "mask")], axis=-1
    )  # (N, S, S, 5)
    rows = tf.range(count)
    boxes = _crops(generator, count)
    empty = _quiet_crops(generator, stacked[..., 3:4], batch["has_mask"], objectless)
    boxes = np.where(np.isnan(empty), boxes, empty).astype(np.float32)
    moved = tf.image.crop_and_resize(stacked, boxes, rows, (size, size))
    chosen = ~np.isnan(empty[:, 0])
    prior = tf.where(chosen[:, None, None, None], 0.0, moved[..., 3:4])
    return {
        **batch,
        "image": tf.cast(_recolour(moved[..., :3], generator) + 0.5, tf.uint8),
        "prior": tf.cast(prior + 0.5, tf.uint8),
        "mask": tf.cast(moved[..., 4:] + 0.5, tf.uint8),
    }


def _crops(generator, count):
    """Boxes (N, 4) as y1, x1, y2, x2 in [0, 1]; half of them mirrored."""
    extent = np.clip(
        generator.uniform(0.75, 1.15, (count, 1)) * np.exp(generator.normal(0, 0.08, (count, 2))),
        0.5,
        1.0,
    )
    corner = generator.uniform(0.0, 1.0, (count, 2)) * (1.0 - extent)
    y1, x1 = corner.T
    y2, x2 = (corner + extent).T
    mirror = generator.random(count) < 0.5
    return np.stack([y1, np.where(mirror, x2, x1), y2, np.where(mirror, x1, x2)], axis=1)


def _quiet_crops(generator, priors, has_mask, share, tries=6):
    """Small boxes (N, 4) that the teachers find empty, NaN where none is wanted or found."""
    import tensorflow as tf

    count = priors.shape[0]
    extent = generator.uniform(0.25, 0.45, (count, tries, 1))
    corner = generator.uniform(0.0, 1.0, (count, tries, 2)) * (1.0 - extent)
    boxes = np.concatenate([corner, corner + extent], axis=-1)  # (N, tries, 4)
    wanted = (generator.random(count) < share) & ~np.asarray(has_mask)
    result = np.full((count, 4), np.nan)
    for index in np.flatnonzero(wanted):
        looks = tf.image.crop_and_resize(
            priors[index : index + 1], boxes[index].astype(np.float32), [0] * tries, (16, 16)
        )
        most = tf.reduce_max(looks, axis=(1, 2, 3)).numpy()
        if most.min() < 0.2 * 255:
            result[index] = boxes[index, most.argmin()]
    return result


def _recolour(images, generator):
    """Light, contrast, saturation and white balance, each picture its own; 0 to 255."""
    import tensorflow as tf

    count = images.shape[0]

    def column(low, high, channels=1):
        return tf.constant(generator.uniform(low, high, (count, 1, 1, channels)), tf.float32)

    grey = tf.reduce_mean(images, axis=-1, keepdims=True)
    images = grey + column(0.5, 1.3) * (images - grey)
    middle = tf.reduce_mean(images, axis=(1, 2, 3), keepdims=True)
    images = middle + column(0.7, 1.25) * (images - middle)
    images = images * column(0.85, 1.15, 3) + column(-25, 25)
    return tf.clip_by_value(images, 0.0, 255.0)
