import numpy as np
import pytest

from gecat.images.corruption import (
    STRENGTHS,
    WHOLE_KINDS,
    cut,
    grow,
    polygon,
    shift,
    spoil,
    spoilings,
)


@pytest.fixture
def square():
    mask = np.zeros((40, 50), np.float32)
    mask[10:20, 20:30] = 1
    return mask


def test_growing_and_shrinking_move_the_outline(square):
    grown, shrunk = grow(square, 0.04), grow(square, -0.04)  # 2 pixels of 50
    assert grown[10:20, 18:32].all()
    assert grown[15].sum() == 14
    assert shrunk[12:18, 22:28].all()
    assert shrunk.sum() == 36
    assert np.array_equal(grow(square, 0.0), square)


def test_a_shifted_mask_is_the_same_further_on(square):
    moved = shift(square, 0.1, -0.06)  # 5 pixels right, 3 up
    assert np.array_equal(moved[7:17, 25:35], np.ones((10, 10)))
    assert moved.sum() == 100


@pytest.mark.parametrize(("share", "left"), [(0, 100), (0.5, 50), (1, 0)])
def test_a_cut_takes_its_share_of_the_object(square, share, left):
    assert cut(square, share).sum() == left


def test_a_cut_takes_the_side_that_it_is_told(square):
    assert np.nonzero(cut(square, 0.3, np.pi / 2))[0].max() == 16


def test_a_polygon_covers_some_of_the_picture():
    drawn = polygon((40, 50), np.random.default_rng(0))
    assert set(np.unique(drawn)) == {0, 1}
    assert 0.02 < drawn.mean() < 0.9


def test_all_kinds_come_at_all_their_strengths(square):
    spoiled = spoilings(square, square[::-1], np.random.default_rng(0))
    assert len(spoiled) == 3 * len(STRENGTHS) + len(WHOLE_KINDS)
    assert {mask.shape for mask in spoiled.values()} == {square.shape}
    for kind in STRENGTHS:
        wrong = [np.abs(spoiled[kind, level] - square).mean() for level in ("mild", "middle")]
        assert 0 < wrong[0] < wrong[1]
    assert spoiled["all", "middle"].all()
    assert not spoiled["nothing", "middle"].any()


def test_an_empty_mask_can_be_spoiled():
    empty = np.zeros((20, 20), np.float32)
    spoilings(empty, empty, np.random.default_rng(0))


def test_spoiling_begins_with_what_was_chosen():
    mask = np.zeros((20, 20), np.float32)
    mask[5:15, 5:15] = 1
    assert np.array_equal(spoil(mask), mask)
    assert spoil(mask, "all").all()
    assert not spoil(mask, "nothing", grown=0.1).any()
    assert spoil(mask, right=0.25)[5:15, 10:].all()
    assert spoil(mask, lost=0.5).sum() == 50
