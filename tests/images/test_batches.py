"""Batches: each photo once an epoch, and what belongs together."""

import numpy as np

from gecat.images.batches import batch_indices, shuffled_batch
from gecat.images.datasets import Photos
from gecat.images.scenes import draw_scenes

SIZE = 32


def _photos(count=10, with_masks=True):
    images, masks = draw_scenes(count, SIZE, seed=2)
    return Photos(
        images=images,
        names=tuple(map(str, range(count))),
        priors=None,
        masks=masks * np.uint8(255) if with_masks else None,
        has_mask=np.arange(count) % 2 == 0,
        skipped=(),
    )


def test_every_epoch_shows_each_photo_once_in_a_new_order():
    places = np.concatenate([batch_indices(10, 4, 7, number) for number in range(5)])

    assert sorted(places[:10]) == list(range(10))
    assert sorted(places[10:]) == list(range(10))
    assert places[:10].tolist() != places[10:].tolist()
    assert (
        places.tolist()
        != np.concatenate([batch_indices(10, 4, 8, number) for number in range(5)]).tolist()
    )


def test_a_batch_may_be_larger_than_the_set():
    assert np.bincount(batch_indices(3, 7, 0, 0)).tolist() in ([3, 2, 2], [2, 3, 2], [2, 2, 3])


def test_batches_hold_together_what_belongs_together():
    photos = _photos()

    for number in range(5):
        batch = shuffled_batch(photos, 4, 7, number)
        index = batch["index"]
        np.testing.assert_array_equal(index, batch_indices(10, 4, 7, number))
        np.testing.assert_array_equal(batch["image"], photos.images[index])
        np.testing.assert_array_equal(batch["mask"][..., 0], photos.masks[index])
        np.testing.assert_array_equal(batch["has_mask"], photos.has_mask[index])
        assert batch["prior"].shape == (4, SIZE, SIZE, 1)
        assert not batch["prior"].any()


def test_batches_have_fixed_shapes_and_zeros_for_unknown_masks():
    batch = shuffled_batch(_photos(with_masks=False), 3, 0, 0)

    assert batch["image"].shape == (3, SIZE, SIZE, 3) and batch["image"].dtype == np.uint8
    assert batch["mask"].shape == (3, SIZE, SIZE, 1) and not batch["mask"].any()
