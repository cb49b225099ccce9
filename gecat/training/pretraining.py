"""Before G learns masks its encoder learns things: object and ground of a photo from all others'.

Contrastive detection (Henaff et al. 2021, "Efficient visual pretraining with contrastive
detection", section 3.1) against a memory of all photos (Wu et al. 2018, "Unsupervised feature
learning via non-parametric instance discrimination", section 3.1); the regions are the teachers'
pseudo-masks, so no label is involved.
"""

from dataclasses import replace

import keras
import numpy as np
from keras import layers, ops

from gecat.errors import RunError
from gecat.images.augmentation import close_views
from gecat.images.batches import gather
from gecat.training import adam
from gecat.training.backend import compiled, value_and_gradient
from gecat.training.objectives import shrinkage
from gecat.training.supply import Ahead
from gecat.training.vectors import flatten, unflatten

_LENGTH = 128  # of a description
_TEMPERATURE = 0.1
_SEEN = 0.02  # share of a view that a region needs to be told from others
_BETA_1 = 0.9  # of Adam


def build_describer(generator):
    """Puts a head on G's encoder that describes regions of a picture; the encoder is G's own.

    Args:
        generator: of an architecture that pretrains.

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


def end(state):
    """Returns the State in which G goes on from the average, and nothing else is left."""
    return replace(
        state,
        generator=state.average,
        generator_statistics=state.average_statistics,
        pretraining=(),
        averaged=0,
    )


class Pretraining:
    """The encoder's steps, as functions of a State whose `pretraining` holds what they remember.

    That is the head's weights and statistics, Adam's memory of encoder and head, and the last
    description of each photo's object and ground (P, 2, D).

    Args:
        engine: an `engine.Engine` of an architecture that pretrains.
        photos: `datasets.Photos` with priors, P of them.
    """

    def __init__(self, engine, photos):
        if engine.replicas.count > 1:
            raise RunError("run.one_encoder", received=engine.replicas.count)
        self._engine = engine
        self._photos = photos
        self._ahead = None
        self._generator = engine.generator
        self._describer = build_describer(engine.generator)
        self._step = compiled(self._step_traced)
        learned = [*engine.generator.trainable_variables, *self._own("trainable")]
        self._shrink = shrinkage(learned, engine.config.weight_decay)

    def close(self):
        """Lets go of the threads that make views."""
        if self._ahead is not None:
            self._ahead.close()

    def cycle(self, state, pace):
        """Takes as many steps as G does in a cycle, from a fresh head where there is none yet.

        Args:
            state: the State; pace: share of the learning rate.

        Returns:
            (State, dict of figures, scalars of the backend).
        """
        if not state.pretraining:
            state = self.begin(state)
        if self._ahead is None:
            self._ahead = Ahead(self.make, int(state.pretraining[2]))
        for _ in range(self._engine.config.generator_steps):
            state, figures = self.learn(state, self._ahead.take(), pace)
        return state, figures

    def make(self, number):
        """Views of photos and their numbers, for `learn`; the same number makes the same.

        Returns:
            dict: "image" uint8 (N, S, S, 3), "prior" uint8 (N, S, S, 1), "index" int64 (N,), no
            photo twice.
        """
        config = self._engine.config
        seed = (config.seed, number, 3)
        count = len(self._photos.names)
        chosen = np.random.default_rng(seed).choice(
            count, min(count, config.pretraining_batch), replace=False
        )
        batch = gather(self._photos, np.sort(chosen))
        return close_views(batch, seed, config.pretraining_size)

    def begin(self, state):
        """Returns the State with a fresh head and a memory of nothing but chance."""
        head, head_statistics = (
            flatten(own) for own in (self._own(kind) for kind in ("trainable", "non_trainable"))
        )
        random = np.random.default_rng((self._engine.config.seed, 4))
        memory = random.normal(size=(len(self._photos.names), 2, _LENGTH)).astype(np.float32)
        memory /= np.linalg.norm(memory, axis=-1, keepdims=True)
        learned = ops.concatenate([state.generator, head])
        remembered = (head, head_statistics, *adam.start(learned), ops.convert_to_tensor(memory))
        return replace(state, pretraining=remembered)

    def learn(self, state, views, pace):
        """Takes one step of Adam.

        Args:
            state: a State that has begun; views: of `make`; pace: share of the learning rate.

        Returns:
            (State, dict of "loss" and "found", the share of regions told from all others, scalars
            of the backend).
        """
        rate = ops.convert_to_tensor(pace * self._engine.config.learning_rate, "float32")
        rows = ops.convert_to_tensor(views["index"], "int32")
        theta, statistics, remembered, figures = self._step(
            state.generator,
            state.generator_statistics,
            state.pretraining,
            views["image"],
            views["prior"],
            rows,
            rate,
        )
        state = replace(
            state, generator=theta, generator_statistics=statistics, pretraining=remembered
        )
        return self._engine.averaged(state, 1), figures

    def _own(self, kind):
        """The head's variables of a kind, those that G has not."""
        known = {variable.path for variable in self._generator.variables}
        variables = getattr(self._describer, f"{kind}_variables")
        return [variable for variable in variables if variable.path not in known]

    def _values(self, kind, vector, own):
        """What the describer's variables of a kind are: G's from its vector, the head's own."""
        named = {}
        for variables, values in (
            (getattr(self._generator, f"{kind}_variables"), vector),
            (self._own(kind), own),
        ):
            parts = unflatten(values, variables)
            named |= {each.path: part for each, part in zip(variables, parts, strict=True)}
        return [named[each.path] for each in getattr(self._describer, f"{kind}_variables")]

    def _step_traced(self, theta, statistics, remembered, images, priors, rows, rate):
        head, head_statistics, *memory_of_adam, memory = remembered
        count = theta.shape[0]
        pictures = ops.cast(images, "float32") / 127.5 - 1.0
        masks = ops.cast(priors, "float32") / 255.0
        regions = ops.concatenate([masks, 1.0 - masks], axis=-1)
        stride = 2 ** len(self._engine.config.generator_widths)
        regions = ops.average_pool(regions, stride, stride)  # (N, s, s, 2)
        area = ops.sum(regions, axis=(1, 2))  # (N, 2)
        # A region that the crop has left out cannot be told from any other.
        seen = ops.cast(area > _SEEN * regions.shape[1] * regions.shape[2], "float32")
        shares = regions / ops.maximum(area, 1e-3)[:, None, None]

        def loss(both):
            found, changed = self._describer.stateless_call(
                self._values("trainable", both[:count], both[count:]),
                self._values("non_trainable", statistics, head_statistics),
                [pictures, shares],
                training=True,
            )
            everything = ops.reshape(memory, (-1, _LENGTH))
            logits = ops.einsum("nrd,md->nrm", found, everything) / _TEMPERATURE
            own = 2 * rows[:, None] + ops.convert_to_tensor([0, 1], "int32")  # (N, 2)
            picked = ops.take_along_axis(logits, own[..., None], axis=-1)[..., 0]
            hits = ops.cast(picked >= ops.max(logits, axis=-1), "float32")
            wrong = ops.logsumexp(logits, axis=-1) - picked
            total = ops.maximum(ops.sum(seen), 1.0)
            figures = {"loss": ops.sum(wrong * seen) / total, "found": ops.sum(hits * seen) / total}
            return figures["loss"], (changed, found, figures)

        both = ops.concatenate([theta, head])
        (_, (changed, found, figures)), gradient = value_and_gradient(loss)(both)
        moved, memory_of_adam = adam.step(
            both, tuple(memory_of_adam), gradient, rate, _BETA_1, self._shrink
        )
        mixed = ops.take(memory, rows, axis=0) + found * seen[..., None]
        memory = ops.scatter_update(memory, rows[:, None], ops.normalize(mixed, axis=-1))
        statistics, head_statistics = self._split_statistics(statistics, changed)
        remembered = (moved[count:], head_statistics, *memory_of_adam, memory)
        return moved[:count], statistics, remembered, figures

    def _split_statistics(self, statistics, changed):
        """G's statistics with what the describer has changed of them, and the head's."""
        variables = self._describer.non_trainable_variables
        named = {each.path: value for each, value in zip(variables, changed, strict=True)}
        own = self._generator.non_trainable_variables
        kept = unflatten(statistics, own)
        parts = [named.get(each.path, value) for each, value in zip(own, kept, strict=True)]
        return flatten(parts), flatten([named[each.path] for each in self._own("non_trainable")])
