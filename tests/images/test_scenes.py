import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gecat.evaluation.baselines import METHODS
from gecat.images.scenes import draw_scene, draw_scenes


def _iou(mask, truth):
    return (mask & truth).sum() / (mask | truth).sum()


@given(seed=st.integers(0, 2**32), size=st.sampled_from((32, 64, 97)))
@settings(max_examples=25, deadline=None)
def test_the_same_seed_draws_the_same_scene_within_the_promised_area(seed, size):
    image, mask = draw_scene(seed, size)
    again, mask_again = draw_scene(seed, size)

    assert image.shape == (size, size, 3)
    assert image.dtype == np.uint8
    assert mask.shape == (size, size)
    assert mask.dtype == bool
    assert 0.08 <= mask.mean() <= 0.45
    np.testing.assert_array_equal(image, again)
    np.testing.assert_array_equal(mask, mask_again)


def test_scenes_differ_and_do_not_depend_on_how_many_are_drawn():
    images, masks = draw_scenes(4, 64, seed=5)
    fewer, _ = draw_scenes(2, 64, seed=5)
    others, _ = draw_scenes(2, 64, seed=6)

    np.testing.assert_array_equal(images[:2], fewer)
    assert len({image.tobytes() for image in images}) == 4
    assert len({mask.tobytes() for mask in masks}) == 4
    assert (others != fewer).any(axis=(1, 2, 3)).all()


def test_no_scenes_are_an_empty_stack():
    images, masks = draw_scenes(0, 64)

    assert images.shape == (0, 64, 64, 3)
    assert masks.shape == (0, 64, 64)


def test_a_size_that_no_pattern_fits_is_refused():
    with pytest.raises(ValueError, match="32 pixels or more; got 16"):
        draw_scene(0, 16)


def test_a_scene_is_the_same_picture_at_another_size():
    _, small = draw_scene(3, 64)
    _, large = draw_scene(3, 128)

    assert _iou(small, large[::2, ::2]) > 0.9


def test_objects_lie_anywhere_and_touch_the_frame_now_and_then():
    _, masks = draw_scenes(60, 64, seed=11)
    frame = np.ones((64, 64), bool)
    frame[1:-1, 1:-1] = False

    touching = (masks & frame).any(axis=(1, 2)).mean()
    centres = np.array([np.argwhere(mask).mean(axis=0) for mask in masks])

    assert 0.2 < touching < 0.9
    assert (centres.std(axis=0) > 5.0).all()


def test_colour_does_not_tell_an_object_from_its_ground():
    images, masks = draw_scenes(60, 64, seed=12)

    # The best threshold on any one channel, chosen with the mask in hand, is still far from it.
    best = [
        max(
            _iou(side, mask)
            for channel in np.moveaxis(image, -1, 0)
            for level in range(32, 256, 32)
            for side in (channel < level, channel >= level)
        )
        for image, mask in zip(images, masks, strict=True)
    ]

    assert np.mean(best) < 0.6


def test_local_contrast_tells_more_than_brightness():
    images, masks = draw_scenes(40, 64, seed=13)
    inside, outside, brighter = [], [], []
    for image, mask in zip(images, masks, strict=True):
        grey = image.mean(axis=-1)  # (H, W)
        step = np.abs(np.diff(grey))
        inside.append(step[mask[:, 1:]].mean())
        outside.append(step[~mask[:, 1:]].mean())
        brighter.append(grey[mask].mean() > grey[~mask].mean())

    assert np.mean(np.array(inside) > np.array(outside)) > 0.75
    assert 0.25 < np.mean(brighter) < 0.75


@pytest.mark.parametrize("name", sorted(METHODS))
def test_classical_methods_stay_under_an_iou_of_0_6(name):
    images, masks = draw_scenes(40, 64, seed=7)

    scores = [
        _iou(METHODS[name](image) > 0.5, mask) for image, mask in zip(images, masks, strict=True)
    ]

    assert np.mean(scores) < 0.6
