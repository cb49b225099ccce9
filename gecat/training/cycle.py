"""The gradient epoch: D learns, is frozen whole, and G takes K steps against it.

All arithmetic on weights happens on flat vectors, one for each network, and both networks are
called as functions of their vector. So freezing needs no switch: a cycle of G never receives
anything it could change D with, and one step is the same on one device and on many.
"""

from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np
import tensorflow as tf

from gecat.model.compiled import compiled
from gecat.model.discriminator import build_discriminator, shares_encoder, take_encoder
from gecat.model.generator import build_generator
from gecat.model.weights import take_weights
from gecat.training import adam, conjugate, losses, pairs

_SHARPNESS = 2.0  # of the average's own labels: a power of the odds
_BETA_1 = {"generator": 0.9, "discriminator": 0.5}  # of Adam
SCHOOLED = 10_000  # steps that a trained D is taken to have behind it
_MOMENT_DECAY = 0.99  # of the running second moment that preconditions, per gradient


@dataclass(frozen=True)
class State:
    """Everything that a run must remember between two cycles; arrays are float32 vectors."""

    generator: Any  # (n,) trainable weights
    generator_statistics: Any  # (s,) running means and variances
    average: Any  # (n,) moving average of `generator`
    average_statistics: Any  # (s,)
    discriminator: Any
    discriminator_statistics: Any
    generator_adam: tuple  # what Adam remembers
    discriminator_adam: tuple
    second_moment: Any  # (n,)
    moment_count: int = 0
    length: float = 0.0  # of the last conjugate step; 0 before the first
    averaged: int = 0  # steps that the average has seen
    judged: int = 0  # steps of D so far, with those that trained weights have behind them
    cycle: int = 0
    batch: int = 0  # batches drawn so far
    seconds: float = 0.0  # spent in cycles so far


@dataclass(frozen=True)
class Weights:
    """What each term of G's loss counts in one cycle; 0 leaves the term out."""

    anchor: float = 1.0
    composite: float = 1.0
    adversarial: float = 0.0


