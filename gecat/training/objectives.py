"""What the two networks compute of a frozen batch: masks, losses, gradients, steps of Adam.

Everything is a compiled function of flat weight vectors, the same on one device and on many.
"""

from functools import partial

import numpy as np
from keras import ops

from gecat.model.blocks import MOMENTUM
from gecat.model.registry import architecture_of
from gecat.training import adam, losses, pairs
from gecat.training.backend import compiled, value_and_gradient
from gecat.training.vectors import call

_LEAST_AREA = 0.01  # share of a picture
_BETA_1 = {"generator": 0.9, "discriminator": 0.5}  # of Adam


class Objectives:
    """The compiled functions of one pair of networks; they keep nothing and change nothing.

    Args:
        config: a Config; replicas: a `backend.Replicas`; generator, discriminator: keras models.
    """

    def __init__(self, config, replicas, generator, discriminator):
        self._config = config
        self._replicas = replicas
        self._generator = generator
        self._discriminator = discriminator
        self.prepare = compiled(self._prepare)
        self.spoil = compiled(self._spoil)
        self.generate = {
            training: compiled(partial(self._generate, training=training))
            for training in (False, True)
        }
        # D costs a third of a step, and nothing is left of it at a weight of 0.
        self.generator_loss, self.generator_step = (
            {asks: compiled(partial(function, asks=asks)) for asks in (False, True)}
            for function in (self._generator_loss, self._generator_step)
        )
        self.discriminator_loss = compiled(self._discriminator_loss)
        self.discriminator_step = compiled(self._discriminator_step)
        self.discriminator_statistics = compiled(self._discriminator_statistics)
        self.label = compiled(self._label)
        self._shrink = {
            kind: shrinkage(network.trainable_variables, config.weight_decay)
            for kind, network in (("generator", generator), ("discriminator", discriminator))
        }

    def _prepare(self, batch, draws):
        photos = ops.cast(batch["image"], "float32") / 127.5 - 1.0
        prior, mask = (ops.cast(batch[name], "float32") / 255.0 for name in ("prior", "mask"))
        has_mask = ops.cast(batch["has_mask"], "float32")
        target, certainty = pairs.photo_targets(
            prior, mask, has_mask, self._config.supervised_weight
        )
        count = round(self._config.composite_share * photos.shape[0])
        plain = photos.shape[0] - count
        parts = {"pictures": photos, "target": target, "certainty": certainty}
        shown = {name: part[:plain] for name, part in parts.items()}
        if count:
            paste = pairs.mixtures if self._config.composites == "region" else pairs.composites
            pasted = paste(*(part[: 2 * count] for part in parts.values()), draws)
            shown = {
                name: ops.concatenate([shown[name], part])
                for name, part in zip(parts, pasted, strict=True)
            }
        is_composite = ops.concatenate([ops.zeros((plain,)), ops.ones((count,))])
        return {**shown, "is_composite": is_composite, **draws}

    def _spoil(self, targets, draws):
        return pairs.show(pairs.spoil(targets, draws), draws["softness"][:, 0])

    def _generate(self, theta, statistics, pictures, training):
        """G's masks of pictures (N, S, S, 3), (N, S, S, 1)."""

        def masks(rows):
            logits, _ = call(self._generator, theta, statistics, rows["pictures"], training)
            return ops.sigmoid(logits)

        return self._replicas.map(masks, {"pictures": pictures})

    def _label(self, theta, statistics, images):
        """Masks uint8 (N, P, P) of photos uint8 (N, P, P, 3).

        The mean of the logits of the photo and of its mirror image, at the side at which G predicts
        and at three quarters of it.
        """
        config = self._config
        side, stride = images.shape[1], architecture_of(config).stride(config)
        photos = ops.cast(images, "float32") / 127.5 - 1.0
        total = 0.0
        for scale in (config.inference_size, config.inference_size * 3 // 4 // stride * stride):
            scale = max(scale, stride)
            small = ops.image.resize(photos, (scale, scale), antialias=True)
            for direction in (1, -1):
                logits, _ = call(
                    self._generator, theta, statistics, small[:, :, ::direction], training=False
                )
                logits = logits[:, :, ::direction]
                total += ops.image.resize(logits, (side, side), antialias=True)
        return ops.cast(ops.sigmoid(total[..., 0] / 4.0) * 255.0 + 0.5, "uint8")

    def _generator_loss(
        self, theta, statistics, critic, critic_statistics, frozen, weights, *, asks
    ):
        """(loss, gradient, new statistics, mean of each term), with D asked or not."""
        total, every = frozen["pictures"].shape[0], self._config.judged_every

        def loss(rows, theta):
            logits, changed = call(self._generator, theta, statistics, rows["pictures"])
            verdicts = None
            if asks:
                shown = [rows["pictures"][::every], ops.sigmoid(logits[::every])]
                verdicts, _ = call(
                    self._discriminator, critic, critic_statistics, shown, training=False
                )
            seen = losses.see(
                logits,
                rows["target"],
                rows["certainty"],
                rows["is_composite"],
                verdicts,
                self._config,
            )
            sums = {
                name: ops.sum(term.of(seen, self._config)) * (every if term.asks else 1) / total
                for name, term in losses.GENERATOR_TERMS.items()
                if asks or not term.asks
            }
            return sum(weights[name] * value for name, value in sums.items()), (changed, sums)

        loss, gradient, statistics, terms = self._differentiated(loss, theta, frozen)
        return loss, gradient, statistics, {**dict.fromkeys(weights, ops.zeros(())), **terms}

    def _generator_step(self, theta, memory, statistics, against, rate, *, asks):
        # Compiled as gradient epochs take it, so that neither is compiled twice.
        loss, gradient, statistics, terms = self.generator_loss[asks](theta, statistics, *against)
        moved, memory = adam.step(
            theta, memory, gradient, rate, _BETA_1["generator"], self._shrink["generator"]
        )
        figures = {"loss": loss, "norm": ops.norm(gradient), "length": ops.norm(moved - theta)}
        return moved, memory, statistics, terms, figures

    def _discriminator_loss(self, theta, statistics, frozen, wrong):
        total = 2 * frozen["pictures"].shape[0]
        config = self._config

        def loss(rows, theta):
            target, certainty = rows["target"], rows["certainty"]
            shown = _shown(rows)
            image_logits, map_logits, changed, steepness = self._verdicts(
                theta, statistics, _twice(rows["pictures"]), shown
            )
            judged = losses.discriminator_loss(
                image_logits,
                map_logits,
                shown,
                _twice(target),
                _twice(certainty),
                config.score_map_weight,
            )
            count = target.shape[0]
            of_real, of_wrong = image_logits[:count], image_logits[count:]
            ranked = losses.ranking_loss(of_real, of_wrong, rows["wrong"], target, certainty)
            terms = {
                "score_real": ops.sum(ops.sigmoid(of_real)) * 2 / total,
                "score_wrong": ops.sum(ops.sigmoid(of_wrong)) * 2 / total,
            }
            whole = ops.sum(judged) + 2 * config.ranking_weight * ops.sum(ranked)
            whole += config.gradient_penalty * ops.sum(steepness)
            return whole / total, (changed, terms)

        return self._differentiated(loss, theta, {**frozen, "wrong": wrong})

    def _verdicts(self, theta, statistics, pictures, shown):
        """D's verdicts, its new statistics, and how steep its image score is about each real mask.

        The steepness is that of R1 (Mescheder, Geiger and Nowozin 2018, equation 9): the squared
        length of the score's gradient, here by the mask's pixels, (N / 2,); 0 where nobody asks,
        and where all or nothing is object: the score takes the mean of a map where the mask says
        "object", and there is none of no pixel.
        """

        def judged(shown):
            verdicts, changed = call(self._discriminator, theta, statistics, [pictures, shown])
            return ops.sum(verdicts[0]), (verdicts, changed)

        if not self._config.gradient_penalty:
            _, ((image_logits, map_logits), changed) = judged(shown)
            return image_logits, map_logits, changed, ops.zeros(())
        (_, (verdicts, changed)), slopes = value_and_gradient(judged)(shown)
        count = slopes.shape[0] // 2
        area = ops.mean(ops.cast(shown[:count] > 0.5, "float32"), axis=(1, 2, 3))
        has_both = ops.cast((area > _LEAST_AREA) & (area < 1.0 - _LEAST_AREA), "float32")
        return *verdicts, changed, has_both * ops.sum(slopes[:count] ** 2, axis=(1, 2, 3))

    def _discriminator_statistics(self, theta, statistics, frozen, wrong):
        """D's statistics (s,) of a frozen batch alone, as if there had been none before it."""

        def on_rows(rows):
            seen = [_twice(rows["pictures"]), _shown(rows)]
            _, changed = call(self._discriminator, theta, ops.zeros_like(statistics), seen)
            return ops.zeros(()), changed / (1.0 - MOMENTUM)

        _, alone = self._replicas.reduce(on_rows, {**frozen, "wrong": wrong})
        return alone

    def _discriminator_step(self, theta, memory, statistics, frozen, wrong, rate):
        loss, gradient, statistics, terms = self.discriminator_loss(
            theta, statistics, frozen, wrong
        )
        moved, memory = adam.step(
            theta, memory, gradient, rate, _BETA_1["discriminator"], self._shrink["discriminator"]
        )
        figures = {"loss": loss, "gradient_norm": ops.norm(gradient), **terms}
        return moved, memory, statistics, figures

    def _differentiated(self, loss, theta, frozen):
        """Loss, gradient and terms over all replicas, whose statistics are the same.

        Args:
            loss: (rows of the frozen batch, theta) -> (loss, (new statistics, terms)).

        Returns:
            (loss, gradient, new statistics, terms).
        """

        def on_rows(rows):
            (value, (statistics, terms)), gradient = value_and_gradient(partial(loss, rows))(theta)
            return (value, gradient, terms), statistics

        (value, gradient, terms), statistics = self._replicas.reduce(on_rows, frozen)
        return value, gradient, statistics, terms


def shrinkage(variables, weight_decay):
    """What weight decay takes off each weight of variables, flat (n,): nothing but from kernels."""
    if not weight_decay:
        return 0.0
    shares = [np.full(np.prod(each.shape), len(each.shape) > 1, np.float32) for each in variables]
    return weight_decay * np.concatenate(shares)


def _shown(rows):
    """The masks that D is shown: those that fit, as a network's mask would look, and the wrong."""
    real = pairs.soften(ops.cast(rows["target"] > 0.5, "float32"))
    return ops.concatenate([pairs.show(real, rows["softness"][:, 1]), rows["wrong"]])


def _twice(x):
    return ops.concatenate([x, x])
