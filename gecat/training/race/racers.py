"""What a race is run with: one start for both sides, and a cycle of either.

The stability bench plays the same games from the same start, with more rivals.
"""

from dataclasses import replace
from functools import cache

import keras
import numpy as np

from gecat.images.datasets import load_photos
from gecat.images.scenes import HELD_OUT_SEED, draw_scenes
from gecat.training import adam
from gecat.training.engine import Engine
from gecat.training.loop import run_cycles
from gecat.training.losses import full_weights
from gecat.training.supply import Supply

SCENES = 512
START_CYCLES = 50
_FIRST_BATCH = 10**6  # times the seed and one: none that the start has seen


def load_scenes(limit=None, **options):
    """Returns the Photos that both sides learn from.

    Args:
        limit: scenes at most, SCENES by default; **options: as `datasets.load_photos` takes them.
    """
    return load_photos("scenes", 64, prior="texture", limit=limit or SCENES, seed=0, **options)


@cache
def held_out(count):
    """Scenes that are never learned from: pictures float32 (N, 64, 64, 3), masks (N, 64, 64)."""
    images, truths = draw_scenes(count, 64, seed=HELD_OUT_SEED)
    return images.astype(np.float32) / 127.5 - 1.0, truths


def start(shared, photos, cycles=START_CYCLES, report=None):
    """Learns a short anchored start and D's warm-up, by Adam at the preset's rates.

    Args:
        shared: a Config of `entries.shared_config`; photos: of `load_scenes`; cycles: how many.
        report: called with (cycles done, cycles in all), or None.

    Returns:
        the State that every rival begins from, with nothing in any optimizer's memory.
    """
    keras.utils.set_random_seed(shared.seed)
    engine = Engine(shared.replace(anchor_share=0.8, warmup_share=0.2, relabel_from=1.0))
    for state, _ in run_cycles(engine, engine.initial_state(), photos, cycles=cycles):
        if report is not None:
            report(state.cycle, cycles)
    return replace(
        state,
        generator_adam=adam.start(state.generator),
        discriminator_adam=adam.start(state.discriminator),
        cycle=0,
        seconds=0.0,
        batch=_FIRST_BATCH * (shared.seed + 1),
    )


class Racer:
    """One side of a race.

    Args:
        config: its Config; photos: of `load_scenes`; state: the State that it goes on from.
        asked: evaluations of either network's loss with its gradient, so far.
    """

    def __init__(self, config, photos, state, asked=0):
        self.engine = Engine(config)
        self.state, self.asked = state, asked
        self._weights = full_weights(config)
        self._photos = photos
        self._supply = Supply(self.engine, photos, state.batch)

    def rehearse(self):
        """Compiles all that a cycle needs; what it learns is forgotten."""
        kept = self.state, self.asked
        self.cycle(1.0)
        self.close()
        self.state, self.asked = kept
        self._supply = Supply(self.engine, self._photos, self.state.batch)

    def cycle(self, left):
        """Plays one cycle.

        Args:
            left: share of the budget that is left, in [0, 1].

        Returns:
            dict of floats: both networks' losses, and D's scores of real and of wrong masks.
        """
        plain = self.engine.config.update_rule == "adam"
        told = self._by_adam() if plain else self._by_gradient_epoch(left)
        self.state = replace(self.state, batch=self._supply.number)
        return {name: float(value) for name, value in told.items()}

    @property
    def stands(self):
        """Whether every weight is still a number."""
        parts = self.state.generator, self.state.discriminator, self.state.average
        return all(bool(np.isfinite(np.asarray(part)).all()) for part in parts)

    def masks(self, pictures):
        """What the moving average says of pictures (N, S, S, 3): (N, S, S)."""
        return np.asarray(self.engine.predict(self.state, pictures))[..., 0]

    def close(self):
        """Lets go of the threads that make batches."""
        self._supply.close()

    def _take(self):
        return self._supply.take(self.state, 0.0)

    def _by_gradient_epoch(self, left):
        self.state, epoch = self.engine.play(self.state, self._take, self._weights, left)
        self.asked += epoch.asked
        judged, walked = epoch.judged, epoch.walked
        return _told(walked.point.loss, judged.loss, judged.terms)

    def _by_adam(self):
        """Alternating Adam: one step of D, one of G, each on a batch of its own."""
        self.state, judged = self.engine.teach_discriminator(self.state, self._take())
        self.state, _, step = self.engine.teach_generator(self.state, self._take(), self._weights)
        self.asked += 2
        return _told(step.loss, judged["loss"], judged)


def _told(generator_loss, discriminator_loss, scores):
    return {
        "generator_loss": generator_loss,
        "discriminator_loss": discriminator_loss,
        "score_real": scores["score_real"],
        "score_wrong": scores["score_wrong"],
    }
