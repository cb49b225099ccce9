"""One Adam step of G and one of D, compiled by JAX; losses and pairs are the engine's."""

from functools import partial
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp

from gecat.training import losses, pairs
from gecat.training.accelerated.views import draw, random_views


class Learner(NamedTuple):
    """A network's weights while it learns, and their moving average, which predicts."""

    weights: Any
    statistics: Any
    average: Any
    average_statistics: Any
    first_moment: Any
    second_moment: Any
    count: Any


def begin(network):
    """Returns the Learner of a keras model."""
    weights = [jnp.array(variable.value) for variable in network.trainable_variables]
    statistics = [jnp.array(variable.value) for variable in network.non_trainable_variables]
    copies = jax.tree.map(jnp.copy, (weights, statistics))
    zeros = jax.tree.map(jnp.zeros_like, weights)
    return Learner(weights, statistics, *copies, zeros, jax.tree.map(jnp.zeros_like, zeros), 0)


def end(network, learner):
    """Writes a Learner's average into its keras model."""
    for variable, value in zip(network.trainable_variables, learner.average, strict=True):
        variable.assign(value)
    pairs_of = zip(network.non_trainable_variables, learner.average_statistics, strict=True)
    for variable, value in pairs_of:
        variable.assign(value)


def adam(learner, gradients, statistics, rate, decay, weight_decay=0.0, beta_1=0.9, beta_2=0.99):
    """Decoupled Adam (Loshchilov and Hutter 2019, algorithm 2) and the moving average."""
    count = learner.count + 1
    first = jax.tree.map(
        lambda m, g: beta_1 * m + (1 - beta_1) * g, learner.first_moment, gradients
    )
    second = jax.tree.map(
        lambda v, g: beta_2 * v + (1 - beta_2) * g * g, learner.second_moment, gradients
    )

    def move(weight, m, v):
        step = (m / (1 - beta_1**count)) / (jnp.sqrt(v / (1 - beta_2**count)) + 1e-8)
        shrink = weight_decay * weight if weight.ndim > 1 else 0.0
        return weight - rate * (step + shrink)

    weights = jax.tree.map(move, learner.weights, first, second)
    decay = jnp.minimum(decay, (1.0 + count) / (10.0 + count))

    def mix(old, new):
        return jax.tree.map(lambda a, b: decay * a + (1.0 - decay) * b, old, new)

    return Learner(
        weights,
        statistics,
        mix(learner.average, weights),
        mix(learner.average_statistics, statistics),
        first,
        second,
        count,
    )


def pictures_and_targets(key, photos, priors, size, composite_count):
    """A batch's views with their targets, then composites of them with exact ones.

    Returns:
        dict: pictures (M, S, S, 3), target and certainty (M, S, S, 1), is_composite (M,) and a
        row of draws a picture; M is the photos and the composites together.
    """
    keys = jax.random.split(key, 3)
    images, soft = random_views(keys[0], photos, priors, size)
    count = images.shape[0]
    unlabelled = jnp.zeros((count,))
    target, certainty = pairs.photo_targets(soft, jnp.zeros_like(soft), unlabelled)
    sources = slice(0, 2 * composite_count)
    pasted, pasted_target, pasted_certainty = pairs.composites(
        images[sources], target[sources], certainty[sources], draw(keys[1], 2 * composite_count)
    )
    is_composite = jnp.arange(count + composite_count) >= count
    return {
        "pictures": jnp.concatenate([images, pasted]),
        "target": jnp.concatenate([target, pasted_target]),
        "certainty": jnp.concatenate([certainty, pasted_certainty]),
        "is_composite": is_composite.astype(jnp.float32),
        **draw(keys[2], count + composite_count),
    }


