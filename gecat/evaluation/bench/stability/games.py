"""Games of two players whose end is known, for `training.epoch` and its rivals to walk."""

from abc import ABC, abstractmethod
from functools import cached_property
from typing import Any

import numpy as np
from keras import ops

from gecat.evaluation.bench.stability.arms import Objective, Side
from gecat.evaluation.bench.stability.play import Gradients
from gecat.training.backend import compiled, value_and_gradient
from gecat.training.conjugate import Point

BILINEAR_SIDE = 16
NOISE = 0.1


class Game(ABC):
    """One run of a game: its draws, and how many losses with gradients were asked for.

    Args:
        seed: of the start and of every batch; penalty: weight of R1 on D where the game has it.
    """

    def __init__(self, seed: int, penalty: float = 1.0) -> None:
        self.random = np.random.default_rng(seed)
        self.penalty = penalty
        self.asked = 0
        self.gradients = Gradients()  # of G
        self.start = tuple(Side(weights) for weights in self._start())

    def discriminator_objective(self, generator: Any) -> Objective:
        """Returns D's objective on a fresh batch, as `training.epoch.Game` asks."""
        batch = self._batch()
        return lambda critic, carried: self._point(critic, *self._judge(critic, generator, batch))

    def look_again(self, critic: Any, carried: Any) -> Any:
        """Returns what D hands on: nothing here."""
        return carried

    def generator_objective(self, critic: Any, carried: Any) -> Objective:
        """Returns G's objective on a fresh batch, as `training.epoch.Game` asks."""
        batch = self._batch()

        def objective(theta, carried):
            point = self._point(theta, *self._play(theta, critic, batch))
            self.gradients.add(point.gradient)
            return point

        return objective

    def watch(self, generator: Side, critic: Side) -> None:  # noqa: B027
        """Looks at a cycle's end; such a game is judged by its last one."""

    def distance(self, generator: Side, critic: Side) -> float:
        """How far two Sides are from the end of the game, 0 at it."""
        return float(np.linalg.norm(np.concatenate([generator.theta, critic.theta])))

    @abstractmethod
    def _start(self):
        """G's weights (m,) and D's (n,)."""

    @abstractmethod
    def _batch(self):
        """What both objectives draw."""

    @abstractmethod
    def _play(self, theta, critic, batch):
        """G's loss and its gradient (m,)."""

    @abstractmethod
    def _judge(self, critic, theta, batch):
        """D's loss, R1 with it, and its gradient (n,)."""

    def _point(self, vector, loss, gradient):
        self.asked += 1
        return Point(vector, float(loss), gradient)

    @property
    def lost_beyond(self) -> float:
        """The distance at which a run counts as lost."""
        return 2.0 * self.distance(*self.start)


class Dirac(Game):
    """One number against a line through the origin; the data are at 0.

    Mescheder, Geiger and Nowozin 2018, "Which training methods for GANs do actually converge?".
    """

    def _start(self):
        signs = self.random.choice([-1.0, 1.0], 1)
        return signs * self.random.uniform(0.5, 1.5, 1), self.random.uniform(-1.0, 1.0, 1)

    def _batch(self):
        return NOISE * self.random.standard_normal(2)  # of the data, and of what is generated

    def _play(self, theta, critic, batch):
        fake = theta + batch[1]
        loss = np.logaddexp(0.0, -critic * fake)[0]
        return loss, -critic / (1.0 + np.exp(critic * fake))

    def _judge(self, critic, theta, batch):
        real, fake = batch[0], theta + batch[1]
        loss = np.logaddexp(0.0, -critic * real) + np.logaddexp(0.0, critic * fake)
        gradient = -real / (1.0 + np.exp(critic * real)) + fake / (1.0 + np.exp(-critic * fake))
        # R1: D's slope is the same everywhere.
        return (loss + 0.5 * self.penalty * critic**2)[0], gradient + self.penalty * critic


class Bilinear(Game):
    """theta A phi, where each player may have a curvature of its own; the end is at 0.

    Args:
        curvature: of each player's own loss, 0 or more.
    """

    def __init__(self, seed: int, penalty: float = 1.0, *, curvature: float = 0.0) -> None:
        self.curvature = curvature
        super().__init__(seed, penalty)

    @cached_property
    def _coupling(self):
        random = np.random.default_rng(7)  # one game for all runs
        side = (BILINEAR_SIDE, BILINEAR_SIDE)
        left, right = (np.linalg.qr(random.standard_normal(side))[0] for _ in range(2))
        return left * np.linspace(0.3, 1.0, BILINEAR_SIDE) @ right

    def _start(self):
        return tuple(self.random.standard_normal((2, BILINEAR_SIDE)))

    def _batch(self):
        return NOISE * self.random.standard_normal((2, BILINEAR_SIDE))

    def _play(self, theta, critic, batch):
        line = self._coupling @ critic + batch[0]
        curved = self.curvature * theta
        return theta @ (line + 0.5 * curved), line + curved

    def _judge(self, critic, theta, batch):
        line = batch[1] - theta @ self._coupling
        curved = self.curvature * critic
        return critic @ (line + 0.5 * curved), line + curved