class Engine:
    """The compiled functions of one run: two networks, their objectives, their update rules."""

    def __init__(self, config, strategy=None):
        self.config = config
        self.strategy = strategy or tf.distribute.get_strategy()
        with self.strategy.scope():
            self.generator = build_generator(config)
            self.discriminator = build_discriminator(config)
        self._prepare = compiled(self._prepare_traced)
        self._spoil = compiled(self._spoil_traced)
        self._generate = compiled(self._generate_traced)
        self._generator_objective = compiled(self._generator_traced)
        self._generator_adam = compiled(self._generator_adam_traced)
        self._discriminator_adam = compiled(self._discriminator_adam_traced)

    def initial_state(self):
        """Returns the State of a run that has not begun, from the networks' fresh weights."""
        theta = flatten(self.generator.trainable_variables)
        statistics = flatten(self.generator.non_trainable_variables)
        critic = flatten(self.discriminator.trainable_variables)
        return State(
            generator=theta,
            generator_statistics=statistics,
            average=tf.identity(theta),
            average_statistics=tf.identity(statistics),
            discriminator=critic,
            discriminator_statistics=flatten(self.discriminator.non_trainable_variables),
            generator_adam=adam.start(theta),
            discriminator_adam=adam.start(critic),
            second_moment=tf.zeros_like(theta),
        )

    def freeze(self, batch, seed):
        """Turns a batch into fixed pictures with targets; every random draw is made here.

        Args:
            batch: dict of `gecat.images.datasets.batches`.
            seed: tuple of ints; the same seed draws the same.

        Returns:
            dict of tensors: pictures (N, S, S, 3), half photos and half composites, target and
            certainty (N, S, S, 1), whether it is a composite (N,), and the draws, a row a picture.
        """
        draws = pairs.draw(np.random.default_rng(seed), batch["image"].shape[0])
        return self._prepare(batch, {key: tf.constant(value) for key, value in draws.items()})

    def relabel(self, state, batch):
        """Returns a batch whose pseudo-masks are those of G's moving average, sharpened.

        Mean teacher (Tarvainen and Valpola 2017): what the first teachers said of single photos at
        odds with all others is forgotten.

        Args:
            state: the State; batch: dict of `gecat.images.datasets.batches`.
        """
        pictures = tf.cast(batch["image"], tf.float32) / 127.5 - 1.0
        masks = self._generate(state.average, state.average_statistics, pictures, training=False)
        masks = masks**_SHARPNESS / (masks**_SHARPNESS + (1.0 - masks) ** _SHARPNESS)
        return {**batch, "prior": tf.cast(masks * 255.0 + 0.5, tf.uint8)}

    def teach_discriminator(self, state, frozen, spoiled_only=False, pace=1.0):
        """Takes one Adam step of D on real, spoiled and, unless warming up, G's masks.

        Args:
            state: the State; frozen: of `freeze`.
            spoiled_only: whether G's masks are left out.
            pace: share of the learning rate.

        Returns:
            (State, dict of scores).
        """
        if not state.judged:
            state = self._inherit(state)
        wrong = self._spoil(frozen["target"], frozen)
        if not spoiled_only:
            masks = self._generate(
                state.generator, state.generator_statistics, frozen["pictures"], training=True
            )
            odd = np.arange(masks.shape[0]) % 2 == 1
            # As they are: where G is in doubt is worth knowing.
            wrong = tf.where(odd[:, None, None, None], masks, wrong)
        theta, memory, statistics, figures = self._discriminator_adam(
            state.discriminator, state.discriminator_adam, state.discriminator_statistics, frozen,
            wrong, tf.constant(pace * self.config.discriminator_learning_rate, tf.float32),
        )  # fmt: skip
        state = replace(
            state, discriminator=theta, discriminator_adam=memory,
            discriminator_statistics=statistics, judged=state.judged + 1,
        )  # fmt: skip
        return state, {name: float(value) for name, value in figures.items()}

    def teach_generator(self, state, frozen, weights, steps, rule, pace=1.0):
        """Takes steps of G on one frozen batch against one frozen D.

        Args:
            state: the State; frozen: of `freeze`; weights: a Weights.
            steps: how many, 1 or more.
            rule: "conjugate" or "adam".
            pace: share of Adam's learning rate; the conjugate rule has none.

        Returns:
            (State, dict of the terms of the loss, list of `conjugate.Step`).
        """
        if rule == "conjugate":
            objective = self.generator_objective(state, frozen, weights)
            state, terms, records = self._take_conjugate_steps(state, objective, steps)
            return self._averaged(state, len(records)), terms, records
        records = []
        for _ in range(steps):
            state, terms, record = self._take_adam_step(state, frozen, weights, pace)
            records.append(record)
        return self._averaged(state, len(records)), terms, records

    def generator_objective(self, state, frozen, weights):
        """Returns theta -> conjugate.Point on a frozen batch; it never changes anything."""
        against = _against(state, frozen, weights)

        def objective(theta):
            loss, gradient, statistics, terms = self._generator_objective(
                theta, state.generator_statistics, *against
            )
            return conjugate.Point(theta, float(loss), gradient, (statistics, terms))

        return objective

    def load_average(self, state):
        """Puts the moving average and D's weights into the two keras models, to predict or save."""
        assign(self.generator.trainable_variables, state.average)
        assign(self.generator.non_trainable_variables, state.average_statistics)
        assign(self.discriminator.trainable_variables, state.discriminator)
        assign(self.discriminator.non_trainable_variables, state.discriminator_statistics)

    def load_start(self, generator, discriminator):
        """Returns the State that begins from the weights of two keras models."""
        take_weights(self.generator, generator)
        take_weights(self.discriminator, discriminator)
        # Trained weights are worth an average's full memory from the first step on.
        full = round(1.0 / (1.0 - self.config.average_decay)) * 10
        return replace(self.initial_state(), averaged=full, judged=SCHOOLED)

    def _inherit(self, state):
        """Gives a D that has learned nothing yet the encoder of G's moving average."""
        if not shares_encoder(self.config):
            return state
        self.load_average(state)
        take_encoder(self.discriminator, self.generator)
        return replace(
            state,
            discriminator=flatten(self.discriminator.trainable_variables),
            discriminator_statistics=flatten(self.discriminator.non_trainable_variables),
        )

    def _take_conjugate_steps(self, state, objective, steps):
        config = self.config
        point = objective(state.generator)
        count = state.moment_count + 1
        moment = _MOMENT_DECAY * state.second_moment + (1.0 - _MOMENT_DECAY) * point.gradient**2
        scale = None
        if config.preconditioner == "second_moment":
            unbiased = moment / (1.0 - _MOMENT_DECAY**count)
            # Without damping by the typical size, weights with hardly any gradient lead the way.
            typical = tf.sqrt(tf.reduce_mean(unbiased))
            scale = 1.0 / (tf.sqrt(unbiased) + typical + 1e-12)
        longest = config.maximum_step * float(tf.norm(state.generator))
        path = conjugate.minimise(
            objective, point, steps, rule=config.beta_rule, scale=scale, longest=longest,
            expected=state.length or longest, least=config.armijo,
        )  # fmt: skip
        accepted = [step.length for step in path.steps if step.length > 0.0]
        state = replace(
            state,
            generator=path.point.theta,
            generator_statistics=path.point.extra[0],
            second_moment=moment,
            moment_count=count,
            length=accepted[-1] if accepted else 0.25 * (state.length or longest),
        )
        terms = {name: float(value) for name, value in path.point.extra[1].items()}
        return state, terms, path.steps

    def _take_adam_step(self, state, frozen, weights, pace):
        theta, memory, statistics, terms, figures = self._generator_adam(
            state.generator, state.generator_adam, state.generator_statistics,
            _against(state, frozen, weights),
            tf.constant(pace * self.config.learning_rate, tf.float32),
        )  # fmt: skip
        loss, norm, length = (float(figures[name]) for name in ("loss", "norm", "length"))
        record = conjugate.Step(loss, length, 0.0, True, -norm * norm, norm, 1)
        state = replace(
            state, generator=theta, generator_adam=memory, generator_statistics=statistics
        )
        return state, {name: float(value) for name, value in terms.items()}, record

    def _averaged(self, state, steps):
        """The State whose moving average has seen so many steps more."""
        decay = self.config.average_decay ** max(1, steps)
        # Early in a run the average would remember nothing but the random start.
        decay = min(decay, (1.0 + state.averaged) / (10.0 + state.averaged))
        return replace(
            state,
            averaged=state.averaged + steps,
            average=decay * state.average + (1.0 - decay) * state.generator,
            average_statistics=(
                decay * state.average_statistics + (1.0 - decay) * state.generator_statistics
            ),
        )

    def _prepare_traced(self, batch, draws):
        photos = tf.cast(batch["image"], tf.float32) / 127.5 - 1.0
        prior = tf.cast(batch["prior"], tf.float32) / 255.0
        mask = tf.cast(batch["mask"], tf.float32) / 255.0
        has_mask = tf.cast(batch["has_mask"], tf.float32)
        target, certainty = pairs.photo_targets(
            prior, mask, has_mask, self.config.supervised_weight
        )
        paste = pairs.mixtures if self.config.composites == "region" else pairs.composites
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

    def _spoil_traced(self, targets, draws):
        return pairs.show(pairs.spoil(targets, draws), draws["softness"][:, 0])

    def _generate_traced(self, theta, statistics, pictures, training):
        """G's masks of pictures (N, S, S, 3), (N, S, S, 1)."""

        def replica(shard):
            logits, _ = call(self.generator, theta, statistics, shard["pictures"], training)
            return tf.sigmoid(logits)

        masks = self._run(replica, {"pictures": pictures})
        return self.strategy.gather(masks, 0) if self.strategy.num_replicas_in_sync > 1 else masks

    def _generator_traced(
        self, theta, statistics, critic, critic_statistics, frozen, shares, adversarial
    ):
        total = frozen["pictures"].shape[0]
        config = self.config

        def replica(shard):
            with tf.GradientTape() as tape:
                tape.watch(theta)
                logits, new_statistics = call(self.generator, theta, statistics, shard["pictures"])
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
                        self.discriminator, critic, critic_statistics,
                        [shard["pictures"], tf.sigmoid(logits)], training=False,
                    )  # fmt: skip
                    terms["adversarial"] = losses.adversarial_loss(
                        image_logits, map_logits, config.score_map_weight
                    )
                per_picture = (
                    shares[0] * terms["anchor"] + shares[1] * terms["composite"]
                    + shares[2] * terms["adversarial"] + config.area_weight * terms["area"]
                    + config.binary_weight * terms["binary"]
                )  # fmt: skip
                loss = tf.reduce_sum(per_picture) / total
            sums = {name: tf.reduce_sum(value) / total for name, value in terms.items()}
            return loss, tape.gradient(loss, theta), new_statistics, sums

        return self._reduce(replica, frozen)

    def _generator_adam_traced(self, theta, memory, statistics, against, rate):
        loss, gradient, statistics, terms = self._generator_traced(theta, statistics, *against)
        moved, memory = adam.step(theta, memory, gradient, rate, _BETA_1["generator"])
        figures = {"loss": loss, "norm": tf.norm(gradient), "length": tf.norm(moved - theta)}
        return moved, memory, statistics, terms, figures

    def _discriminator_traced(self, theta, statistics, frozen, wrong):
        total = 2 * frozen["pictures"].shape[0]
        config = self.config

        def replica(shard):
            target = shard["target"]
            real = pairs.soften(tf.cast(target > 0.5, tf.float32))
            shown = tf.concat([pairs.show(real, shard["softness"][:, 1]), shard["wrong"]], 0)
            with tf.GradientTape() as tape:
                tape.watch(theta)
                (image_logits, map_logits), new_statistics = call(
                    self.discriminator, theta, statistics, [_twice(shard["pictures"]), shown]
                )
                per_picture = losses.discriminator_loss(
                    image_logits, map_logits, shown, _twice(target), _twice(shard["certainty"]),
                    config.score_map_weight,
                )  # fmt: skip
                count = tf.shape(target)[0]
                ranked = losses.ranking_loss(
                    image_logits[:count], image_logits[count:], shard["wrong"], target,
                    shard["certainty"],
                )  # fmt: skip
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

    def _discriminator_adam_traced(self, theta, memory, statistics, frozen, wrong, rate):
        loss, gradient, statistics, terms = self._discriminator_traced(
            theta, statistics, frozen, wrong
        )
        moved, memory = adam.step(theta, memory, gradient, rate, _BETA_1["discriminator"])
        return moved, memory, statistics, {
            "loss": loss, "gradient_norm": tf.norm(gradient), **terms,
        }  # fmt: skip

    def _run(self, replica, frozen):
        """Runs `replica` on each replica's own rows of the frozen batch."""
        count = self.strategy.num_replicas_in_sync

        def on_rows():
            index = tf.distribute.get_replica_context().replica_id_in_sync_group
            rows = frozen["pictures"].shape[0] // count
            return replica(
                {name: x[index * rows : (index + 1) * rows] for name, x in frozen.items()}
            )

        return self.strategy.run(on_rows) if count > 1 else replica(frozen)

    def _reduce(self, replica, frozen):
        """Sums losses, gradients and terms over the replicas; their statistics are the same."""
        loss, gradient, statistics, terms = self._run(replica, frozen)
        total = partial(self.strategy.reduce, tf.distribute.ReduceOp.SUM, axis=None)
        mean = partial(self.strategy.reduce, tf.distribute.ReduceOp.MEAN, axis=None)
        sums = {name: total(value) for name, value in terms.items()}
        return total(loss), total(gradient), mean(statistics), sums


