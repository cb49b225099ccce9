"""The course of the anchored rounds: G learns without a pause while its teachers are renewed."""

import time

import jax
import numpy as np

from gecat.training.accelerated.looks import looks
from gecat.training.accelerated.steps import (
    begin,
    discriminator_step,
    end,
    generator_step,
    predictor,
)

_PREDICT_BATCH = 128


def learn_generator(
    generator, config, pool, seconds, *, batch, rate, report, renew_until=0.7, clock=time.monotonic
):
    """Teaches G for some seconds, renewing the pseudo-masks as often as GrabCut can.

    Args:
        generator: keras model, fresh or trained; it ends with the moving average's weights.
        config: a Config.
        pool: a `pool.Pool` with pseudo-masks.
        seconds: to learn, above 0.
        batch: photos a step; a quarter as many composites come on top.
        rate: Adam's learning rate at the start; half a cosine takes it down.
        report: called with (progress, dict of figures, predict, learner) now and then.
        renew_until: share of the time after which no renewal begins.
        clock: a function that tells the seconds.

    Returns:
        the Learner of G.
    """
    step = generator_step(generator, config, batch // 4)
    predict = predictor(generator)
    learner = begin(generator)
    random = np.random.default_rng(config.seed)
    photos, priors = jax.device_put(np.array(pool.photos)), jax.device_put(pool.priors())
    renewed = 0
    for number, progress, pace, draws in looks(random, len(pool), batch, seconds, rate, clock):
        for rows, key in draws:
            learner, terms = step(learner, photos[rows], priors[rows], key, pace)
        if pool.finished():
            priors, renewed = jax.device_put(pool.priors()), renewed + 1
        if not pool.cutting and 0.12 < progress < renew_until:
            pool.write_soft(predict_all(predict, learner, photos, config.inference_size))
            pool.start_cutting()
        figures = {name: float(value) for name, value in terms.items()}
        report(progress, {"step": number, "renewed": renewed, **figures}, predict, learner)
    end(generator, learner)
    return learner


def learn_discriminator(
    generator,
    discriminator,
    config,
    pool,
    playing,
    seconds,
    *,
    batch,
    rate,
    report,
    clock=time.monotonic,
):
    """Teaches D on fitting, spoiled and G's masks while G stands still.

    Args:
        generator, discriminator: keras models; the latter ends with the moving average's weights.
        playing: G's Learner.
        config, pool, seconds, batch, rate, clock: as for `learn_generator`.
        report: called with (progress, dict of figures) now and then.
    """
    step = discriminator_step(generator, discriminator, config, batch // 2)
    learner = begin(discriminator)
    random = np.random.default_rng(config.seed + 1)
    photos, priors = jax.device_put(np.array(pool.photos)), jax.device_put(pool.priors())
    for number, progress, pace, draws in looks(random, len(pool), batch, seconds, rate, clock):
        for rows, key in draws:
            learner, terms = step(learner, playing, photos[rows], priors[rows], key, pace)
        figures = {name: float(value) for name, value in terms.items()}
        report(progress, {"step": number, **figures})
    end(discriminator, learner)


def predict_all(predict, learner, photos, size):
    """Returns G's masks of all photos, uint8 (N, P, P)."""
    count = len(photos)
    found = []
    for start in range(0, count, _PREDICT_BATCH):
        start = max(0, min(start, count - _PREDICT_BATCH))  # one shape serves all
        found.append((start, predict(learner, photos[start : start + _PREDICT_BATCH], size)))
    masks = np.empty(photos.shape[:3], np.uint8)
    for start, part in found:
        masks[start : start + len(part)] = np.asarray(part)
    return masks


def mean_iou(predict, learner, photos, truths, size):
    """Mean IoU at 0.5 on squashed photos; for the log of a run, never for its learning."""
    found = predict_all(predict, learner, jax.device_put(photos), size) > 127
    shared = np.count_nonzero(found & truths, axis=(1, 2))
    return float(np.mean(shared / np.maximum(np.count_nonzero(found | truths, axis=(1, 2)), 1)))
