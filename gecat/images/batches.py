"""Batches of photos in memory, shuffled without end; batch k depends on the seed and k alone."""

import numpy as np

from gecat.images.datasets import Photos
from gecat.images.sizes import resized


def shuffled_batch(
    photos: Photos, batch_size: int, seed: int, number: int
) -> dict[str, np.ndarray]:
    """Batch `number` of an endless shuffle, so that a resumed training goes on where it was.

    Args:
        photos: Photos.
        batch_size: photos a batch, 1 or more.
        seed: an int, 0 or more.
        number: the batch's number, from 0.

    Returns:
        dict: "image" uint8 (N, S, S, 3); "prior" and "mask" uint8 (N, S, S, 1), zeros where
        unknown; "has_mask" bool (N,); "index" int64 (N,) into photos.
    """
    return gather(photos, batch_indices(len(photos.names), batch_size, seed, number))


def gather(photos: Photos, index: np.ndarray) -> dict[str, np.ndarray]:
    """One batch, a dict as of `shuffled_batch`, of the photos at some places, int64 (N,)."""
    side = photos.images.shape[1]
    unknown = np.zeros((len(index), side, side), np.uint8)
    priors, masks = (
        unknown if known is None else known[index] for known in (photos.priors, photos.masks)
    )
    return {
        "image": photos.images[index],
        "prior": priors[..., None],
        "mask": masks[..., None],
        "has_mask": photos.has_mask[index],
        "index": index,
    }


def sample(photos: Photos, count: int, size: int) -> dict[str, np.ndarray]:
    """The first photos as one batch of `gather`, whose pictures have another side, in pixels."""
    batch = gather(photos, np.arange(min(count, len(photos.names))))
    if batch["image"].shape[1] == size:
        return batch
    pictures = {
        name: np.stack([resized(each, size, size) for each in batch[name]])
        for name in ("image", "prior", "mask")
    }
    shape = (*pictures["prior"].shape[:3], 1)  # resizing drops a single channel
    return {
        **batch,
        "image": pictures["image"],
        "prior": pictures["prior"].reshape(shape),
        "mask": pictures["mask"].reshape(shape),
    }


def batch_indices(count: int, batch_size: int, seed: int, number: int) -> np.ndarray:
    """Which photos batch `number` holds: each epoch is a new shuffle, cut across its end.

    Args:
        count: how many photos there are.
        batch_size: photos a batch.
        seed: an int, 0 or more.
        number: the batch's number, from 0.

    Returns:
        int64 array (batch_size,) in [0, count).
    """
    places = np.arange(number * batch_size, (number + 1) * batch_size)
    epochs = places // count
    shuffles = {
        epoch: np.random.default_rng((seed, int(epoch))).permutation(count)
        for epoch in np.unique(epochs)
    }
    return np.array(
        [shuffles[epoch][place % count] for epoch, place in zip(epochs, places, strict=True)],
        np.int64,
    )
