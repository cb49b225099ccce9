"""How far each network may go in a cycle: as far as it has come so far, and no rate.

A step's length is r^2 / sqrt(sum of r^2 over all steps), where r, the radius, is the distance that
the network has come since its first cycle: distance over weighted gradients, on gradients of length
one (Khaled, Mishchenko and Jin 2023, "DoWG unleashed", algorithm 1; Ivgi, Hinder and Carmon 2023,
"DoG is SGD's best friend"). The only number, the first radius, is tried on the first objective
before it counts.
"""

from typing import Any, NamedTuple

from gecat.training.vectors import mean, norm, root

_MOMENT_DECAY = 0.99  # of the running second moment that preconditions, per cycle
_NARROWEST, _WIDEST = 1e-7, 0.03  # shares of the weights' length that a first radius is tried to


class Memory(NamedTuple):
    """What is remembered of a player between two cycles."""

    start: Any  # (n,) its weights before its first cycle
    before: Any  # (n,) before its last cycle
    moment: Any  # (n,) running mean of its squared gradients
    gradients: int  # that are in it
    radius: float
    travelled: float  # sum of the squared radii of its steps


class Player(NamedTuple):
    """One of the two networks while it takes part in gradient epochs."""

    theta: Any  # (n,)
    carried: Any  # what its objective hands on from step to step: statistics of normalisation
    memory: Memory


def enter(theta, carried=None, square=None, gradients=0):
    """Returns the Player that has not moved yet.

    Args:
        theta: its weights (n,); carried: what its objective hands on.
        square: mean of its squared gradients so far (n,), or None; gradients: how many those were.
    """
    moment = 0.0 * theta if square is None else (1.0 - _MOMENT_DECAY**gradients) * square
    return Player(theta, carried, Memory(theta, theta, moment, gradients, 0.0, 0.0))


def ahead(player, moves):
    """Where a player will be if it goes on as in its last cycle, (n,).

    Args:
        player: a Player; moves: how many times that far, 0 for where it is.
    """
    return player.theta + moves * (player.theta - player.memory.before)


def precondition(player, gradient, kind):
    """Takes a gradient into the running second moment and scales by its damped inverse root.

    Args:
        player: a Player; gradient: (n,); kind: "second_moment", or "identity" for no scale.

    Returns:
        (Player, positive scale (n,) or None).
    """
    memory = player.memory
    moment = _MOMENT_DECAY * memory.moment + (1.0 - _MOMENT_DECAY) * gradient * gradient
    memory = memory._replace(moment=moment, gradients=memory.gradients + 1)
    player = player._replace(memory=memory)
    if kind == "identity":
        return player, None
    unbiased = moment / (1.0 - _MOMENT_DECAY**memory.gradients)
    # Without damping by the typical size, weights with hardly any gradient lead the way.
    return player, 1.0 / (root(unbiased) + mean(unbiased) ** 0.5 + 1e-12)


def settle(player, config, objective, point, scale, steps=1):
    """Gives a player its first radius, tried on the first objective.

    From what it was told the radius grows while a step of its share does not lead up, or shrinks
    until none does. What is tried is _WIDEST at most: beyond that the first objective is no judge,
    for the other player has learned nothing yet.

    Args:
        player: a Player without a radius; config: a Config; steps: that share one stride.
        objective, point, scale: as for `conjugate.minimise`, of its first cycle.

    Returns:
        Player.
    """
    size = max(norm(player.memory.start), 1e-12)
    way = -point.gradient if scale is None else -(scale * point.gradient)
    unit = max(norm(way), 1e-30)

    def good(length):
        reach = length / steps / unit
        there = objective(point.theta + reach * way, point.carried)
        return there.loss <= point.loss

    radius = config.first_radius * size
    if config.radius_tried:
        radius = _tried(radius, _NARROWEST * size, _WIDEST * size, good)
    return player._replace(memory=player.memory._replace(radius=radius))


def stride(player, left):
    """How far the player may go in this step.

    Args:
        player: a Player; left: share of the budget that is left, in [0, 1].

    Returns:
        (Player, Euclidean length).
    """
    memory = player.memory
    travelled = memory.travelled + memory.radius**2
    return (
        player._replace(memory=memory._replace(travelled=travelled)),
        left * memory.radius**2 / travelled**0.5,
    )


def arrive(player, theta, carried, grows=True):
    """Returns the player after a cycle, with the radius of the way that it has come.

    Args:
        player: the Player as it was before.
        theta, carried: where it is now.
        grows: whether the radius follows.
    """
    memory = player.memory
    come = norm(theta - memory.start) if grows else 0.0
    radius = max(memory.radius, come)
    return Player(theta, carried, memory._replace(before=player.theta, radius=radius))


def _tried(told, narrowest, widest, good):
    """The longest that is good, by fours from the one told; the narrowest goes untried."""
    length = min(told, widest)
    if good(length):
        while length < widest and good(wider := min(4.0 * length, widest)):
            length = wider
        return length
    length /= 4.0
    while length > narrowest and not good(length):
        length /= 4.0
    return length
