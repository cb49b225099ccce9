"""The game of masks, for `epoch` to walk: photos with a fitting mask against wrong ones.

And who plays it: the two networks as they stand in a State.
"""

from dataclasses import replace

from keras import ops

from gecat.training import adam, radius


class Match:
    """The game of an Engine, as `epoch.Game` asks.

    Args:
        engine: an `engine.Engine`.
        state: the State whose statistics and D hold where nobody gives others.
        take: () -> a fresh batch of `Engine.freeze`.
        weights: what each term of G's loss counts.
    """

    def __init__(self, engine, state, take, weights):
        self._engine, self._state, self._take, self._weights = engine, state, take, weights
        self._judged = None

    def discriminator_objective(self, generator):
        """Returns D's objective on a fresh batch."""
        frozen = self._engine.judged(self._take())
        self._judged = frozen, self._engine.wrong(frozen, generator, self._state)
        return self._engine.discriminator_objective(self._state, *self._judged)

    def look_again(self, critic, carried):
        """Returns D's statistics after another look at the batch that it judged last."""
        return self._engine.look_again(*self._judged, critic, carried)

    def generator_objective(self, critic, carried):
        """Returns G's objective on fresh batches, frozen together."""
        parts = [self._take() for _ in range(self._engine.config.frozen_batches)]
        frozen = {name: ops.concatenate([part[name] for part in parts]) for name in parts[0]}
        against = replace(self._state, discriminator=critic, discriminator_statistics=carried)
        return self._engine.generator_objective(against, frozen, self._weights)


def players(state):
    """The two networks of a State as (generator, discriminator), `radius.Player`s.

    What Adam has found of their gradients' sizes, they begin with.
    """
    return tuple(
        _player(*(getattr(state, f"{name}{part}") for part in ("", *_PARTS)))
        for name in ("generator", "discriminator")
    )


_PARTS = ("_statistics", "_adam", "_memory")


def _player(theta, statistics, by_adam, memory):
    if memory:
        return radius.Player(theta, statistics, radius.Memory(*memory))
    return radius.enter(theta, statistics, *adam.square(by_adam))
