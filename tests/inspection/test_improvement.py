from types import SimpleNamespace

import numpy as np
import pytest

import gecat
from gecat.images.scenes import draw_scene
from gecat.inspection.improvement import improve


@pytest.fixture
def target():
    mask = np.zeros((32, 32), np.float32)
    mask[8:24, 8:24] = 1
    return mask


@pytest.fixture
def networks(target):
    """A critic that knows the right mask: the nearer, the higher the score."""
    import tensorflow as tf

    def discriminator(pair, training):
        miss = tf.abs(pair[1] - target[None, ..., None])
        return 4.0 - 16.0 * tf.reduce_mean(miss, (1, 2)), 4.0 - 8.0 * miss

    def pairs(image, masks):
        return [image[None].astype(np.float32), masks[..., None]]

    return SimpleNamespace(pairs=pairs, models=SimpleNamespace(discriminator=discriminator))


def test_each_step_raises_the_score_and_leads_to_the_right_mask(networks, target):
    start = np.zeros((32, 32), np.float32)
    start[4:20, 4:20] = 1
    path = improve(networks, np.zeros((32, 32, 3), np.uint8), start, steps=8)
    scores = [attempt.score for attempt in path]
    assert 3 < len(path) <= 9
    assert all(later > earlier for earlier, later in zip(scores, scores[1:], strict=False))
    misses = [np.abs(attempt.mask - target).mean() for attempt in path]
    assert misses[-1] < 0.6 * misses[0]


def test_where_nothing_rises_the_path_ends(networks):
    import tensorflow as tf

    def indifferent(pair, training):
        return tf.zeros((1, 1)), tf.zeros_like(pair[1]) * pair[1]

    networks.models.discriminator = indifferent
    mask = np.full((32, 32), 0.5, np.float32)
    assert len(improve(networks, np.zeros((32, 32, 3), np.uint8), mask)) == 1


def test_real_networks_are_followed_too(small_weights):
    networks = gecat.load(small_weights).networks
    image, mask = draw_scene(0, 64)
    path = improve(networks, image, mask.astype(np.float32), steps=2)
    assert len(path) > 1
    assert path[0].mask.shape == path[0].score_map.shape == (64, 64)
    assert all(0 <= attempt.score <= 1 for attempt in path)
