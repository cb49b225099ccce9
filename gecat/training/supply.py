"""Batches in order, made on threads of their own while the last ones are learned from."""

from collections import deque
from concurrent.futures import ThreadPoolExecutor

from gecat.images.augmentation import augment
from gecat.images.batches import shuffled_batch
from gecat.overlap import usable_cores

_CORES_A_THREAD = 2  # the others compute


class Ahead:
    """Makes numbered things on threads before they are asked for.

    Args:
        make: number -> thing; start: the first number.

    Attributes:
        number: of the next thing.
    """

    def __init__(self, make, start):
        self.number = start
        self._make = make
        threads = max(1, usable_cores() // _CORES_A_THREAD)
        self._executor = ThreadPoolExecutor(threads)
        self._coming = deque(self._executor.submit(make, start + i) for i in range(threads))

    def take(self):
        """Returns the next thing."""
        thing = self._coming.popleft().result()
        self.number += 1
        self._coming.append(self._executor.submit(self._make, self.number + len(self._coming)))
        return thing

    def close(self):
        """Lets go of the threads; what was made and not taken is lost."""
        self._executor.shutdown(cancel_futures=True)


class Supply:
    """Hands out a run's batches.

    Args:
        engine: an `engine.Engine`.
        photos: `datasets.Photos` with priors.
        start: the number of the first batch.
    """

    def __init__(self, engine, photos, start):
        self._engine = engine
        self._photos = photos
        self._ahead = Ahead(self._make, start)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        """Lets go of the threads."""
        self._ahead.close()

    @property
    def number(self):
        """The number of the next batch."""
        return self._ahead.number

    def show(self):
        """Returns the next frozen batch as it would be without labels of the average's own."""
        return self._frozen(self._make(self.number), self.number)

    def take(self, state, progress):
        """Returns the next frozen batch, labelled by the average where it is time for that."""
        config, number = self._engine.config, self.number
        batch = self._ahead.take()
        if progress >= config.relabel_from:
            batch = self._engine.relabel(state, batch)
        return self._frozen(batch, number)

    def _frozen(self, batch, number):
        return self._engine.freeze(batch, (self._engine.config.seed, number, 2))

    def _make(self, number):
        config = self._engine.config
        return augment(
            shuffled_batch(self._photos, config.batch_size, config.seed, number),
            (config.seed, number, 1),
            config.size,
            sides=(config.crop_smallest, config.crop_largest),
            recolouring=config.recolouring,
            painted_over=config.painted_over,
        )
