"""On a quadratic everything is known: loss = (x^2 + 9 y^2) / 2."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from gecat.config import preset
from gecat.inspection import landscape
from gecat.training.conjugate import Point
from gecat.training.engine import Engine
from gecat.training.losses import full_weights

CURVATURE = tf.constant([1.0, 9.0])


def bowl(theta, carried=None):
    theta = tf.convert_to_tensor(theta, tf.float32)
    gradient = CURVATURE * theta
    return Point(theta, float(0.5 * tf.reduce_sum(theta * gradient)), gradient)


@pytest.fixture
def walks():
    return landscape.walk(bowl, bowl([3.0, 1.0]), 3, expected=0.1)


def test_a_walk_keeps_every_step(walks):
    assert [each.start.loss for each in walks][0] == 9.0
    assert walks[0].restart
    for each, following in zip(walks, walks[1:], strict=False):
        assert each.end.loss <= each.start.loss + 0.1 * each.length * each.slope
        assert following.start.loss == each.end.loss


def test_the_loss_along_a_line_is_that_of_the_parabola():
    line = landscape.along(bowl, bowl([3.0, 0.0]), tf.constant([-2.0, 0.0]), 3.0, count=4)
    assert line.distance == pytest.approx([0, 1, 2, 3])
    assert line.loss == pytest.approx([4.5, 2, 0.5, 0])
    assert line.slope == pytest.approx(-3)
    assert line.armijo(0.1) == pytest.approx([4.5, 4.2, 3.9, 3.6])


def test_a_slice_holds_the_path_and_the_loss_of_the_plane(walks):
    cut = landscape.cut(bowl, walks, count=5)
    assert cut.loss.shape == (5, 5)
    assert cut.path[0] == pytest.approx([0, 0])
    # In two dimensions the plane is everything: distances and losses are the true ones.
    for each, before, after in zip(walks, cut.path, cut.path[1:], strict=False):
        step = float(tf.norm(each.end.theta - each.start.theta))
        assert np.linalg.norm(after - before) == pytest.approx(step, rel=1e-3)
    assert cut.loss.min() >= -1e-6
    assert cut.loss.min() < cut.path_loss[0] < cut.loss.max()


def test_a_straight_path_has_a_slice_too():
    walks = landscape.walk(bowl, bowl([3.0, 1.0]), 1, expected=0.1)
    cut = landscape.cut(bowl, walks, count=3)
    assert cut.path[:, 1] == pytest.approx([0, 0], abs=1e-5)
    assert np.ptp(cut.loss) > 0


def test_angles_of_hand_worked_vectors(walks):
    x, y = tf.constant([1.0, 0.0]), tf.constant([0.0, 2.0])
    assert landscape.angle(x, y) == pytest.approx(90)
    assert landscape.angle(x, x + y / 2) == pytest.approx(45)
    assert landscape.angle(x, -3 * x) == pytest.approx(180)
    assert landscape.angle(x, 0 * y) == 90
    assert len(landscape.angles(walks)) == len(walks) - 1


def test_a_fingerprint_changes_with_the_last_bit():
    vector = np.arange(5, dtype=np.float32)
    other = vector.copy()
    other[3] = np.nextafter(other[3], np.float32(9))
    assert landscape.fingerprint(vector) == landscape.fingerprint(vector.copy())
    assert landscape.fingerprint(vector) != landscape.fingerprint(other)


@pytest.fixture(scope="module")
def engine():
    keras.utils.set_random_seed(0)
    tiny = {"generator_widths": (8, 16, 24), "discriminator_widths": (8, 16, 24)}
    return Engine(preset("small", **tiny))


@pytest.fixture(scope="module")
def batch():
    rng = np.random.default_rng(0)
    return {
        "image": rng.integers(0, 256, (4, 32, 32, 3), np.uint8),
        "prior": np.full((4, 32, 32, 1), 200, np.uint8),
        "mask": np.zeros((4, 32, 32, 1), np.uint8),
        "has_mask": np.zeros(4, bool),
    }


@pytest.mark.parametrize("preconditioner", ["second_moment", "identity"])
def test_a_story_is_of_the_cycle_that_the_engine_walks(engine, batch, monkeypatch, preconditioner):
    config = engine.config.replace(preconditioner=preconditioner)
    monkeypatch.setattr(engine, "config", config)
    state = engine.initial_state()
    story = landscape.tell_cycle(engine, state, batch)
    frozen = engine.freeze(batch, (config.seed, 1))
    _, epoch = engine.play(state, lambda: frozen, full_weights(config), 1.0, "generator")
    losses = [step.loss for step in epoch.walked.steps]
    assert story.plane.path_loss[1:] == pytest.approx(losses, rel=1e-5)


def test_a_cycle_is_told_with_the_critic_standing_still(engine, batch):
    shares = []
    story = landscape.tell_cycle(engine, engine.initial_state(), batch, shares.append)
    assert story.critic_prints[0] == story.critic_prints[1]
    assert story.generator_prints[0] != story.generator_prints[1]
    assert story.conjugate.loss[0] == story.steepest.loss[0]
    assert story.accepted[1] < story.conjugate.loss[0]
    assert story.plane.path_loss[-1] < story.plane.path_loss[0]
    assert shares == sorted(shares)
    assert shares[-1] == 1.0