def flatten(variables):
    """Joins variables to one float32 vector (n,)."""
    return tf.concat([tf.reshape(variable, [-1]) for variable in variables] or [tf.zeros(0)], 0)


def unflatten(theta, variables):
    """Cuts a vector (n,) into tensors of the variables' shapes."""
    if not variables:
        return []
    sizes = [int(np.prod(variable.shape)) for variable in variables]
    return [
        tf.reshape(part, variable.shape)
        for part, variable in zip(tf.split(theta, sizes), variables, strict=True)
    ]


def assign(variables, theta):
    """Writes a vector (n,) into variables."""
    for variable, value in zip(variables, unflatten(theta, variables), strict=True):
        variable.assign(value)


def call(network, theta, statistics, inputs, training=True):
    """Calls a network as a function of its vectors; the network itself stays as it is.

    Args:
        network: keras model.
        theta, statistics: (n,) and (s,), its trainable and its other weights.
        inputs: what the network takes.
        training: whether statistics of the batch normalise, or those given.

    Returns:
        (its outputs, its new statistics (s,)).
    """
    outputs, changed = network.stateless_call(
        unflatten(theta, network.trainable_variables),
        unflatten(statistics, network.non_trainable_variables),
        inputs,
        training=training,
    )
    return outputs, flatten(changed)


def _twice(x):
    return tf.concat([x, x], 0)


def _against(state, frozen, weights):
    """What G's loss depends on besides G: the arguments of `_generator_traced` after its own."""
    shares = tf.constant([weights.anchor, weights.composite, weights.adversarial], tf.float32)
    # D costs a third of a step, and nothing is left of it at a weight of 0.
    adversarial = weights.adversarial > 0.0
    return state.discriminator, state.discriminator_statistics, frozen, shares, adversarial
