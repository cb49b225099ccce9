"""Warm-up of G's encoder: object and ground of each photo are told from those of all others.

Contrastive detection (Henaff et al. 2021, "Efficient visual pretraining with contrastive
detection", section 3.1) against a memory of all photos (Wu et al. 2018, "Unsupervised feature
learning via non-parametric instance discrimination", section 3.1); the regions are the teachers'
pseudo-masks, so no label is involved.
"""

import time
from functools import partial

import jax
import jax.numpy as jnp
import keras
import numpy as np
from keras import layers, ops

from gecat.training.accelerated.looks import looks
from gecat.training.accelerated.steps import adam, begin, end
from gecat.training.accelerated.views import strong_views

_LENGTH = 128  # of a description
_TEMPERATURE = 0.1


def build_describer(generator):
    """Puts a head on G's encoder that describes regions of a picture; the encoder is G's own.

    Args:
        generator: of `build_generator`, architecture "unet".

    Returns:
        keras.Model from [images (N, S, S, 3) in [-1, 1], shares (N, S/32, S/32, 2)] to
        descriptions (N, 2, D) of length 1; shares say how much of each place is the region's and
        sum up to 1 a region.
    """
    deepest = generator.get_layer("bottleneck_relu").output
    encoder = keras.Model(generator.input, deepest, name="encoder")
    image = keras.Input((None, None, 3), name="image")
    shares = keras.Input((None, None, 2), name="shares")
    x = ops.einsum("nhwc,nhwr->nrc", encoder(image), shares)  # (N, 2, C)
    x = layers.Dense(512, use_bias=False, name="describe_hidden")(x)
    x = layers.BatchNormalization(name="describe_norm")(x)
    x = layers.Dense(_LENGTH, name="describe")(layers.ReLU(name="describe_relu")(x))
    return keras.Model([image, shares], ops.normalize(x, axis=-1), name="describer")


def learn_encoder(
    generator, pool, seconds, *, size, stride, batch, rate, report, seed=0, clock=time.monotonic
):
    """Teaches G's encoder for some seconds; its decoder stays as it is.

    Args:
        generator: keras model; its encoder ends with the moving average's weights.
        pool: a `pool.Pool` with pseudo-masks.
        seconds: to learn, above 0.
        size: side of a view, pixels, a multiple of `stride`.
        stride: pixels that one place of the encoder's last stage stands for.
        batch: views a step.
        rate: Adam's learning rate at the start; half a cosine takes it down.
        report: called with (progress, dict of figures) now and then.
        seed: of every draw.
        clock: a function that tells the seconds.
    """
    describer = build_describer(generator)
    step = _warmup_step(describer, size, stride)
    learner = begin(describer)
    random = np.random.default_rng(seed)
    photos, priors = jax.device_put(np.array(pool.photos)), jax.device_put(pool.priors())
    memory = random.normal(size=(2, len(pool), _LENGTH)).astype(np.float32)
    memory = jnp.array(memory / np.linalg.norm(memory, axis=-1, keepdims=True))
    for number, progress, pace, draws in looks(random, len(pool), batch, seconds, rate, clock):
        for rows, key in draws:
            learner, memory, figures = step(
                learner, memory, photos[rows], priors[rows], rows, key, pace
            )
        if pool.finished():
            priors = jax.device_put(pool.priors())
        report(progress, {"step": number, **{name: float(x) for name, x in figures.items()}})
    end(describer, learner)


def _warmup_step(describer, size, stride):
    """The compiled step: (learner, memory (2, P, D), photos, priors, rows, key, rate)."""

    def objective(weights, statistics, memory, images, regions, rows):
        area = regions.sum((1, 2))  # (N, 2)
        shares = regions / jnp.maximum(area, 1e-3)[:, None, None]
        found, changed = describer.stateless_call(
            weights, statistics, [images, shares], training=True
        )
        logits = jnp.einsum("nrd,md->nrm", found, memory.reshape(-1, _LENGTH)) / _TEMPERATURE
        own = rows[:, None] + jnp.array([0, memory.shape[1]])  # (N, 2)
        picked = jnp.take_along_axis(logits, own[..., None], -1)[..., 0]
        loss = jax.nn.logsumexp(logits, -1) - picked
        # A region that the crop has left out cannot be told from any other.
        seen = (area > 0.02 * regions.shape[1] * regions.shape[2]).astype(jnp.float32)
        first = (picked >= logits.max(-1)) * seen
        figures = {"loss": (loss * seen).sum() / seen.sum(), "first": first.sum() / seen.sum()}
        return figures["loss"], (changed, found, seen, figures)

    @partial(jax.jit, donate_argnums=(0, 1))
    def step(learner, memory, photos, priors, rows, key, rate):
        images, masks = strong_views(key, photos, priors, size)
        places = size // stride
        masks = masks.reshape(-1, places, stride, places, stride, 1).mean((2, 4))
        regions = jnp.concatenate([masks, 1.0 - masks], -1)
        gradients, (statistics, found, seen, figures) = jax.grad(objective, has_aux=True)(
            learner.weights, learner.statistics, memory, images, regions, rows
        )
        found = jnp.moveaxis(found, 1, 0)  # (2, N, D)
        kept = memory[:, rows]
        mixed = kept + found * seen.T[..., None]
        memory = memory.at[:, rows].set(mixed / jnp.linalg.norm(mixed, axis=-1, keepdims=True))
        return adam(learner, gradients, statistics, rate, 0.998, 0.02), memory, figures

    return step
