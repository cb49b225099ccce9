"""A mask drawn along edges, and held back from what it does not believe in."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gecat.inference.sharpening import lean, sharpened, without_islands, without_leaks

SIDE = 96


def disc(radius, x=48):
    rows, columns = np.mgrid[0:SIDE, 0:SIDE]
    return (rows - 48) ** 2 + (columns - x) ** 2 < radius**2


def box(left, right):
    where = np.zeros((SIDE, SIDE), bool)
    where[40:60, left:right] = True
    return where


def painted(things):
    noise = np.random.default_rng(0).normal(0, 12, (SIDE, SIDE, 3))
    image = np.where(things[..., None], [200, 60, 40], [40, 90, 160]) + noise
    return np.clip(image, 0, 255).astype(np.uint8)


def test_a_coarse_mask_is_drawn_along_the_edge():
    truth = disc(24)
    coarse = np.where(disc(18), 0.99, np.where(disc(32), 0.6, 0.01))
    found = sharpened(painted(truth), coarse) > 0.5
    assert (found & truth).sum() / (found | truth).sum() > 0.97


def test_an_empty_mask_stays_empty():
    image = np.random.default_rng(0).integers(0, 255, (64, 64, 3), np.uint8)
    assert sharpened(image, np.full((64, 64), 0.02)).max() < 0.5


@pytest.mark.parametrize("belief, found", [(0.1, False), (0.45, True)])
def test_a_thing_of_the_same_colour_is_taken_only_where_the_mask_half_believes_it(belief, found):
    thing, other = disc(20, 28), disc(14, 76)
    soft = np.where(thing, 0.99, np.where(other, belief, 0.03))
    mask = sharpened(painted(thing | other), soft) > 0.5
    assert (mask & thing).sum() > 0.95 * thing.sum()
    # An island needs more belief than an addition to the thing itself.
    assert not (mask & other).any()
    joined = sharpened(painted(thing | other | box(28, 76)), np.where(box(28, 76), belief, soft))
    assert (joined[other].mean() > 0.5) == found


def test_a_leak_is_large_and_little_believed():
    solid = box(10, 50)  # 800 pixels
    for width, belief, stays in (
        (1, 0.1, True),
        (2, 0.1, False),
        (20, 0.39, False),
        (20, 0.41, True),
    ):
        added = box(50, 50 + width)
        soft = np.where(solid, 0.9, np.where(added, belief, 0.0))
        # 3% of the cut are 24.6 pixels of 820 with one column more, 25.2 of 840 with two
        kept = without_leaks(solid | added, soft)
        assert (kept == (solid | added if stays else solid)).all(), (width, belief)


def test_an_island_needs_the_mask_behind_it():
    large, island, speck = box(0, 50), box(60, 80), box(90, 92)
    cut = large | island | speck
    soft = np.where(large, 0.45, 0.0) + np.where(island, 0.49, 0.0) + np.where(speck, 0.51, 0.0)
    assert (without_islands(cut, soft) == (large | speck)).all()
    assert not without_islands(np.zeros_like(cut), soft).any()


def test_a_cut_decides_where_a_mask_leans():
    soft = np.array([0.0, 0.5, 0.9, 0.2, 1.0], np.float32)
    cut = np.array([False, True, False, True, True])
    # odds are the square root of the mask's, times e^2 or e^-2
    odds = np.sqrt(soft[1:4] / (1 - soft[1:4])) * np.exp([2.0, -2.0, 2.0])
    expected = [0.0, *(odds / (1 + odds)), 1.0]
    np.testing.assert_allclose(lean(soft, cut), expected, atol=1e-6)
    assert ((lean(soft, cut) > 0.5) == cut).all()


@given(st.floats(0.0, 1.0000002), st.booleans())
def test_a_cut_decides_however_sure_the_mask_is(soft, is_object):
    leaned = lean(np.array([soft], np.float32), np.array([is_object]))
    assert 0.0 <= leaned[0] <= 1.0 and (leaned[0] > 0.5) == is_object
