"""The two networks of a run: what they make of a batch, and how their State goes on.

Both networks are called as functions of their flat weight vectors, so a cycle of G never receives
anything it could change D with.
"""

from dataclasses import replace

import numpy as np
from keras import ops

from gecat.errors import RunError
from gecat.model.discriminator import take_encoder
from gecat.model.registry import architecture_of, build_discriminator, build_generator
from gecat.model.weights import take_weights
from gecat.training import adam, losses, pairs
from gecat.training.backend import Replicas
from gecat.training.conjugate import Point, Step
from gecat.training.epoch import gradient_epoch
from gecat.training.match import Match, players
from gecat.training.objectives import Objectives
from gecat.training.state import SCHOOLED, State
from gecat.training.vectors import assign, flatten

_SHARPNESS = 2.0  # of the average's own labels: a power of the odds
_LABELLED_AT_ONCE = 64  # photos


class Engine:
    """The two networks of one run and how they learn from each other.

    Args:
        config: a Config; strategy: of `backend.make_strategy`, or None.

    Raises:
        RunError: if the replicas cannot share a batch evenly.
    """

    def __init__(self, config, strategy=None):
        self.config = config
        self.replicas = replicas = Replicas(strategy)
        judged = -(-config.batch_size // config.judged_every)
        for pictures in (config.batch_size, judged):
            if pictures % replicas.count:
                raise RunError("run.replicas", replicas=replicas.count, received=pictures)
        with replicas.scope():
            self.generator = build_generator(config)
            self.discriminator = build_discriminator(config)
        for network in (self.generator, self.discriminator):
            replicas.adopt(network)
        self._objectives = Objectives(config, replicas, self.generator, self.discriminator)

    def initial_state(self):
        """Returns the State of a run that has not begun, from the networks' fresh weights."""
        theta = flatten(self.generator.trainable_variables)
        statistics = flatten(self.generator.non_trainable_variables)
        critic = flatten(self.discriminator.trainable_variables)
        return State(
            generator=theta,
            generator_statistics=statistics,
            average=ops.copy(theta),
            average_statistics=ops.copy(statistics),
            discriminator=critic,
            discriminator_statistics=flatten(self.discriminator.non_trainable_variables),
            generator_adam=adam.start(theta),
            discriminator_adam=adam.start(critic),
        )

    def freeze(self, batch, seed):
        """Turns a batch into fixed pictures with targets; every random draw is made here.

        Args:
            batch: dict of `gecat.images.batches.shuffled_batch`.
            seed: tuple of ints; the same seed draws the same.

        Returns:
            dict of tensors: pictures (N, S, S, 3), half photos and half composites, target and
            certainty (N, S, S, 1), whether it is a composite (N,), and the draws, a row a picture.
        """
        draws = pairs.draw(np.random.default_rng(seed), batch["image"].shape[0])
        known = {name: batch[name] for name in ("image", "prior", "mask", "has_mask")}
        return self._objectives.prepare(known, draws)

    def relabel(self, state, batch):
        """Returns a batch whose pseudo-masks are those of G's moving average, sharpened.

        Mean teacher (Tarvainen and Valpola 2017): what the first teachers said of single photos at
        odds with all others is forgotten.

        Args:
            state: the State; batch: dict of `gecat.images.batches.shuffled_batch`.
        """
        pictures = ops.cast(batch["image"], "float32") / 127.5 - 1.0
        masks = self.predict(state, pictures)
        masks = masks**_SHARPNESS / (masks**_SHARPNESS + (1.0 - masks) ** _SHARPNESS)
        return {**batch, "prior": ops.cast(masks * 255.0 + 0.5, "uint8")}

    def predict(self, state, pictures):
        """What G's moving average says of pictures (N, S, S, 3): masks (N, S, S, 1)."""
        return self._objectives.generate[False](state.average, state.average_statistics, pictures)

    def label(self, state, images):
        """What G's moving average says of many photos, seen at two scales and mirrored.

        Args:
            state: the State; images: uint8 (N, S, S, 3).

        Returns:
            uint8 (N, S, S), 255 = object.
        """
        count = len(images)
        masks = np.empty(images.shape[:3], np.uint8)
        for start in range(0, count, _LABELLED_AT_ONCE):
            start = max(0, min(start, count - _LABELLED_AT_ONCE))  # one shape serves all
            rows = slice(start, start + _LABELLED_AT_ONCE)
            masks[rows] = self._objectives.label(
                state.average, state.average_statistics, images[rows]
            )
        return masks

    def teach_discriminator(self, state, frozen, spoiled_only=False, pace=1.0):
        """Takes one Adam step of D on real, spoiled and, unless warming up, G's masks.

        Args:
            state: the State; frozen: of `freeze`.
            spoiled_only: whether G's masks are left out.
            pace: share of the learning rate.

        Returns:
            (State, dict of scores, scalars of the backend).
        """
        state = self.inherit(state)
        frozen = self.judged(frozen)
        theta, memory, statistics, figures = self._objectives.discriminator_step(
            state.discriminator,
            state.discriminator_adam,
            state.discriminator_statistics,
            frozen,
            self.wrong(frozen, None if spoiled_only else state.generator, state),
            ops.convert_to_tensor(pace * self.config.discriminator_learning_rate, "float32"),
        )
        state = replace(
            state,
            discriminator=theta,
            discriminator_adam=memory,
            discriminator_statistics=statistics,
            judged=state.judged + 1,
        )
        return state, figures

    def teach_generator(self, state, frozen, weights, pace=1.0):
        """Takes one Adam step of G.

        Args:
            state: the State; frozen: of `freeze`.
            weights: what each term counts, a dict like that of `losses.full_weights`.
            pace: share of the learning rate.

        Returns:
            (State, dict of the terms of the loss, `conjugate.Step`), whose numbers are scalars of
            the backend, so that nothing waits for them.
        """
        step = self._objectives.generator_step[_asks(weights)]
        theta, memory, statistics, terms, figures = step(
            state.generator,
            state.generator_adam,
            state.generator_statistics,
            _against(state, frozen, weights),
            ops.convert_to_tensor(pace * self.config.learning_rate, "float32"),
        )
        loss, norm, length = (figures[name] for name in ("loss", "norm", "length"))
        record = Step(loss, length, 0.0, True, -norm * norm, norm, 1)
        state = replace(
            state, generator=theta, generator_adam=memory, generator_statistics=statistics
        )
        return self.averaged(state, 1), terms, record

    def play(self, state, take, weights, left, part="both"):
        """Runs one gradient epoch.

        Args:
            state: the State.
            take: () -> a fresh batch of `freeze`.
            weights: what each term of G's loss counts.
            left: share of the gradient epochs' budget that is left, in [0, 1].
            part: who learns, as `epoch.gradient_epoch` has it.

        Returns:
            (State, `epoch.Epoch`).
        """
        state = state if part == "generator" else self.inherit(state)
        generator, discriminator = players(state)
        match = Match(self, state, take, weights)
        generator, discriminator, epoch = gradient_epoch(
            match, generator, discriminator, self.config, left, part
        )
        state = replace(
            state,
            generator=generator.theta,
            generator_statistics=generator.carried,
            generator_memory=tuple(generator.memory),
            discriminator=discriminator.theta,
            discriminator_statistics=discriminator.carried,
            discriminator_memory=tuple(discriminator.memory),
            judged=state.judged + (self.config.discriminator_steps if epoch.judged else 0),
        )
        steps = len(epoch.walked.steps) if epoch.walked else 0
        return self.averaged(state, steps) if steps else state, epoch

    def generator_objective(self, state, frozen, weights):
        """Returns G's (theta, statistics) -> Point on a frozen batch, against the State's D.

        It never changes anything.
        """
        compute = self._objectives.generator_loss[_asks(weights)]
        against = _against(state, frozen, weights)

        def objective(theta, statistics=state.generator_statistics):
            loss, gradient, statistics, terms = compute(theta, statistics, *against)
            return Point(theta, float(loss), gradient, statistics, terms)

        return objective

    def discriminator_objective(self, state, frozen, wrong):
        """Returns D's (critic, statistics) -> Point on a frozen batch with its wrong masks.

        It never changes anything.
        """

        def objective(critic, statistics=state.discriminator_statistics):
            loss, gradient, statistics, terms = self._objectives.discriminator_loss(
                critic, statistics, frozen, wrong
            )
            return Point(critic, float(loss), gradient, statistics, terms)

        return objective

    def look_again(self, frozen, wrong, critic, statistics):
        """D's statistics (s,), half of them those of a frozen batch alone under its weights (n,).

        The running mean is twenty batches behind, and a stride of a gradient epoch may lead where
        the verdicts that it normalises are those of no discriminator that ever learned.
        """
        alone = self._objectives.discriminator_statistics(critic, statistics, frozen, wrong)
        return 0.5 * statistics + 0.5 * alone

    def rehearse(self, state, frozen):
        """Compiles what gradient epochs need, by calling it once; nothing changes.

        Args:
            state: the State; frozen: of `freeze`.
        """
        self.predict(state, frozen["pictures"])
        shown = self.judged(frozen)
        judged = shown, self.wrong(shown, state.generator, state)
        self.discriminator_objective(state, *judged)(state.discriminator)
        self.look_again(*judged, state.discriminator, state.discriminator_statistics)
        parts = [frozen] * self.config.frozen_batches
        together = {name: ops.concatenate([part[name] for part in parts]) for name in frozen}
        full = losses.full_weights(self.config)
        self.generator_objective(state, together, full)(state.generator)

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

    def inherit(self, state):
        """Gives a D that has learned nothing yet the encoder of G's moving average."""
        if state.judged or not architecture_of(self.config).shares_encoder(self.config):
            return state
        self.load_average(state)
        take_encoder(self.discriminator, self.generator)
        return replace(
            state,
            discriminator=flatten(self.discriminator.trainable_variables),
            discriminator_statistics=flatten(self.discriminator.non_trainable_variables),
        )

    def judged(self, frozen):
        """The pictures of a frozen batch that D judges, photos and composites alike."""
        return {name: rows[:: self.config.judged_every] for name, rows in frozen.items()}

    def wrong(self, frozen, generator, state):
        """Masks that do not fit: spoiled, and every other one G's, where it has weights (n,)."""
        wrong = self._objectives.spoil(frozen["target"], frozen)
        if generator is None:
            return wrong
        masks = self._objectives.generate[True](
            generator, state.generator_statistics, frozen["pictures"]
        )
        odd = np.arange(masks.shape[0]) % 2 == 1
        # As they are: where G is in doubt is worth knowing.
        return ops.where(odd[:, None, None, None], masks, wrong)

    def averaged(self, state, steps):
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


def _asks(weights):
    """Whether any term that asks D counts."""
    return any(losses.GENERATOR_TERMS[name].asks and weight for name, weight in weights.items())


def _against(state, frozen, weights):
    """What G's loss depends on besides G: what `Objectives.generator_loss` takes after its own."""
    counts = {name: ops.convert_to_tensor(weight, "float32") for name, weight in weights.items()}
    return state.discriminator, state.discriminator_statistics, frozen, counts
