"""The conjugate gradients on functions whose answers are known."""

import numpy as np
import pytest
import scipy.optimize
import tensorflow as tf
from hypothesis import given, settings
from hypothesis import strategies as st

from gecat.config import SETTINGS
from gecat.training.conjugate import BETA_RULES, Point, beta, line_search, minimise


def quadratic(size, seed):
    """0.5 x'Ax - b'x with its objective, its exact line search and its minimum."""
    generator = np.random.default_rng(seed)
    basis, _ = np.linalg.qr(generator.normal(size=(size, size)))
    matrix = basis @ np.diag(np.linspace(1.0, 10.0, size)) @ basis.T
    right = generator.normal(size=size)
    A, b = tf.constant(matrix), tf.constant(right)

    def objective(theta, carried=None):
        product = tf.linalg.matvec(A, theta)
        loss = 0.5 * tf.reduce_sum(theta * product) - tf.reduce_sum(b * theta)
        return Point(theta, float(loss), product - b)

    def exact(objective, point, direction, slope, length, furthest):
        length = -slope / float(tf.reduce_sum(direction * tf.linalg.matvec(A, direction)))
        return objective(point.theta + length * direction), length, 1

    return objective, exact, np.linalg.solve(matrix, right)


def rosenbrock(theta, carried=None):
    with tf.GradientTape() as tape:
        tape.watch(theta)
        loss = 100.0 * (theta[1] - theta[0] ** 2) ** 2 + (1.0 - theta[0]) ** 2
    return Point(theta, float(loss), tape.gradient(loss, theta))


@pytest.mark.parametrize("rule", SETTINGS["beta_rule"]["enum"])
@pytest.mark.parametrize("preconditioned", [False, True])
def test_every_rule_reaches_the_minimum_of_a_quadratic_in_n_steps(rule, preconditioned):
    size = 9
    objective, exact, minimum = quadratic(size, seed=1)
    scale = tf.constant(np.linspace(0.5, 2.0, size)) if preconditioned else None
    start = objective(tf.zeros(size, tf.float64))
    path = minimise(objective, start, size, rule=rule, scale=scale, search=exact)
    assert len(path.steps) <= size
    np.testing.assert_allclose(path.point.theta, minimum, atol=1e-8)


def test_steepest_descent_does_not_reach_it_in_n_steps():
    size = 9
    objective, exact, minimum = quadratic(size, seed=1)
    point = objective(tf.zeros(size, tf.float64))
    for _ in range(size):  # a run of one step each has no direction to be conjugate to
        point = minimise(objective, point, 1, search=exact).point
    assert np.abs(point.theta - minimum).max() > 1e-4


@pytest.mark.parametrize("rule", SETTINGS["beta_rule"]["enum"])
def test_the_loss_falls_monotonically_on_rosenbrock_to_scipys_minimum(rule):
    start = tf.constant([-1.2, 1.0], tf.float64)
    path = minimise(rosenbrock, rosenbrock(start), 80, rule=rule, expected=0.1)
    losses = [rosenbrock(start).loss] + [step.loss for step in path.steps]
    assert all(later <= earlier for earlier, later in zip(losses, losses[1:], strict=False))
    reference = scipy.optimize.minimize(
        lambda x: rosenbrock(tf.constant(x)).loss,
        start.numpy(),
        jac=lambda x: rosenbrock(tf.constant(x)).gradient.numpy(),
        method="CG",
    )
    np.testing.assert_allclose(path.point.theta, reference.x, atol=1e-3)


def test_a_small_network_agrees_with_scipy():
    generator = np.random.default_rng(0)
    inputs = tf.constant(generator.normal(size=(40, 3)))
    wanted = tf.constant(np.sign(generator.normal(size=(40, 1))) * 0.5 + 0.5)

    def objective(theta, carried=None):
        with tf.GradientTape() as tape:
            tape.watch(theta)
            hidden = tf.tanh(inputs @ tf.reshape(theta[:12], (3, 4)) + theta[12:16])
            logits = hidden @ tf.reshape(theta[16:20], (4, 1)) + theta[20]
            loss = tf.reduce_mean(tf.nn.sigmoid_cross_entropy_with_logits(wanted, logits))
            loss += 0.01 * tf.reduce_sum(theta**2)
        return Point(theta, float(loss), tape.gradient(loss, theta))

    start = tf.constant(generator.normal(size=21) * 0.1)
    path = minimise(objective, objective(start), 150, expected=0.1)
    losses = [step.loss for step in path.steps]
    assert all(later <= earlier for earlier, later in zip(losses, losses[1:], strict=False))
    reference = scipy.optimize.minimize(
        lambda x: objective(tf.constant(x)).loss,
        start.numpy(),
        jac=lambda x: objective(tf.constant(x)).gradient.numpy(),
        method="CG",
    )
    assert path.point.loss == pytest.approx(reference.fun, abs=1e-4)


