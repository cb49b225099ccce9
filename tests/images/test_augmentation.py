"""Photo, pseudo-mask and mask move together."""

import numpy as np
import pytest

from gecat.images import augmentation
from gecat.images.augmentation import augment
from gecat.images.scenes import draw_scenes


@pytest.fixture
def batch():
    """Photos that show their own masks, so that whatever moves apart is seen."""
    masks = draw_scenes(16, 48, seed=3)[1][..., None] * np.uint8(255)
    return {
        "image": np.repeat(masks, 3, axis=-1),
        "prior": masks,
        "mask": masks,
        "has_mask": np.zeros(16, bool),
        "index": np.arange(16),
    }


@pytest.fixture
def true_colours(monkeypatch):
    monkeypatch.setattr(augmentation, "_recolour", lambda images, generator: images)


@pytest.mark.parametrize("size", [None, 32])
def test_photo_pseudo_mask_and_mask_move_together(batch, true_colours, size):
    moved = augment(batch, 5, size, objectless=0.0)
    assert moved["mask"].shape == (16, size or 48, size or 48, 1)
    np.testing.assert_array_equal(moved["image"], np.repeat(moved["mask"], 3, axis=-1))
    np.testing.assert_array_equal(moved["prior"], moved["mask"])
    if size is None:
        assert (moved["mask"] != batch["mask"]).any(axis=(1, 2, 3)).mean() > 0.5


def test_an_emptied_picture_shows_no_object_and_no_labelled_photo_is_one(batch, true_colours):
    batch["has_mask"][::2] = True
    moved = augment(batch, 5, objectless=1.0)
    emptied = ~moved["prior"].any(axis=(1, 2, 3))
    assert emptied.any() and not emptied[::2].any()
    assert moved["image"][emptied].max() < 0.25 * 255


def test_colours_are_the_pictures_alone(batch, monkeypatch):
    coloured = augment(batch, 5, objectless=0.0)
    monkeypatch.setattr(augmentation, "_recolour", lambda images, generator: images)
    plain = augment(batch, 5, objectless=0.0)
    assert (coloured["image"] != plain["image"]).any(axis=(1, 2, 3)).all()
    for name in ("prior", "mask"):
        np.testing.assert_array_equal(coloured[name], plain[name])


def test_the_same_seed_draws_the_same(batch):
    one, same, other = (augment(batch, seed)["image"] for seed in ((1, 2), (1, 2), (1, 3)))
    np.testing.assert_array_equal(one, same)
    assert (one != other).any()
