"""Photo, pseudo-mask and mask move together."""

import numpy as np
import pytest

from gecat.images import augmentation
from gecat.images.augmentation import _recolour, augment, close_views
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
    monkeypatch.setattr(augmentation, "_recolour", lambda images, *_, **__: images)


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
    monkeypatch.setattr(augmentation, "_recolour", lambda images, *_, **__: images)
    plain = augment(batch, 5, objectless=0.0)
    assert (coloured["image"] != plain["image"]).any(axis=(1, 2, 3)).all()
    for name in ("prior", "mask"):
        np.testing.assert_array_equal(coloured[name], plain[name])


def test_crops_keep_to_the_sides_that_were_asked_for():
    ramp = np.broadcast_to(np.arange(200, dtype=np.uint8)[:, None, None], (200, 200, 1))
    several = np.repeat(ramp[None], 64, axis=0)
    batch = {
        "image": np.repeat(several, 3, axis=-1),
        "prior": several,
        "mask": several,
        "has_mask": np.ones(64, bool),
        "index": np.arange(64),
    }
    spans = {}
    for sides in ((1.0, 1.0), (0.75, 1.0), (0.3, 1.0), (0.75, 2.0)):
        rows = augment(batch, 1, sides=sides)["prior"][:, :, 0, 0].astype(int)
        spans[sides] = np.diff(rows[:, [90, 110]], axis=1).mean()  # rows that 20 rows show
    assert spans[0.3, 1.0] < spans[0.75, 1.0] < spans[1.0, 1.0] < spans[0.75, 2.0]
    assert spans[1.0, 1.0] == pytest.approx(20, abs=1)


def test_recolouring_can_be_left_out_and_doubled(batch):
    batch["image"] = batch["image"] // 2 + 40
    batch["has_mask"][:] = True
    plain, usual, twice = (
        augment(batch, 5, recolouring=strength)["image"].astype(float) for strength in (0, 1, 2)
    )
    expected = np.repeat(augment(batch, 5)["mask"] // 2 + 40, 3, axis=-1)
    assert np.abs(plain - expected).max() <= 1  # halving before and after a crop
    moved, further = (np.abs(found - plain).mean() for found in (usual, twice))
    assert 1.5 * moved < further < 2.5 * moved


def test_what_is_painted_over_hides_a_rectangle_and_leaves_the_mask(batch):
    usual, hidden = (augment(batch, 5, painted_over=share) for share in (0.0, 0.5))
    changed = (usual["image"] != hidden["image"]).any(axis=-1)  # (N, H, W)
    touched = changed.any(axis=(1, 2))
    assert 3 <= touched.sum() <= 13
    for index in np.flatnonzero(touched):
        rows, columns = np.nonzero(changed[index])
        inside = hidden["image"][index, rows.min() : rows.max(), columns.min() : columns.max()]
        assert (inside == inside[0, 0]).all() and len(rows) <= 0.25 * 48 * 48
    for name in ("prior", "mask"):
        np.testing.assert_array_equal(usual[name], hidden[name])


def test_the_same_seed_draws_the_same(batch):
    one, same, other = (augment(batch, seed)["image"] for seed in ((1, 2), (1, 2), (1, 3)))
    np.testing.assert_array_equal(one, same)
    assert (one != other).any()


def test_a_close_view_keeps_photo_and_mask_together():
    photos = np.full((16, 64, 64, 3), 30, np.uint8)
    priors = np.zeros((16, 64, 64, 1), np.uint8)
    photos[:, :, :32], priors[:, :, :32] = 220, 255
    views = close_views({"image": photos, "prior": priors, "index": np.arange(16)}, 0, 32)
    assert views["image"].shape == (16, 32, 32, 3) and views["prior"].shape == (16, 32, 32, 1)
    shades, masks = views["image"].mean(-1), views["prior"][..., 0] / 255.0
    cut = [index for index in range(16) if masks[index].min() < 0.1 and masks[index].max() > 0.9]
    assert len(cut) >= 8
    for index in cut:  # the mixed colours may invert the photo, but its two halves stay apart
        inside, outside = shades[index][masks[index] > 0.9], shades[index][masks[index] < 0.1]
        gap = abs(inside.mean() - outside.mean())
        assert gap > 2 * max(inside.std(), outside.std()), index
    assert masks.mean((1, 2)).std() > 0.05  # no two crops alike


def test_one_matrix_a_picture_does_what_step_by_step_does():
    random = np.random.default_rng(3)
    photo = random.integers(0, 256, (1, 8, 8, 3), np.uint8)
    found = _recolour(photo, np.random.default_rng(5))[0].astype(float)
    draws = np.random.default_rng(5)
    colour, contrast = draws.uniform(0.5, 1.3), draws.uniform(0.7, 1.25)
    balance, light = draws.uniform(0.85, 1.15, 3), draws.uniform(-25, 25)
    seen = photo[0].astype(float)
    grey = seen.mean(axis=-1, keepdims=True)
    seen = grey + colour * (seen - grey)
    seen = seen.mean() + contrast * (seen - seen.mean())
    expected = np.clip(seen * balance + light, 0, 255)
    assert np.abs(found - expected).max() <= 0.5 + 1e-3
