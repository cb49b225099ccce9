"""How far a player may go: hand-worked numbers, and that nothing that is told matters much."""

import numpy as np
import pytest

from gecat.config import preset
from gecat.training import radius
from gecat.training.conjugate import Point

CONFIG = preset("small")


def bowl(theta, carried=None):
    """Half of the squared length: every step down the gradient of at most it is good."""
    return Point(theta, float(0.5 * theta @ theta), theta, carried)


def cliff(theta, carried=None):
    """As a bowl, but nothing is known beyond a hundredth from (3, 4)."""
    away = np.linalg.norm(theta - np.array([3.0, 4.0]))
    return Point(theta, float("nan") if away > 0.01 else float(0.5 * theta @ theta), theta, carried)


@pytest.fixture
def player():
    return radius.enter(np.array([3.0, 4.0]))


def with_radius(player, value):
    return player._replace(memory=player.memory._replace(radius=value))


def test_strides_shorten_with_the_root_of_their_number(player):
    player = with_radius(player, 0.5)
    lengths = []
    for _ in range(4):
        player, length = radius.stride(player, 1.0)
        lengths.append(length)
    assert lengths == pytest.approx([0.5, 0.5 / 2**0.5, 0.5 / 3**0.5, 0.25])
    assert radius.stride(player, 0.25)[1] == pytest.approx(0.25 * 0.5 / 5**0.5)


def test_the_radius_is_the_furthest_way_from_the_start(player):
    player = with_radius(player, 0.5)
    far = radius.arrive(player, np.array([3.0, 6.0]), "statistics")
    assert (far.memory.radius, far.carried) == (2.0, "statistics")
    back = radius.arrive(far, np.array([3.0, 4.1]), None)
    assert back.memory.radius == 2.0
    np.testing.assert_array_equal(back.memory.before, [3.0, 6.0])
    assert radius.arrive(player, np.array([3.0, 6.0]), None, grows=False).memory.radius == 0.5


def test_a_player_is_seen_where_it_would_go_next(player):
    moved = radius.arrive(player, np.array([4.0, 4.0]), None)
    np.testing.assert_array_equal(radius.ahead(moved, 1.0), [5.0, 4.0])
    np.testing.assert_array_equal(radius.ahead(moved, 0.0), [4.0, 4.0])


def test_a_gradient_is_scaled_by_the_damped_root_of_its_moment(player):
    player, scale = radius.precondition(player, np.array([1.0, 7.0]), "second_moment")
    np.testing.assert_allclose(scale, [1 / (1 + 5), 1 / (7 + 5)])  # the root of the mean is 5
    assert player.memory.gradients == 1
    assert radius.precondition(player, np.array([1.0, 7.0]), "identity")[1] is None


@pytest.mark.parametrize("told", [1e-5, 1e-3, 1e-2, 1.0])
def test_the_first_radius_grows_to_the_same_whatever_was_told(player, told):
    config = CONFIG.replace(first_radius=told)
    settled = radius.settle(player, config, bowl, bowl(player.theta), None)
    assert settled.memory.radius == pytest.approx(0.03 * 5.0)


@pytest.mark.parametrize("told", [1e-2, 1e-1, 1.0])
def test_the_first_radius_shrinks_to_where_a_step_is_good(player, told):
    config = CONFIG.replace(first_radius=told)
    settled = radius.settle(player, config, cliff, cliff(player.theta), None)
    assert 0.0025 < settled.memory.radius <= 0.01


def test_a_first_radius_that_is_not_tried_is_the_one_told(player):
    config = CONFIG.replace(first_radius=0.5, radius_tried=False)
    settled = radius.settle(player, config, cliff, cliff(player.theta), None)
    assert settled.memory.radius == pytest.approx(2.5)