def test_betas_by_hand():
    gradient, previous = tf.constant([1.0, 2.0]), tf.constant([2.0, 0.0])
    direction, scale = tf.constant([-2.0, 0.0]), tf.ones(2)
    # change = (-1, 2); g.g = 5; g0.g0 = 4; g.change = 3; d.change = 2; change.change = 5; d.g = -2
    expected = {"FR": 5 / 4, "PR+": 3 / 4, "HS": 3 / 2, "DY": 5 / 2, "HZ": (3 + 10) / 2}
    for rule, value in expected.items():
        assert beta(rule, gradient, previous, direction, scale) == pytest.approx(value)


def test_pr_plus_is_never_negative():
    gradient, previous = tf.constant([1.0, 0.0]), tf.constant([2.0, 0.0])
    assert beta("PR+", gradient, previous, -previous, tf.ones(2)) == 0.0


def test_an_unknown_rule_is_named():
    one = tf.ones(2)
    with pytest.raises(ValueError, match="'BFGS'"):
        beta("BFGS", one, one, one, one)


@given(st.floats(0.01, 100.0), st.floats(1e-3, 1e3))
@settings(max_examples=30, deadline=None)
def test_the_line_search_accepts_only_enough_decrease(curvature, length):
    def objective(theta, carried=None):
        loss = 0.5 * curvature * tf.reduce_sum(theta**2)
        return Point(theta, float(loss), curvature * theta)

    point = objective(tf.constant([1.0, -1.0], tf.float64))
    slope = -float(tf.reduce_sum(point.gradient**2))
    found, accepted, _ = line_search(
        objective, point, -point.gradient, slope, length, float("inf"), trials=30
    )
    assert accepted > 0.0
    assert found.loss <= point.loss + 0.1 * accepted * slope


def test_the_line_search_survives_a_loss_that_is_not_a_number():
    def objective(theta, carried=None):
        loss = float(theta[0] ** 2) if abs(theta[0]) < 2.0 else float("nan")
        return Point(theta, loss, 2.0 * theta)

    point = objective(tf.constant([1.0], tf.float64))
    found, accepted, _ = line_search(objective, point, -point.gradient, -4.0, 50.0, 50.0)
    assert accepted > 0.0 and found.loss < point.loss


def test_a_step_is_never_longer_than_allowed():
    objective, _, _ = quadratic(6, seed=3)
    start = objective(tf.zeros(6, tf.float64))
    path = minimise(objective, start, 10, expected=100.0, longest=0.05)
    assert max(step.length for step in path.steps) <= 0.05 + 1e-12


def test_the_secant_lands_in_the_valley():
    """From a first trial far too short, the slope at the end falls to half of that at the start."""
    objective, _, _ = quadratic(5, seed=4)
    point = objective(tf.zeros(5, tf.float64))
    slope = -float(tf.reduce_sum(point.gradient**2))
    found, length, evaluations = line_search(
        objective, point, -point.gradient, slope, 1e-3, float("inf")
    )
    left = -float(tf.reduce_sum(found.gradient * point.gradient))
    assert abs(left) <= 0.5 * abs(slope)
    assert length > 1e-3 and evaluations > 1


def test_at_the_minimum_nothing_moves():
    objective, exact, minimum = quadratic(4, seed=2)
    point = Point(tf.constant(minimum), 0.0, tf.zeros(4, tf.float64))
    assert minimise(objective, point, 5, search=exact).steps == []


def test_the_settings_know_every_beta_rule():
    assert SETTINGS["beta_rule"]["enum"] == list(BETA_RULES)
