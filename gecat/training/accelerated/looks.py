"""The clock, the learning rate and the draws of a course, the same whatever learns."""

import jax
import numpy as np

from gecat.training.loop import pace_at

_STEPS = 50  # between two looks at the clock and at GrabCut


def looks(random, count, batch, seconds, rate, clock):
    """Divides some seconds of learning into stretches of steps.

    Args:
        random: numpy.random.Generator of every draw.
        count: photos to draw from.
        batch: photos a step, at most `count`.
        seconds: to learn, above 0; a stretch that has begun is finished.
        rate: the learning rate at the start; half a cosine takes it down.
        clock: a function that tells the seconds.

    Yields:
        (steps at the stretch's end, progress at its start in [0, 1), its learning rate, an
        iterator of (rows (batch,), JAX random key), one a step).
    """
    started, number = clock(), 0
    while (progress := (clock() - started) / seconds) < 1.0:
        # The first steps of a fresh network need care.
        pace = rate * pace_at(progress) * min(1.0, (number + 1) / 200)
        number += _STEPS
        yield number, progress, pace, (_draw(random, count, batch) for _ in range(_STEPS))


def _draw(random, count, batch):
    rows = np.sort(random.choice(count, batch, replace=False))
    return rows, jax.random.key(int(random.integers(2**31)))
