"""The pairs that the networks learn from: what is spoiled, pasted, certain."""

import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given, settings
from hypothesis import strategies as st

from gecat.training.pairs import (
    SPOILINGS,
    composites,
    draw,
    mixtures,
    photo_targets,
    show,
    spoil,
)


def disc(count=8, side=64, radius=14.0, centre=(30.0, 34.0)):
    y, x = np.mgrid[0:side, 0:side]
    inside = (y - centre[0]) ** 2 + (x - centre[1]) ** 2 < radius**2
    return tf.constant(np.repeat(inside[None, :, :, None], count, 0).astype(np.float32))


def spoiled(kind, strength=0.5):
    masks = disc()
    draws = draw(np.random.default_rng(0), 8)
    draws["kind"][:] = SPOILINGS.index(kind)
    draws["strength"][:] = strength
    return masks.numpy() > 0.5, spoil(masks, draws).numpy() > 0.5


def test_grown_holds_the_mask_and_more():
    before, after = spoiled("grown")
    assert (after & before).sum() == before.sum()
    assert after.sum() > 1.1 * before.sum()


def test_shrunk_is_held_by_the_mask():
    before, after = spoiled("shrunk")
    assert (after & ~before).sum() == 0
    assert 0 < after.sum() < 0.9 * before.sum()


@pytest.mark.parametrize("kind", ["grown", "shrunk", "shifted"])
def test_stronger_spoiling_overlaps_less(kind):
    def overlap(strength):
        before, after = spoiled(kind, strength)
        return (before & after).sum() / (before | after).sum()

    assert overlap(0.99) < overlap(0.5) < overlap(0.01) < 1.0


def test_half_keeps_about_half():
    before, after = spoiled("half")
    assert (after & ~before).sum() <= 0.05 * before.sum()  # the softened edge
    assert 0.35 < after.sum() / before.sum() < 0.65


def test_all_and_nothing():
    assert spoiled("all")[1].all()
    assert not spoiled("nothing")[1].any()


def test_other_is_another_photos_mask():
    masks = tf.concat([disc(4, centre=(16.0, 16.0)), disc(4, centre=(45.0, 45.0))], 0)
    draws = draw(np.random.default_rng(0), 8)
    draws["kind"][:] = SPOILINGS.index("other")
    after = spoil(masks, draws).numpy() > 0.5
    expected = np.roll(masks.numpy() > 0.5, 1, axis=0)
    assert (after ^ expected).mean() < 0.01


def test_polygons_are_neither_empty_nor_all():
    shares = spoiled("polygon")[1].mean(axis=(1, 2, 3))
    assert (shares > 0.0).all() and (shares < 1.0).all()
    assert len(np.unique(shares)) > 4


def test_every_kind_comes_up_in_a_batch():
    kinds = draw(np.random.default_rng(3), 16)["kind"]
    assert sorted(kinds) == sorted(list(range(len(SPOILINGS))) * 2)


def test_a_composite_shows_the_object_where_its_target_says():
    rng = np.random.default_rng(1)
    red, blue = np.array([1.0, -1.0, -1.0]), np.array([-1.0, -1.0, 1.0])
    photos = np.empty((8, 64, 64, 3), np.float32)
    photos[:4], photos[4:] = red, blue
    target = tf.concat([disc(4), tf.zeros((4, 64, 64, 1))], 0)
    draws = draw(rng, 8)
    draws["tint"][:] = 0.0
    pictures, fitting, certainty = composites(
        tf.constant(photos), target, tf.fill((8, 64, 64, 1), 0.3), draws
    )
    reddish = pictures.numpy()[..., 0] > pictures.numpy()[..., 2]
    pasted = fitting.numpy()[..., 0] > 0.5
    assert pasted.any(axis=(1, 2)).all()
    assert (reddish ^ pasted).mean() < 0.03
    np.testing.assert_allclose(certainty.numpy()[pasted], 1.0)
    np.testing.assert_allclose(certainty.numpy()[~pasted], 0.3, atol=1e-6)


def test_a_mixture_keeps_each_pixels_own_target_on_both_sides_of_the_outline():
    """Red photos that are all object are mixed into blue ones that are all ground."""
    photos = np.empty((8, 64, 64, 3), np.float32)
    photos[:4], photos[4:] = [1.0, -1.0, -1.0], [-1.0, -1.0, 1.0]
    target = tf.concat([tf.ones((4, 64, 64, 1)), tf.zeros((4, 64, 64, 1))], 0)
    certainty = tf.concat([tf.fill((4, 64, 64, 1), 0.9), tf.fill((4, 64, 64, 1), 0.3)], 0)
    draws = draw(np.random.default_rng(2), 8)
    draws["tint"][:] = 0.0
    pictures, fitting, sure = (
        part.numpy() for part in mixtures(tf.constant(photos), target, certainty, draws)
    )
    reddish = pictures[..., 0] > pictures[..., 2]
    inside = fitting[..., 0] > 0.5
    assert pictures.shape == (4, 64, 64, 3)
    assert 0.02 < inside.mean() < 0.9
    assert (reddish ^ inside).mean() < 0.03
    np.testing.assert_allclose(sure[inside], 0.9, atol=1e-5)
    np.testing.assert_allclose(sure[~inside], 0.3, atol=1e-5)


def test_certainty_is_highest_where_teachers_agree():
    prior = np.full((1, 8, 8, 1), 1.0, np.float32)
    prior[0, :4] = 0.0
    doubtful = prior.copy()
    doubtful[0, 4:6] = 0.5
    nothing = np.zeros_like(prior)
    sure = photo_targets(prior, nothing, np.zeros(1, np.float32))[1].numpy()
    unsure = photo_targets(doubtful, nothing, np.zeros(1, np.float32))[1].numpy()
    np.testing.assert_allclose(sure, 1.0)
    assert unsure[0, 4:6].max() < unsure[0, 6:].min() < 1.0


def test_a_persons_mask_overrules_the_teachers():
    prior, mask = np.zeros((2, 8, 8, 1), np.float32), np.ones((2, 8, 8, 1), np.float32)
    target, certainty = photo_targets(prior, mask, np.array([1.0, 0.0], np.float32))
    np.testing.assert_allclose(target[0], 1.0)
    np.testing.assert_allclose(target[1], 0.0)
    np.testing.assert_allclose(certainty[0], 1.0)
    weighed = photo_targets(prior, mask, np.array([1.0, 0.0], np.float32), 4.0)[1]
    np.testing.assert_allclose(weighed[0], 4.0)
    np.testing.assert_allclose(weighed[1], certainty[1])


@given(st.floats(0.5, 4.0), st.floats(0.0, 1.0))
@settings(max_examples=30, deadline=None)
def test_showing_keeps_the_side_of_one_half(softness, value):
    masks = tf.fill((2, 4, 4, 1), np.float32(value))
    shown = show(masks, np.full(2, softness, np.float32)).numpy()
    assert (shown > 0.0).all() and (shown < 1.0).all()
    if abs(value - 0.5) > 1e-3:
        assert ((shown > 0.5) == (value > 0.5)).all()
