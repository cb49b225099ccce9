"""The engine's own game as the bench plays it: masks of drawn scenes, from a short anchored start.

The distance is 1 - IoU of G's moving average on scenes held out.
"""

from dataclasses import replace
from functools import cache, lru_cache
from typing import Any

import keras
import numpy as np

from gecat.config import Config, preset
from gecat.evaluation.bench.scenes import HELD_OUT_SEED
from gecat.evaluation.bench.stability.arms import Objective, Side
from gecat.evaluation.bench.stability.play import Gradients
from gecat.evaluation.metrics import iou
from gecat.images.datasets import load_photos
from gecat.images.scenes import draw_scenes
from gecat.training.engine import Engine, Match
from gecat.training.loop import run_cycles
from gecat.training.losses import full_weights
from gecat.training.supply import Supply

SCENES = 512
HELD_OUT = 300
START_CYCLES = 50
LOST = 0.1  # of IoU below the start
_AT_ONCE = 50
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
        config = preset("small", prior="texture", seed=seed, gradient_penalty=penalty, **changes)
        self._engine, self._state = _started(seed, config)
        state, self._supply = self._state, Supply(self._engine, _photos(), 10**6 * (seed + 1))
        self._match = Match(
            self._engine, state, lambda: self._supply.take(state, 0.0), full_weights(config)
        )
        self.start = (
            Side(state.generator, state.generator_statistics),
            Side(state.discriminator, state.discriminator_statistics),
        )
        self._average = self.start[0]

    def discriminator_objective(self, generator: Any) -> Objective:
        """Returns D's objective on a fresh batch, as `training.epoch.Game` asks."""
        return self._counting(self._match.discriminator_objective(generator))

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
        images, truths = _held_out()
        theta, statistics = self._average
        state = replace(self._state, average=theta, average_statistics=statistics)
        self._engine.load_average(state)
        masks = [
            np.asarray(self._engine.generator(images[at : at + _AT_ONCE], training=False))
            for at in range(0, len(images), _AT_ONCE)
        ]
        found = np.concatenate(masks)[..., 0] > 0.0
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
        self._supply.__exit__()


@lru_cache(1)
def _started(seed: int, config: Config) -> Any:
    """(Engine, State) after a short anchored start and D's warm-up, the same for every arm."""
    keras.utils.set_random_seed(seed)
    engine = Engine(config.replace(anchor_share=0.8, warmup_share=0.2, relabel_from=1.0))
    state = engine.initial_state()
    *_, (state, _) = run_cycles(engine, state, _photos(), cycles=START_CYCLES)
    return engine, state


@cache
def _photos() -> Any:
    return load_photos("scenes", 64, prior="texture", limit=SCENES, seed=0)


@cache
def _held_out() -> Any:
    images, truths = draw_scenes(HELD_OUT, 64, seed=HELD_OUT_SEED)
    return images.astype(np.float32) / 127.5 - 1.0, truths
