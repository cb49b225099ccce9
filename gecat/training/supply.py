"""Batches in order, augmented on threads of their own while the last ones are learned from."""

import os
from collections import deque
from concurrent.futures import ThreadPoolExecutor

from gecat.images.augmentation import augment
from gecat.images.datasets import batch_indices, gather

_CORES_A_THREAD = 2  # the others compute


class Supply:
    """Hands out a run's batches, the next ones being made meanwhile.

    Args:
        engine: an `epoch.Engine`.
        photos: `datasets.Photos` with priors.
        start: the number of the first batch.

    Attributes:
        number: of the next batch.
    """

    def __init__(self, engine, photos, start):
        self.number = start
        self._engine = engine
        self._photos = photos
        threads = max(1, (os.cpu_count() or 1) // _CORES_A_THREAD)
        self._executor = ThreadPoolExecutor(threads)
        self._coming = deque(
            self._executor.submit(self._make, start + ahead) for ahead in range(threads)
        )

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._executor.shutdown(cancel_futures=True)

    def take(self, state, progress):
        """Returns the next frozen batch, labelled by the average where it is time for that."""
        batch, number = self._coming.popleft().result(), self.number
        self._coming.append(self._executor.submit(self._make, number + len(self._coming) + 1))
        self.number += 1
        config = self._engine.config
        if progress >= config.relabel_from:
            batch = self._engine.relabel(state, batch)
        return self._engine.freeze(batch, (config.seed, number, 2))

    def _make(self, number):
        config = self._engine.config
        index = batch_indices(len(self._photos.names), config.batch_size, config.seed, number)
        return augment(gather(self._photos, index), (config.seed, number, 1), config.size)
