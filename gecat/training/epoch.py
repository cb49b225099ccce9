"""The gradient epoch: D learns, is frozen whole, and G takes K steps against it.

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
from gecat.training import adam, conjugate, losses, pairs
from gecat.training.backend import Replicas
from gecat.training.objectives import Objectives
from gecat.training.state import SCHOOLED, State
from gecat.training.vectors import assign, flatten

_SHARPNESS = 2.0  # of the average's own labels: a power of the odds
_LABELLED_AT_ONCE = 64  # photos
_MOMENT_DECAY = 0.99  # of the running second moment that preconditions, per gradient


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
        if config.batch_size % replicas.count:
            raise RunError("run.replicas", replicas=replicas.count, received=config.batch_size)
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
            second_moment=ops.zeros_like(theta),
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
        known = {name: batch[name] for name in ("image", "prior", "mask", "has_mask")}
        return self._objectives.prepare(known, draws)

    def relabel(self, state, batch):
        """Returns a batch whose pseudo-masks are those of G's moving average, sharpened.

        Mean teacher (Tarvainen and Valpola 2017): what the first teachers said of single photos at
        odds with all others is forgotten.

        Args:
            state: the State; batch: dict of `gecat.images.datasets.batches`.
        """
        pictures = ops.cast(batch["image"], "float32") / 127.5 - 1.0
        masks = self._objectives.generate[False](state.average, state.average_statistics, pictures)
        masks = masks**_SHARPNESS / (masks**_SHARPNESS + (1.0 - masks) ** _SHARPNESS)
        return {**batch, "prior": ops.cast(masks * 255.0 + 0.5, "uint8")}

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
        if not state.judged:
            state = self._inherit(state)
        wrong = self._objectives.spoil(frozen["target"], frozen)
        if not spoiled_only:
            masks = self._objectives.generate[True](
                state.generator, state.generator_statistics, frozen["pictures"]
            )
            odd = np.arange(masks.shape[0]) % 2 == 1
            # As they are: where G is in doubt is worth knowing.
            wrong = ops.where(odd[:, None, None, None], masks, wrong)
        theta, memory, statistics, figures = self._objectives.discriminator_step(
            state.discriminator,
            state.discriminator_adam,
            state.discriminator_statistics,
            frozen,
            wrong,
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

    def teach_generator(self, state, frozen, weights, steps, rule, pace=1.0):
        """Takes steps of G on one frozen batch against one frozen D.

        Args:
            state: the State; frozen: of `freeze`.
            weights: what each term counts, a dict like that of `losses.full_weights`.
            steps: how many, 1 or more.
            rule: "conjugate" or "adam".
            pace: share of Adam's learning rate; the conjugate rule has none.

        Returns:
            (State, dict of the terms of the loss, list of `conjugate.Step`); what Adam's hold are
            scalars of the backend, so that nothing waits for them.
        """
        if rule == "conjugate":
            objective = self.generator_objective(state, frozen, weights)
            state, terms, records = self._take_conjugate_steps(state, objective, steps)
            return self.averaged(state, len(records)), terms, records
        records = []
        for _ in range(steps):
            state, terms, record = self._take_adam_step(state, frozen, weights, pace)
            records.append(record)
        return self.averaged(state, len(records)), terms, records

    def generator_objective(self, state, frozen, weights):
        """Returns theta -> conjugate.Point on a frozen batch; it never changes anything."""
        against = _against(state, frozen, weights)
        compute = self._objectives.generator_loss[_asks(weights)]

        def objective(theta):
            loss, gradient, statistics, terms = compute(theta, state.generator_statistics, *against)
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
        if not architecture_of(self.config).shares_encoder(self.config):
            return state
        self.load_average(state)
        take_encoder(self.discriminator, self.generator)
        return replace(
            state,
            discriminator=flatten(self.discriminator.trainable_variables),
            discriminator_statistics=flatten(self.discriminator.non_trainable_variables),
        )

    def _take_conjugate_steps(self, state, objective, steps):
        point = objective(state.generator)
        settings, moment = cycle_settings(self.config, state, point.gradient)
        path = conjugate.minimise(objective, point, steps, **settings)
        accepted = [step.length for step in path.steps if step.length > 0.0]
        state = replace(
            state,
            generator=path.point.theta,
            generator_statistics=path.point.extra[0],
            second_moment=moment,
            moment_count=state.moment_count + 1,
            length=accepted[-1] if accepted else 0.25 * settings["expected"],
        )
        return state, path.point.extra[1], path.steps

    def _take_adam_step(self, state, frozen, weights, pace):
        step = self._objectives.generator_step[_asks(weights)]
        theta, memory, statistics, terms, figures = step(
            state.generator,
            state.generator_adam,
            state.generator_statistics,
            _against(state, frozen, weights),
            ops.convert_to_tensor(pace * self.config.learning_rate, "float32"),
        )
        loss, norm, length = (figures[name] for name in ("loss", "norm", "length"))
        record = conjugate.Step(loss, length, 0.0, True, -norm * norm, norm, 1)
        state = replace(
            state, generator=theta, generator_adam=memory, generator_statistics=statistics
        )
        return state, terms, record

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


def cycle_settings(config, state, gradient):
    """How the conjugate steps of one cycle are taken.

    Args:
        config: a Config; state: the State before the cycle.
        gradient: (n,), of the cycle's objective at the State's generator.

    Returns:
        (dict of what `conjugate.minimise` takes after its steps, the running second moment (n,)
        with this gradient in it).
    """
    moment = _MOMENT_DECAY * state.second_moment + (1.0 - _MOMENT_DECAY) * gradient**2
    scale = None
    if config.preconditioner == "second_moment":
        unbiased = moment / (1.0 - _MOMENT_DECAY ** (state.moment_count + 1))
        # Without damping by the typical size, weights with hardly any gradient lead the way.
        typical = ops.sqrt(ops.mean(unbiased))
        scale = 1.0 / (ops.sqrt(unbiased) + typical + 1e-12)
    longest = config.maximum_step * conjugate.dot(state.generator, state.generator) ** 0.5
    settings = {
        "rule": config.beta_rule,
        "scale": scale,
        "longest": longest,
        "expected": state.length or longest,
        "least": config.armijo,
    }
    return settings, moment


def _asks(weights):
    """Whether any term that asks D counts."""
    return any(losses.GENERATOR_TERMS[name].asks and weight for name, weight in weights.items())


def _against(state, frozen, weights):
    """What G's loss depends on besides G: what `Objectives.generator_loss` takes after its own."""
    counts = {name: ops.convert_to_tensor(weight, "float32") for name, weight in weights.items()}
    return state.discriminator, state.discriminator_statistics, frozen, counts
