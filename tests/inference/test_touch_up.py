import numpy as np
import pytest

from gecat.errors import UserError
from gecat.images.scenes import draw_scene
from gecat.inference.strokes import MOST_STROKES, Stroke, click
from gecat.inference.touch_up import SIDE, begin, touch_up

PARTS = (20, 60), (70, 60), (120, 60)  # middles of three discs, (x, y)


@pytest.fixture(scope="module")
def photo():
    """Three discs of one colour on a ground of another, uint8 (120, 160, 3)."""
    y, x = np.mgrid[:120, :160]
    discs = [(x - column) ** 2 + (y - row) ** 2 < 15**2 for column, row in PARTS]
    image = np.where(np.any(discs, axis=0)[..., None], (200, 60, 40), (70, 110, 160))
    noise = np.random.default_rng(0).normal(0, 4, image.shape)
    return np.clip(image + noise, 0, 255).astype(np.uint8), discs


def of(*parts):
    """A mask, unsure as a network is, of some of the discs."""
    return np.where(np.any(parts, axis=0), 0.8, 0.2).astype(np.float32)


def share(mask, part):
    return (mask > 0.5)[part].mean()


def test_a_click_takes_back_one_thing_and_leaves_the_others(photo):
    image, (left, middle, right) = photo
    mended = touch_up(image, of(left, middle, right), [click(*PARTS[2], False)])
    assert share(mended, right) < 0.1
    assert share(mended, left) > 0.9 and share(mended, middle) > 0.9


def test_a_click_adds_a_thing_that_was_missed(photo):
    image, (left, middle, right) = photo
    mended = touch_up(image, of(left), [click(*PARTS[1], True)])
    assert share(mended, middle) > 0.9 and share(mended, left) > 0.9
    assert (mended > 0.5)[:20].mean() < 0.05  # the ground stays out


def test_the_wish_for_one_pixel_is_kept(photo):
    image, parts = photo
    for keep in (True, False):
        mended = touch_up(image, of(*parts), [click(80, 10, keep), click(*PARTS[0], keep)])
        assert mended[10, 80] == mended[PARTS[0][1], PARTS[0][0]] == keep


def test_a_click_beside_the_outline_moves_no_more_than_the_outline(photo):
    image, parts = photo
    mask = of(*parts)
    before, after = touch_up(image, mask, [click(70, 47, True)]), mask
    assert ((before > 0.5) != (after > 0.5)).mean() < 0.02


def test_a_stroke_that_keeps_takes_nothing_away_and_one_that_removes_adds_nothing():
    image, truth = draw_scene(3, 120)
    state = begin(image, np.where(np.roll(truth, 15, axis=1), 0.8, 0.2))
    for stroke in (click(60, 60, True), click(20, 90, False), click(90, 40, True)):
        after = state.after([*state.strokes, stroke])
        change = (after.soft - state.soft) * (1 if stroke.keep else -1)
        assert change.min() >= 0 and change.max() > 0.5
        state = after


def test_strokes_go_on_from_what_is_mended_and_back(photo):
    image, parts = photo
    start = begin(image, of(*parts))
    one, two = click(*PARTS[0], False), Stroke((PARTS[1], PARTS[2]), False, 6)
    first = start.after([one])
    second = first.after([one, two])
    assert second.before is first  # nothing is done twice
    assert second.after([one]) is first and second.after([]) is start
    assert np.array_equal(second.soft, start.after([one, two]).soft)
    assert second.after([two]).strokes == (two,)


def test_a_mask_that_nobody_touches_stays_as_it_is(photo):
    image, parts = photo
    mask = of(*parts)
    assert np.array_equal(touch_up(image, mask, []), mask)


@pytest.mark.parametrize("size", [(1, 1), (1, 50), (50, 1), (3, 4), (300, 400)])
@pytest.mark.parametrize("level", [0.0, 0.5, 1.0])
def test_photos_of_any_size_and_masks_without_an_edge(size, level):
    image = np.random.default_rng(0).integers(0, 256, (*size, 3), np.uint8)
    for keep in (True, False):
        mended = touch_up(image, np.full(size, level), [click(0, 0, keep)])
        assert mended.shape == size and mended.dtype == np.float32
        assert np.isfinite(mended).all() and mended.min() >= 0 and mended.max() <= 1
        assert mended[0, 0] == keep


def test_a_large_photo_is_mended_small_and_drawn_large():
    image, truth = draw_scene(3, 400)
    state = begin(image, np.where(truth, 0.9, 0.1)).after([click(5, 5, False)])
    assert max(state.soft.shape) == SIDE
    assert state.mask(image).shape == (400, 400)
    assert state.mask(image[::2, ::2]).shape == (200, 200)


def test_strokes_that_leave_the_photo_are_refused(photo):
    image, parts = photo
    with pytest.raises(UserError, match="160 × 120"):
        touch_up(image, of(*parts), [click(160, 3, True)])
    with pytest.raises(UserError, match=str(MOST_STROKES)):
        begin(image, of(*parts)).after([click(1, 1, True)] * (MOST_STROKES + 1))
