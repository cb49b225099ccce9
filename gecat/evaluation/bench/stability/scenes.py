"""The engine's own game as the bench plays it: masks of drawn scenes, from a short anchored start.

The distance is 1 - IoU of G's moving average on scenes held out.
"""

from dataclasses import replace
from functools import cache, lru_cache
from typing import Any

import numpy as np

from gecat.config import Config
from gecat.evaluation.bench.stability.arms import Objective, Side
from gecat.evaluation.bench.stability.play import Gradients
from gecat.evaluation.metrics import iou
from gecat.training.engine import Engine
from gecat.training.losses import full_weights
from gecat.training.match import Match
from gecat.training.race.entries import shared_config
from gecat.training.race.racers import held_out, load_scenes, start
from gecat.training.supply import Supply

HELD_OUT = 300
LOST = 0.1  # of IoU below the start
_DECAY = 0.92  # of the moving average, a cycle: of 0.98 a step of four


class Scenes:
    """One run of the engine's game.

    Args:
        seed: of the start and of every batch; penalty: weight of R1.
        changes: settings, the weights of the terms above all.
    """

    def __init__(self, seed: int, penalty: float = 0.0, **changes: Any) -> None:
        self.asked = 0
        self.gradients = Gradients()  # of G
        shared = shared_config(seed, **changes)
        self._state = state = _start(shared)
        self._engine = _engine(shared.replace(gradient_penalty=penalty))
        self._supply = Supply(self._engine, _photos(), state.batch)
        self._match = Match(
            self._engine, state, lambda: self._supply.take(state, 0.0), full_weights(shared)
        )
        self.start = (
            Side(state.generator, state.generator_statistics),
            Side(state.discriminator, state.discriminator_statistics),
        )
        self._average = self.start[0]

    def discriminator_objective(self, generator: Any) -> Objective:
        """Returns D's objective on a fresh batch, as `training.epoch.Game` asks."""
        return self._counting(self._match.discriminator_objective(generator))

    def look_again(self, critic: Any, carried: Any) -> Any:
        """Returns D's statistics after another look at the batch that it judged last."""
        return self._match.look_again(critic, carried)

    def generator_objective(self, critic: Any, carried: Any) -> Objective:
        """Returns G's objective on a fresh batch, as `training.epoch.Game` asks."""
        return self._counting(self._match.generator_objective(critic, carried), self.gradients)

    @property
    def lost_beyond(self) -> float:
        """The distance at which a run counts as lost."""
        return self.distance(*self.start) + LOST

    def watch(self, generator: Side, critic: Side) -> None:
        """Takes a cycle's end into G's moving average, which is what predicts."""
        self._average = Side(
            *(
                _DECAY * old + (1.0 - _DECAY) * new
                for old, new in zip(self._average, generator, strict=True)
            )
        )

    def distance(self, generator: Side, critic: Side) -> float:
        """1 - IoU of the average's masks of the scenes held out."""
        pictures, truths = held_out(HELD_OUT)
        theta, statistics = self._average
        state = replace(self._state, average=theta, average_statistics=statistics)
        found = np.asarray(self._engine.predict(state, pictures))[..., 0] > 0.5
        return 1.0 - float(np.mean([iou(*pair) for pair in zip(found, truths, strict=True)]))

    def _counting(self, objective, gradients=None):
        def counted(vector, carried):
            self.asked += 1
            point = objective(vector, carried)
            if gradients is not None:
                gradients.add(point.gradient)
            return point

        return counted

    def close(self) -> None:
        """Lets go of the threads that make batches."""
        self._supply.close()


@lru_cache(1)
def _start(shared: Config) -> Any:
    """The State of a seed, the same for every arm."""
    return start(shared, _photos())


@lru_cache(2)
def _engine(config: Config) -> Engine:
    """What is compiled once serves every number of an arm."""
    return Engine(config)


@cache
def _photos() -> Any:
    return load_scenes()
