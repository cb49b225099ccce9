"""The gradient epoch: D learns, is frozen whole, and G walks conjugate directions against it.

    D sees G ahead of where it is           theta + e (theta - theta of the last cycle)
    each of D's steps: a fresh batch, one stride against its gradient
    D looks once more at the last batch, so that its statistics are those of where it now stands
    D is frozen whole, and G sees it ahead likewise
    G, on one frozen batch: up to K conjugate steps down, each at most one stride, as Armijo allows

A stride is what `radius` gives: nothing here has a rate. Which game is played, its `Game` says: the
masks of photos (`match`), or a game with a known end (`evaluation.bench.stability`).
"""

from typing import Any, NamedTuple, Protocol

from gecat.training import conjugate, radius
from gecat.training.vectors import norm


class Game(Protocol):
    """What two players play; each objective draws a batch, and freezes it whole."""

    def discriminator_objective(self, generator: Any) -> Any:
        """Returns D's (critic (n,), carried) -> Point against a still generator (m,)."""

    def look_again(self, critic: Any, carried: Any) -> Any:
        """Returns what D (n,) hands on after another look at the batch that it judged last."""

    def generator_objective(self, critic: Any, carried: Any) -> Any:
        """Returns G's (theta (m,), carried) -> Point against a still critic (n,)."""


class Epoch(NamedTuple):
    """What happened in one gradient epoch."""

    judged: Any  # Point of D's last gradient, or None
    walked: Any  # conjugate.Path of G, or None
    asked: int = 0  # evaluations of either player's loss with its gradient


def gradient_epoch(game, generator, discriminator, config, left=1.0, part="both"):
    """Plays one cycle.

    Args:
        game: a Game.
        generator, discriminator: `radius.Player`s.
        config: a Config.
        left: share of the budget that is left, in [0, 1].
        part: who learns: "both", "generator" or "discriminator".

    Returns:
        (generator, discriminator, Epoch).
    """
    left = left if config.anneal else 1.0
    game = _Counting(game)
    judged = walked = None
    learned = discriminator
    if part != "generator":
        seen = radius.ahead(generator, config.extrapolation)
        learned, judged = _judge(game, seen, discriminator, config, left)
    if part != "discriminator":
        seen = radius.ahead(learned, config.extrapolation)
        generator, walked = _walk(game, seen, learned.carried, generator, config, left)
    return generator, learned, Epoch(judged, walked, game.asked)


class _Counting:
    """A Game that counts how often a loss with its gradient is asked for."""

    def __init__(self, game):
        self._game, self.asked = game, 0

    def discriminator_objective(self, generator):
        return self._counted(self._game.discriminator_objective(generator))

    def look_again(self, critic, carried):
        return self._game.look_again(critic, carried)

    def generator_objective(self, critic, carried):
        return self._counted(self._game.generator_objective(critic, carried))

    def _counted(self, objective):
        def counted(*arguments):
            self.asked += 1
            return objective(*arguments)

        return counted


def _judge(game, generator, player, config, left):
    """D's steps, which together go one stride: (Player, Point of the last gradient)."""
    theta, carried, point = player.theta, player.carried, None
    stride, steps = 0.0, config.discriminator_steps
    for number in range(steps):
        objective = game.discriminator_objective(generator)
        point = objective(theta, carried)
        player, scale = radius.precondition(player, point.gradient, config.preconditioner)
        if not player.memory.radius:
            player = radius.settle(player, config, objective, point, scale, steps)
        if number == 0:
            player, stride = radius.stride(player, left)
        way = point.gradient if scale is None else scale * point.gradient
        theta = theta - stride / steps / max(norm(way), 1e-30) * way
        carried = point.carried
    carried = game.look_again(theta, carried)
    return radius.arrive(player, theta, carried, config.radius_grows), point


def _walk(game, critic, critic_carried, player, config, left):
    """G's steps on one frozen batch: (Player, conjugate.Path)."""
    objective = game.generator_objective(critic, critic_carried)
    point = objective(player.theta, player.carried)
    player, settings = walking(player, objective, point, config, left)
    path = conjugate.minimise(objective, point, config.generator_steps, **settings)
    end = path.point
    return radius.arrive(player, end.theta, end.carried, config.radius_grows), path


def walking(player, objective, point, config, left=1.0):
    """How G's conjugate steps of one cycle are taken.

    Args:
        player: G's `radius.Player`; objective: the cycle's; point: of it, where G stands.
        config: a Config; left: share of the budget that is left, in [0, 1].

    Returns:
        (Player with this gradient in its memory, dict of what `conjugate.minimise` takes).
    """
    player, scale = radius.precondition(player, point.gradient, config.preconditioner)
    if not player.memory.radius:
        player = radius.settle(player, config, objective, point, scale, config.generator_steps)
    player, stride = radius.stride(player, left)
    length = stride / config.generator_steps
    settings = {
        "rule": config.beta_rule,
        "scale": scale,
        "expected": length,
        "longest": length,
        "least": config.armijo,
    }
    return player, settings
