"""Rounds of self-training: G labels all photos while it learns, and GrabCut draws the masks' edges.

The pseudo-masks are renewed as often as GrabCut can follow: it runs in processes of its own, on
files that all of them share, and learning goes on from what is there.
"""

from pathlib import Path

import cv2
import numpy as np

from gecat.images.sizes import resized
from gecat.inference.sharpening import lean, sharpening_cut
from gecat.overlap import processes, usable_cores

CUT_SIDE = 192  # GrabCut's time is that of the pixels
_ROWS_PER_TASK = 32


class Renewal:
    """Keeps a run's pseudo-masks young.

    Args:
        engine: an `engine.Engine`.
        photos: `datasets.Photos` with priors, which are written over as renewals end.
        folder: where the files that the processes share go; what an earlier part of the run has
            left there is taken up.
        workers: processes that run GrabCut; as many as cores but two by default.

    Attributes:
        rounds: how often the pseudo-masks were renewed.
    """

    def __init__(self, engine, photos, folder, workers=None):
        self.rounds = 0
        self._engine, self._photos, self._folder = engine, photos, Path(folder)
        self._workers = workers or max(1, usable_cores() - 2)
        self._executor, self._pending = None, []
        if (self._folder / "cuts.npy").exists():
            self._take_over()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self._executor is not None:
            self._executor.shutdown(cancel_futures=True)

    @property
    def under_way(self):
        """Whether a round has begun and not ended."""
        return bool(self._pending)

    def look(self, state, progress):
        """Called between two cycles: takes over what is done, and begins anew while it is time."""
        config = self._engine.config
        if self._pending and all(task.done() for task in self._pending):
            for task in self._pending:
                task.result()
            self._pending = []
            for name in ("soft", "cuts"):
                (self._folder / f"{name}.new.npy").replace(self._folder / f"{name}.npy")
            self._take_over()
            self.rounds += 1
        if not self._pending and config.renew_from <= progress < config.renew_until:
            self._begin(state)

    def _begin(self, state):
        self._folder.mkdir(parents=True, exist_ok=True)
        if self._executor is None:
            np.save(self._folder / "photos.npy", self._photos.images)
            self._executor = processes(self._workers)
        soft = self._engine.label(state, self._photos.images)
        np.save(self._folder / "soft.new.npy", soft)
        np.lib.format.open_memmap(self._folder / "cuts.new.npy", "w+", np.uint8, soft.shape).flush()
        self._pending = [
            self._executor.submit(cut_rows, str(self._folder), start, start + _ROWS_PER_TASK)
            for start in range(0, len(soft), _ROWS_PER_TASK)
        ]

    def _take_over(self):
        """Puts the generator's masks, leaning to GrabCut's, in the place of the pseudo-masks."""
        soft, cuts = (np.load(self._folder / f"{name}.npy") for name in ("soft", "cuts"))
        if soft.shape == self._photos.priors.shape:
            self._photos.priors[:] = leaning(soft, cuts)


def leaning(soft, cuts):
    """The generator's masks, leaning to GrabCut's; all uint8 (N, S, S)."""
    levels = np.arange(256, dtype=np.float32) / 255.0
    sides = [lean(levels, np.full(256, is_object)) for is_object in (False, True)]
    table = np.round(np.stack(sides) * 255.0).astype(np.uint8)
    return table[(cuts > 127).astype(np.uint8), soft]


def cut_rows(folder, start, stop):
    """Draws the masks of some photos along their edges; runs in a worker.

    Args:
        folder: holds photos.npy, soft.new.npy, and cuts.new.npy, which is written to.
        start, stop: the first photo, and the one after the last.
    """
    cv2.setNumThreads(1)
    folder = Path(folder)
    photos = np.load(folder / "photos.npy", mmap_mode="r")
    soft = np.load(folder / "soft.new.npy", mmap_mode="r")
    cuts = np.load(folder / "cuts.new.npy", mmap_mode="r+")
    side = photos.shape[1]
    for index in range(start, min(stop, len(photos))):
        photo, mask = photos[index], soft[index]
        if side > CUT_SIDE:
            photo, mask = (resized(picture, CUT_SIDE, CUT_SIDE) for picture in (photo, mask))
        cut = sharpening_cut(photo, mask / np.float32(255.0)) * np.uint8(255)
        cuts[index] = cv2.resize(cut, (side, side), interpolation=cv2.INTER_LINEAR)
    cuts.flush()