_LATENT, _WIDTH, _BATCH = 8, 32, 64
_RING_SHAPES = {
    "generator": [(_LATENT, _WIDTH), (_WIDTH,), (_WIDTH, _WIDTH), (_WIDTH,), (_WIDTH, 2), (2,)],
    "critic": [(2, _WIDTH), (_WIDTH,), (_WIDTH, _WIDTH), (_WIDTH,), (_WIDTH, 1), (1,)],
}
_DEVIATION = 0.05  # of each Gaussian of the ring
_ASKED_OF_THE_END = 512  # samples


class Ring(Game):
    """Two small networks; the data are eight Gaussians on a circle of radius 1."""

    def _start(self):
        return tuple(
            np.concatenate(
                [
                    self.random.standard_normal(shape).astype(np.float32).ravel()
                    * np.float32((2.0 / shape[0]) ** 0.5 if len(shape) > 1 else 0.0)
                    for shape in shapes
                ]
            )
            for shapes in _RING_SHAPES.values()
        )

    def _batch(self):
        return _data(self.random, _BATCH), _noise(self.random, _BATCH)

    def _play(self, theta, critic, batch):
        loss, gradient = _FUNCTIONS["play"](theta, critic, batch[1])
        return loss, np.asarray(gradient)

    def _judge(self, critic, theta, batch):
        loss, gradient = _FUNCTIONS["judge"](critic, theta, *batch, np.float32(self.penalty))
        return loss, np.asarray(gradient)

    @property
    def lost_beyond(self) -> float:
        """The distance of the start: samples of fresh weights are as good."""
        return self.distance(*self.start)

    def distance(self, generator: Side, critic: Side) -> float:
        """The energy distance of samples to data (Szekely and Rizzo 2013, equation 1.1)."""
        random = np.random.default_rng(11)
        data = _data(random, _ASKED_OF_THE_END)
        made = np.asarray(_FUNCTIONS["sample"](generator.theta, _noise(random, _ASKED_OF_THE_END)))
        between, own, others = _apart(data, made), _apart(made, made), _apart(data, data)
        return float(2.0 * between - own - others)


def _data(random, count):
    angle = random.integers(8, size=count) * (np.pi / 4)
    centres = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    return (centres + _DEVIATION * random.standard_normal((count, 2))).astype(np.float32)


def _noise(random, count):
    return random.standard_normal((count, _LATENT)).astype(np.float32)


def _apart(a, b):
    return np.linalg.norm(a[:, None] - b[None], axis=-1).mean()


def _network(name, flat, x):
    at = 0
    parts = []
    for shape in _RING_SHAPES[name]:
        size = int(np.prod(shape))
        parts.append(ops.reshape(flat[at : at + size], shape))
        at += size
    for kernel, bias in zip(parts[0:4:2], parts[1:4:2], strict=True):
        x = ops.leaky_relu(x @ kernel + bias, 0.2)
    return x @ parts[4] + parts[5]


def _play(theta, critic, noise):
    def loss(theta):
        verdicts = _network("critic", critic, _network("generator", theta, noise))
        return ops.mean(ops.softplus(-verdicts)), ()

    (value, _), gradient = value_and_gradient(loss)(theta)
    return value, gradient


def _judge(critic, theta, data, noise, penalty):
    made = _network("generator", theta, noise)

    def loss(critic):
        (of_real, verdicts), slopes = value_and_gradient(
            lambda x: (lambda seen: (ops.sum(seen), seen))(_network("critic", critic, x))
        )(data)
        del of_real
        of_made = _network("critic", critic, made)
        judged = ops.mean(ops.softplus(-verdicts)) + ops.mean(ops.softplus(of_made))
        return judged + 0.5 * penalty * ops.mean(ops.sum(slopes**2, axis=1)), ()

    (value, _), gradient = value_and_gradient(loss)(critic)
    return value, gradient


_FUNCTIONS = {
    "play": compiled(_play),
    "judge": compiled(_judge),
    "sample": compiled(lambda theta, noise: _network("generator", theta, noise)),
}

GAMES = {
    "dirac": Dirac,
    "bilinear": Bilinear,
    "bilinear, curvature 2": lambda *args: Bilinear(*args, curvature=2.0),
    "bilinear, curvature 0.5": lambda *args: Bilinear(*args, curvature=0.5),
    "ring": Ring,
}
