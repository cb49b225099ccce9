import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from gecat.images.pseudo_masks import (
    KINDS,
    barrier_distance,
    barrier_saliency,
    border_colour_distance,
    grabcut,
    grabcut_start,
    pseudo_mask,
    texture_contrast,
    texture_saliency,
)
from gecat.images.scenes import draw_scenes

FLAT_COLOURS = (0, 127, 255)


def _disc(side=96, radius=24):
    y, x = np.mgrid[0:side, 0:side] - side // 2
    truth = np.hypot(y, x) < radius
    image = np.full((side, side, 3), (40, 90, 60), np.uint8)
    image[truth] = (220, 180, 40)
    noise = np.random.default_rng(0).integers(-8, 9, image.shape)
    return np.clip(image + noise, 0, 255).astype(np.uint8), truth


def _iou(mask, truth):
    return (mask & truth).sum() / (mask | truth).sum()


def test_barrier_distance_by_hand():
    values = np.array(
        [
            [0, 0, 0, 0, 0],
            [0, 5, 5, 5, 0],
            [0, 5, 3, 5, 0],
            [0, 5, 5, 5, 0],
            [0, 0, 0, 0, 0],
        ]
    )
    expected = np.zeros((5, 5))
    # Any path to the middle climbs the wall of 5 from a frame of 0, and so does one to the wall.
    expected[1:4, 1:4] = 5

    distance = barrier_distance(values[None, :, :, None])

    assert distance.shape == (1, 5, 5)
    np.testing.assert_allclose(distance[0], expected)


def test_barrier_distance_goes_round_a_wall_through_its_gap():
    values = np.array(
        [
            [1, 1, 1, 1, 1],
            [1, 9, 9, 9, 1],
            [1, 9, 2, 3, 1],
            [1, 9, 9, 9, 1],
            [1, 1, 1, 1, 1],
        ]
    )

    distance = barrier_distance(values[None, :, :, None])[0]

    assert distance[2, 3] == 2  # 1 to 3
    assert distance[2, 2] == 2  # through the 3, not over the wall
    assert distance[1, 1] == 8


def test_barrier_distance_averages_channels_and_keeps_pictures_apart():
    one = np.zeros((5, 5))
    one[2, 2] = 6.0
    stack = np.stack([np.stack([one, 0 * one], -1), np.stack([one, one], -1)])  # (2, 5, 5, 2)

    distance = barrier_distance(stack)

    assert distance[:, 2, 2].tolist() == [3.0, 6.0]


@given(
    arrays(np.float32, (7, 9), elements=st.floats(-50, 50, width=32)),
    st.floats(-20, 20),
)
@settings(max_examples=50, deadline=None)
def test_barrier_distance_is_bounded_and_blind_to_an_offset(values, offset):
    distance = barrier_distance(values[None, :, :, None])[0]
    moved = barrier_distance(values[None, :, :, None] + np.float32(offset))[0]

    assert (distance >= 0).all()
    assert distance.max() <= values.max() - values.min() + 1e-4
    assert (distance[[0, -1]] == 0).all()
    assert (distance[:, [0, -1]] == 0).all()
    np.testing.assert_allclose(distance, moved, atol=1e-3)


@given(arrays(np.float32, (6, 8), elements=st.floats(0, 50, width=32)))
@settings(max_examples=30, deadline=None)
def test_more_rounds_only_find_lower_barriers(values):
    once = barrier_distance(values[None, :, :, None], rounds=1)
    thrice = barrier_distance(values[None, :, :, None], rounds=3)

    assert (thrice <= once + 1e-5).all()


def test_border_colours_are_near_and_the_disc_is_far():
    image, truth = _disc()
    distance = border_colour_distance(image.astype(np.float32))

    assert distance[truth].min() > distance[~truth].max()


@pytest.mark.parametrize("kind", KINDS)
def test_a_plain_disc_is_found(kind):
    image, truth = _disc()

    mask = pseudo_mask(image, kind)

    assert mask.dtype == np.float32
    assert mask.shape == truth.shape
    assert _iou(mask > 0.5, truth) > 0.85


def test_grabcut_finds_a_plain_disc_from_a_rectangle_and_from_a_start():
    image, truth = _disc()
    start = grabcut_start(barrier_saliency(image), 0.3)

    assert _iou(grabcut(image), truth) > 0.95
    assert _iou(grabcut(image, start=start), truth) > 0.95


def test_grabcut_leaves_its_start_as_it_was():
    image, truth = _disc()
    start = grabcut_start(truth.astype(np.float32), 0.3)
    before = start.copy()

    grabcut(image, start=start)

    np.testing.assert_array_equal(start, before)


def test_grabcut_is_the_same_each_time():
    image, _ = _disc()

    np.testing.assert_array_equal(grabcut(image), grabcut(image))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("colour", FLAT_COLOURS)
def test_a_flat_photo_gives_a_mask_of_numbers(kind, colour):
    mask = pseudo_mask(np.full((40, 60, 3), colour, np.uint8), kind)

    assert mask.shape == (40, 60)
    assert np.isfinite(mask).all()


@pytest.mark.parametrize("kind", KINDS)
@given(
    shape=st.tuples(st.integers(1, 40), st.integers(1, 40)),
    seed=st.integers(0, 2**16),
)
@settings(max_examples=15, deadline=None)
def test_any_photo_gives_a_mask_of_its_own_shape_in_0_to_1(kind, shape, seed):
    image = np.random.default_rng(seed).integers(0, 256, (*shape, 3), dtype=np.uint8)

    mask = pseudo_mask(image, kind)

    assert mask.shape == shape
    assert mask.dtype == np.float32
    assert mask.min() >= 0.0
    assert mask.max() <= 1.0


def test_a_mirrored_photo_gives_the_mirrored_mask():
    image, _ = _disc(side=128)
    image = np.roll(image, 17, axis=1)

    mask = barrier_saliency(image)
    mirrored = barrier_saliency(np.ascontiguousarray(image[:, ::-1]))

    np.testing.assert_allclose(mask, mirrored[:, ::-1], atol=0.02)


def test_an_unknown_kind_is_refused():
    with pytest.raises(ValueError, match="received 'magic'"):
        pseudo_mask(np.zeros((8, 8, 3), np.uint8), "magic")


def test_texture_contrast_tells_a_pattern_from_what_stands_alone():
    plain = np.full((64, 64), 100, np.uint8)
    checks = plain.copy()
    checks[16:48, 16:48] += np.uint8(80) * (np.indices((32, 32)).sum(0) // 3 % 2).astype(np.uint8)
    line, spot, step = plain.copy(), plain.copy(), plain.copy()
    line[:, 30:33], spot[30:34, 30:34], step[:, 32:] = 180, 180, 180
    assert (texture_contrast(checks)[22:42, 22:42] == 80).all()
    for alone in (plain, line, spot, step):
        assert texture_contrast(alone).max() == 0


def test_texture_finds_in_scenes_what_colour_does_not():
    images, truths = draw_scenes(24, 64, seed=5)

    def score(teacher):
        return np.mean(
            [_iou(teacher(image) > 0.5, truth) for image, truth in zip(images, truths, strict=True)]
        )

    assert score(texture_saliency) > score(barrier_saliency) + 0.05
