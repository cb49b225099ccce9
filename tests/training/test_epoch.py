"""The gradient epoch on a game of two dimensions: theta . phi + c / 2 |theta|^2 for G, -theta . phi
+ c / 2 |phi|^2 for D; every step worked by hand."""

import numpy as np
import pytest

from gecat.config import preset
from gecat.training import radius
from gecat.training.conjugate import Point
from gecat.training.epoch import gradient_epoch

CURVATURE = 1.0
PLAIN = {
    "preconditioner": "identity",
    "radius_tried": False,
    "first_radius": 0.1,
    "extrapolation": 0.0,
    "discriminator_steps": 1,
    "generator_steps": 1,
}


class Duel:
    """The game, and what each objective was asked with."""

    def __init__(self):
        self.seen_by_critic, self.seen_by_generator, self.looked_again = [], [], []

    def discriminator_objective(self, generator):
        self.seen_by_critic.append(generator)
        return lambda phi, carried: Point(
            phi,
            float(-generator @ phi + 0.5 * CURVATURE * phi @ phi),
            -generator + CURVATURE * phi,
            (carried or 0) + 1,
        )

    def look_again(self, critic, carried):
        self.looked_again.append(critic)
        return carried + 0.5

    def generator_objective(self, critic, carried):
        self.seen_by_generator.append(critic)
        return lambda theta, carried: Point(
            theta,
            float(critic @ theta + 0.5 * CURVATURE * theta @ theta),
            critic + CURVATURE * theta,
            (carried or 0) + 1,
        )


@pytest.fixture
def players():
    return radius.enter(np.array([3.0, 4.0])), radius.enter(np.array([0.0, 2.0]))


def play(game, players, left=1.0, part="both", **changes):
    config = preset("small", **{**PLAIN, **changes})
    return gradient_epoch(game, *players, config, left, part)


def test_one_cycle_by_hand(players):
    game = Duel()
    generator, critic, epoch = play(game, players)
    # D: gradient (-3, -2), stride 0.1 * 2.
    way = np.array([3.0, 2.0]) / 13**0.5
    np.testing.assert_allclose(critic.theta, [0.0, 2.0] + 0.2 * way)
    # G: gradient phi + theta, stride 0.1 * 5, taken whole.
    gradient = critic.theta + [3.0, 4.0]
    expected = [3.0, 4.0] - 0.5 * gradient / np.linalg.norm(gradient)
    np.testing.assert_allclose(generator.theta, expected)
    assert epoch.walked.steps[0].length == pytest.approx(0.5)
    assert generator.memory.radius == pytest.approx(0.5)
    np.testing.assert_array_equal(generator.memory.before, [3.0, 4.0])


def test_each_sees_the_other_ahead_of_where_it_is(players):
    game = Duel()
    first = play(game, players, extrapolation=1.0)
    play(game, first[:2], extrapolation=1.0)
    np.testing.assert_allclose(game.seen_by_critic[1], 2 * first[0].theta - [3.0, 4.0])
    np.testing.assert_allclose(game.seen_by_generator[0], 2 * first[1].theta - [0.0, 2.0])


def test_the_steps_of_a_cycle_share_one_stride(players):
    generator, critic, epoch = play(Duel(), players, discriminator_steps=4, generator_steps=5)
    assert np.linalg.norm(critic.theta - [0.0, 2.0]) <= 0.2 + 1e-12
    assert sum(step.length for step in epoch.walked.steps) <= 0.5 + 1e-12
    assert len(epoch.walked.steps) == 5


def test_strides_end_with_the_budget_unless_they_do_not_anneal(players):
    for anneal, length in ((True, 0.125), (False, 0.5)):
        _, _, epoch = play(Duel(), players, left=0.25, anneal=anneal)
        assert epoch.walked.steps[0].length == pytest.approx(length)


def test_what_is_carried_goes_on_with_every_step_and_not_with_every_trial(players):
    generator, critic, epoch = play(Duel(), players, discriminator_steps=3, generator_steps=4)
    assert critic.carried == 3.5
    assert generator.carried == 1 + len(epoch.walked.steps)


def test_the_critic_looks_again_from_where_it_stands_before_it_is_frozen(players):
    game = Duel()
    _, critic, _ = play(game, players, discriminator_steps=3)
    (stood,) = game.looked_again
    np.testing.assert_array_equal(stood, critic.theta)


def test_only_the_part_that_learns_moves(players):
    generator, critic, epoch = play(Duel(), players, part="generator")
    assert epoch.judged is None
    np.testing.assert_array_equal(critic.theta, players[1].theta)
    generator, critic, epoch = play(Duel(), players, part="discriminator")
    assert epoch.walked is None
    np.testing.assert_array_equal(generator.theta, players[0].theta)


def test_a_stride_that_leads_up_is_cut():
    # G alone in a bowl of its own: a stride of 5 from (0.3, 0.4) leads to the other side, uphill.
    players = radius.enter(np.array([0.3, 0.4])), radius.enter(np.zeros(2))
    far = players[0].memory._replace(start=np.array([3.0, 4.0]))
    players = players[0]._replace(memory=far), players[1]
    _, _, epoch = play(Duel(), players, first_radius=1.0, part="generator")
    step = epoch.walked.steps[0]
    assert step.evaluations > 1
    assert step.length == pytest.approx(0.5, abs=0.2)
