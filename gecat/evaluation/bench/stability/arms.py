"""Ways to play a game: the gradient epoch, whole and with parts left out, and its rivals.

An arm is a function (game, share, number) that yields (generator, critic) after each cycle, for
ever; share() is what is left of the budget, and number the only thing that is swept: a rate, or
the first radius. A game is a `training.epoch.Game` with a start.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any, NamedTuple

from gecat.config import Config, preset
from gecat.training import adam, conjugate, epoch, radius
from gecat.training.race.entries import PENALTY
from gecat.training.vectors import norm

_STEPS = 4  # of G where D is frozen
_EVERY, _BACK = 5, 0.5  # cycles of lookahead, and how far it falls back


class Side(NamedTuple):
    """One player's weights, and what its objective hands on."""

    theta: Any  # (n,)
    carried: Any = None


Cycle = tuple[Side, Side]
Objective = Callable[[Any, Any], Any]  # (vector (n,), carried) -> `training.conjugate.Point`


@dataclass(frozen=True)
class Arm:
    """One way to play.

    Attributes:
        play: (game, share, number) -> iterator of (generator, critic).
        penalty: weight of R1, where the game has it.
        sweeps: what the number is.
    """

    play: Callable[..., Iterator[Cycle]]
    penalty: float = 0.0
    sweeps: str = "rate"


def gradient_epochs(
    game: Any, share: Callable[[], float], number: float, config: Config
) -> Iterator[Cycle]:
    """Plays by `training.epoch`; the number is the first radius."""
    config = config.replace(first_radius=number)
    generator, discriminator = (radius.enter(*side) for side in game.start)
    while True:
        generator, discriminator, _ = epoch.gradient_epoch(
            game, generator, discriminator, config, share()
        )
        yield Side(*generator[:2]), Side(*discriminator[:2])


def by_adam(
    game: Any,
    share: Callable[[], float],
    rate: float,
    *,
    steps: int = 1,
    fresh: bool = True,
    anneal: bool = False,
) -> Iterator[Cycle]:
    """One step of D, then some of G against it, each on a batch of its own or all on one."""
    generator, critic = (_Adam(*side) for side in game.start)
    while True:
        pace = rate * share() if anneal else rate
        critic.step(game.discriminator_objective(generator.theta), pace, 0.5)
        objective = game.generator_objective(*critic.side)
        for number in range(steps):
            if fresh and number:
                objective = game.generator_objective(*critic.side)
            generator.step(objective, pace, 0.9)
        yield generator.side, critic.side


def lookahead(game: Any, share: Callable[[], float], rate: float) -> Iterator[Cycle]:
    """Adam, and every few cycles both fall back half-way.

    Chavdarova et al. 2021, "Taming GANs with lookahead-minmax", algorithm 1.
    """
    generator, critic = (_Adam(*side) for side in game.start)
    while True:
        slow = generator.theta, critic.theta
        for _ in range(_EVERY):
            critic.step(game.discriminator_objective(generator.theta), rate, 0.5)
            generator.step(game.generator_objective(*critic.side), rate, 0.9)
            yield generator.side, critic.side
        generator.theta = slow[0] + _BACK * (generator.theta - slow[0])
        critic.theta = slow[1] + _BACK * (critic.theta - slow[1])
        yield generator.side, critic.side


def extra_gradient(game: Any, share: Callable[[], float], rate: float) -> Iterator[Cycle]:
    """Both step from where they are by the gradients of where a first step would lead.

    Gidel et al. 2019, "A variational inequality perspective on GANs", equations 10 and 11.
    """
    generator, critic = game.start
    while True:
        ahead = generator, critic
        for _ in range(2):
            judged = game.discriminator_objective(ahead[0].theta)(*ahead[1])
            played = game.generator_objective(*ahead[1])(*ahead[0])
            ahead = (
                Side(generator.theta - rate * played.gradient, played.carried),
                Side(critic.theta - rate * judged.gradient, judged.carried),
            )
        generator, critic = ahead
        yield ahead


def version_one(
    game: Any, share: Callable[[], float], rate: float, *, longest: float = 0.01
) -> Iterator[Cycle]:
    """The gradient epoch as it was until 2026-11-28: D by Adam, G's steps capped, batches frozen.

    Args:
        game, share: as for any arm; rate: D's.
        longest: of a conjugate step, as a share of the length of G's weights.
    """
    generator, critic = radius.enter(*game.start[0]), _Adam(*game.start[1])
    expected = 0.0
    while True:
        for _ in range(2):
            critic.step(game.discriminator_objective(generator.theta), rate, 0.5)
        objective = game.generator_objective(*critic.side)
        point = objective(generator.theta, generator.carried)
        generator, scale = radius.precondition(generator, point.gradient, "second_moment")
        furthest = longest * max(norm(generator.theta), 1e-12)
        path = conjugate.minimise(
            objective, point, _STEPS, scale=scale, longest=furthest, expected=expected or furthest
        )
        accepted = [step.length for step in path.steps if step.length]
        expected = accepted[-1] if accepted else 0.25 * (expected or furthest)
        generator = generator._replace(theta=path.point.theta, carried=path.point.carried)
        yield Side(*generator[:2]), critic.side


class _Adam:
    """A player that steps by Adam."""

    def __init__(self, theta, carried):
        self.theta, self.carried = theta, carried
        self._memory = adam.start(theta)

    @property
    def side(self):
        return Side(self.theta, self.carried)

    def step(self, objective, rate, beta):
        point = objective(self.theta, self.carried)
        self.theta, self._memory = adam.step(self.theta, self._memory, point.gradient, rate, beta)
        self.carried = point.carried


METHOD = preset("small", gradient_penalty=PENALTY)


def _method(**changes: Any) -> Arm:
    config = METHOD.replace(**changes)
    play = partial(gradient_epochs, config=config)
    return Arm(play, penalty=config.gradient_penalty, sweeps="first radius")


RIVALS = {
    "alternating Adam": Arm(by_adam),
    "Adam with R1": Arm(by_adam, penalty=1.0),
    "Adam with R1, annealed": Arm(partial(by_adam, anneal=True), penalty=1.0),
    "lookahead with R1": Arm(lookahead, penalty=1.0),
    "extra-gradient with R1": Arm(extra_gradient, penalty=1.0),
    "frozen critic, Adam, fresh batches": Arm(partial(by_adam, steps=_STEPS)),
    "frozen critic and batch, Adam": Arm(partial(by_adam, steps=_STEPS, fresh=False)),
    "GEC-AT, version one": Arm(version_one),
}
METHODS = {
    "GEC-AT": _method(),
    "with one step a cycle": _method(generator_steps=1),
    "without seeing ahead": _method(extrapolation=0.0),
    "without R1": _method(gradient_penalty=0.0),
    "without annealing": _method(anneal=False),
    "without scaling": _method(preconditioner="identity"),
    "without trying the first radius": _method(radius_tried=False),
    "without growth of the radius": _method(radius_grows=False),
}
ARMS = {**RIVALS, **METHODS}