def generator_step(generator, config, composites):
    """Returns the compiled step of G: (learner, photos, priors, key, rate) -> (learner, terms)."""

    def objective(weights, statistics, batch):
        logits, changed = generator.stateless_call(
            weights, statistics, batch["pictures"], training=True
        )
        logits = logits.astype(jnp.float32)
        seen = losses.see(
            logits, batch["target"], batch["certainty"], batch["is_composite"], None, config
        )
        weights = losses.full_weights(config)
        total = sum(
            weights[name] * term.of(seen, config)
            for name, term in losses.GENERATOR_TERMS.items()
            if not term.asks
        )
        return total.mean(), (changed, {"fit": seen.fit.mean(), "area": seen.masks.mean()})

    @partial(jax.jit, donate_argnums=0)
    def step(learner, photos, priors, key, rate):
        batch = pictures_and_targets(key, photos, priors, config.size, composites)
        gradients, (statistics, terms) = jax.grad(objective, has_aux=True)(
            learner.weights, learner.statistics, batch
        )
        return adam(learner, gradients, statistics, rate, 0.999, 0.02), terms

    return step


def discriminator_step(generator, discriminator, config, composites):
    """Returns the compiled step of D: (learner, G's learner, photos, priors, key, rate)."""

    def objective(weights, statistics, batch, wrong):
        real = pairs.soften((batch["target"] > 0.5).astype(jnp.float32))
        shown = jnp.concatenate([pairs.show(real, batch["softness"][:, 1]), wrong])

        def twice(x):
            return jnp.concatenate([x, x])

        (image_logits, map_logits), changed = discriminator.stateless_call(
            weights, statistics, [twice(batch["pictures"]), shown], training=True
        )
        image_logits, map_logits = (x.astype(jnp.float32) for x in (image_logits, map_logits))
        count = real.shape[0]
        judged = losses.discriminator_loss(
            image_logits,
            map_logits,
            shown,
            twice(batch["target"]),
            twice(batch["certainty"]),
            config.score_map_weight,
        )
        ranked = losses.ranking_loss(
            image_logits[:count], image_logits[count:], wrong, batch["target"], batch["certainty"]
        )
        right = (image_logits[:count] > image_logits[count:]).mean()
        return judged.mean() + ranked.mean(), (changed, {"judged": judged.mean(), "right": right})

    @partial(jax.jit, donate_argnums=0)
    def step(learner, playing, photos, priors, key, rate):
        keys = jax.random.split(key)
        batch = pictures_and_targets(keys[0], photos, priors, config.size, composites)
        wrong = pairs.show(pairs.spoil(batch["target"], batch), batch["softness"][:, 0])
        # G sees the picture half blurred away or as it is, so that its faults differ.
        blurred = pairs.ops.average_pool(batch["pictures"], 5, 1, padding="same")
        poor = jax.random.bernoulli(keys[1], 0.4, (len(wrong), 1, 1, 1))
        logits, _ = generator.stateless_call(
            playing.average,
            playing.average_statistics,
            jnp.where(poor, blurred, batch["pictures"]),
            training=False,
        )
        odd = (jnp.arange(len(wrong)) % 2 == 1)[:, None, None, None]
        wrong = jnp.where(odd, jax.nn.sigmoid(logits.astype(jnp.float32)), wrong)
        gradients, (statistics, terms) = jax.grad(objective, has_aux=True)(
            learner.weights, learner.statistics, batch, wrong
        )
        return adam(learner, gradients, statistics, rate, 0.999, 0.02, beta_1=0.5), terms

    return step


def predictor(generator):
    """Returns the compiled prediction: (learner, uint8 photos, size) -> uint8 masks (N, P, P).

    The mean of the logits of the photo and of its mirror image, at the side given and three
    quarters of it.
    """

    @partial(jax.jit, static_argnums=2)
    def predict(learner, photos, size):
        images = photos.astype(jnp.float32) / 127.5 - 1.0
        count, side = photos.shape[:2]
        total = 0.0
        for scale in (size, size * 3 // 4 // 32 * 32):
            small = jax.image.resize(images, (count, scale, scale, 3), "linear")
            for mirrored in (False, True):
                x = small[:, :, ::-1] if mirrored else small
                logits, _ = generator.stateless_call(
                    learner.average, learner.average_statistics, x, training=False
                )
                logits = logits.astype(jnp.float32)
                logits = logits[:, :, ::-1] if mirrored else logits
                total += jax.image.resize(logits, (count, side, side, 1), "linear")
        return (jax.nn.sigmoid(total[..., 0] / 4.0) * 255.0 + 0.5).astype(jnp.uint8)

    return predict
