"""What the two networks compute of a frozen batch: masks, losses, gradients, steps of Adam.

Everything is a compiled function of flat weight vectors, the same on one device and on many.
"""

from functools import partial

import tensorflow as tf

from gecat.model.compiled import compiled
from gecat.training import adam, losses, pairs
from gecat.training.vectors import call

_BETA_1 = {"generator": 0.9, "discriminator": 0.5}  # of Adam


class Objectives:
    """The compiled functions of one pair of networks; they keep nothing and change nothing."""

    def __init__(self, config, strategy, generator, discriminator):
        self._config = config
        self._strategy = strategy
        self._generator = generator
        self._discriminator = discriminator
        self.prepare = compiled(self._prepare)
        self.spoil = compiled(self._spoil)
        self.generate = compiled(self._generate)
        self.generator_loss = compiled(self._generator_loss)
        self.generator_step = compiled(self._generator_step)
        self.discriminator_step = compiled(self._discriminator_step)

    def _prepare(self, batch, draws):
        photos = tf.cast(batch["image"], tf.float32) / 127.5 - 1.0
        prior = tf.cast(batch["prior"], tf.float32) / 255.0
        mask = tf.cast(batch["mask"], tf.float32) / 255.0
        has_mask = tf.cast(batch["has_mask"], tf.float32)
        target, certainty = pairs.photo_targets(
            prior, mask, has_mask, self._config.supervised_weight
        )
        paste = pairs.mixtures if self._config.composites == "region" else pairs.composites
        pasted, pasted_target, pasted_certainty = paste(photos, target, certainty, draws)
        half = pasted.shape[0]
        plain = photos.shape[0] - half
        return {
            "pictures": tf.concat([photos[:plain], pasted], 0),
            "target": tf.concat([target[:plain], pasted_target], 0),
            "certainty": tf.concat([certainty[:plain], pasted_certainty], 0),
            "is_composite": tf.concat([tf.zeros(plain), tf.ones(half)], 0),
            **draws,
        }

    def _spoil(self, targets, draws):
        return pairs.show(pairs.spoil(targets, draws), draws["softness"][:, 0])

    def _generate(self, theta, statistics, pictures, training):
        """G's masks of pictures (N, S, S, 3), (N, S, S, 1)."""

        def replica(shard):
            logits, _ = call(self._generator, theta, statistics, shard["pictures"], training)
            return tf.sigmoid(logits)

        masks = self._run(replica, {"pictures": pictures})
        return self._strategy.gather(masks, 0) if self._strategy.num_replicas_in_sync > 1 else masks

    def _generator_loss(
        self, theta, statistics, critic, critic_statistics, frozen, shares, adversarial
    ):
        total = frozen["pictures"].shape[0]
        config = self._config

        def replica(shard):
            with tf.GradientTape() as tape:
                tape.watch(theta)
                logits, new_statistics = call(self._generator, theta, statistics, shard["pictures"])
                fit, area, binary = losses.generator_terms(
                    logits, shard["target"], shard["certainty"], config
                )
                terms = {
                    "anchor": fit * (1.0 - shard["is_composite"]),
                    "composite": fit * shard["is_composite"],
                    "area": area,
                    "binary": binary,
                }
                terms["adversarial"] = tf.zeros_like(terms["anchor"])
                if adversarial:
                    (image_logits, map_logits), _ = call(
                        self._discriminator,
                        critic,
                        critic_statistics,
                        [shard["pictures"], tf.sigmoid(logits)],
                        training=False,
                    )
                    terms["adversarial"] = losses.adversarial_loss(
                        image_logits, map_logits, config.score_map_weight
                    )
                per_picture = (
                    shares[0] * terms["anchor"]
                    + shares[1] * terms["composite"]
                    + shares[2] * terms["adversarial"]
                    + config.area_weight * terms["area"]
                    + config.binary_weight * terms["binary"]
                )
                loss = tf.reduce_sum(per_picture) / total
            sums = {name: tf.reduce_sum(value) / total for name, value in terms.items()}
            return loss, tape.gradient(loss, theta), new_statistics, sums

        return self._reduce(replica, frozen)

    def _generator_step(self, theta, memory, statistics, against, rate):
        loss, gradient, statistics, terms = self._generator_loss(theta, statistics, *against)
        moved, memory = adam.step(theta, memory, gradient, rate, _BETA_1["generator"])
        figures = {"loss": loss, "norm": tf.norm(gradient), "length": tf.norm(moved - theta)}
        return moved, memory, statistics, terms, figures

    def _discriminator_loss(self, theta, statistics, frozen, wrong):
        total = 2 * frozen["pictures"].shape[0]
        config = self._config

        def replica(shard):
            target = shard["target"]
            real = pairs.soften(tf.cast(target > 0.5, tf.float32))
            shown = tf.concat([pairs.show(real, shard["softness"][:, 1]), shard["wrong"]], 0)
            with tf.GradientTape() as tape:
                tape.watch(theta)
                (image_logits, map_logits), new_statistics = call(
                    self._discriminator, theta, statistics, [_twice(shard["pictures"]), shown]
                )
                per_picture = losses.discriminator_loss(
                    image_logits,
                    map_logits,
                    shown,
                    _twice(target),
                    _twice(shard["certainty"]),
                    config.score_map_weight,
                )
                count = tf.shape(target)[0]
                ranked = losses.ranking_loss(
                    image_logits[:count],
                    image_logits[count:],
                    shard["wrong"],
                    target,
                    shard["certainty"],
                )
                loss = (
                    tf.reduce_sum(per_picture) + 2 * config.ranking_weight * tf.reduce_sum(ranked)
                ) / total
            scores = tf.sigmoid(image_logits[:, 0])
            terms = {
                "score_real": tf.reduce_sum(scores[:count]) * 2 / total,
                "score_wrong": tf.reduce_sum(scores[count:]) * 2 / total,
            }
            return loss, tape.gradient(loss, theta), new_statistics, terms

        return self._reduce(replica, {**frozen, "wrong": wrong})

    def _discriminator_step(self, theta, memory, statistics, frozen, wrong, rate):
        loss, gradient, statistics, terms = self._discriminator_loss(
            theta, statistics, frozen, wrong
        )
        moved, memory = adam.step(theta, memory, gradient, rate, _BETA_1["discriminator"])
        return (
            moved,
            memory,
            statistics,
            {
                "loss": loss,
                "gradient_norm": tf.norm(gradient),
                **terms,
            },
        )

    def _run(self, replica, frozen):
        """Runs `replica` on each replica's own rows of the frozen batch."""
        count = self._strategy.num_replicas_in_sync

        def on_rows():
            index = tf.distribute.get_replica_context().replica_id_in_sync_group
            rows = frozen["pictures"].shape[0] // count
            return replica(
                {name: x[index * rows : (index + 1) * rows] for name, x in frozen.items()}
            )

        return self._strategy.run(on_rows) if count > 1 else replica(frozen)

    def _reduce(self, replica, frozen):
        """Sums losses, gradients and terms over the replicas; their statistics are the same."""
        loss, gradient, statistics, terms = self._run(replica, frozen)
        total = partial(self._strategy.reduce, tf.distribute.ReduceOp.SUM, axis=None)
        mean = partial(self._strategy.reduce, tf.distribute.ReduceOp.MEAN, axis=None)
        sums = {name: total(value) for name, value in terms.items()}
        return total(loss), total(gradient), mean(statistics), sums


def _twice(x):
    return tf.concat([x, x], 0)
