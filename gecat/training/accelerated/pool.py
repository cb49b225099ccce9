"""Photos and their pseudo-masks in files that many processes share; GrabCut beside the training."""

import multiprocessing
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import cv2
import numpy as np

from gecat.inference.sharpening import lean, sharpening_cut

SIDE = 256  # photos are squashed to this square, pixels
CUT_SIDE = 192  # GrabCut's time is that of the pixels
_ROWS_PER_TASK = 32


class Pool:
    """Photos (N, S, S, 3), the generator's masks and GrabCut's (N, S, S), all uint8 on disk.

    GrabCut runs in processes of its own while the accelerator learns from what is there already.
    """

    def __init__(self, folder, workers):
        self.folder = Path(folder)
        self.photos = np.load(self.folder / "photos.npy", mmap_mode="r")
        self._workers = ProcessPoolExecutor(workers, multiprocessing.get_context("spawn"))
        self._pending = []

    def __len__(self):
        return len(self.photos)

    def priors(self):
        """Returns pseudo-masks, uint8 (N, S, S): the generator's, leaning to GrabCut's."""
        levels = np.arange(256, dtype=np.float32) / 255.0
        sides = [lean(levels, np.full(256, is_object)) for is_object in (False, True)]
        table = np.round(np.stack(sides) * 255.0).astype(np.uint8)
        return table[(self.read_cuts() > 127).astype(np.uint8), self.read_soft()]

    def read_soft(self):
        """Returns the generator's masks, uint8 (N, S, S)."""
        return np.load(self.folder / "soft.npy")

    def write_soft(self, soft):
        """Keeps the generator's masks, uint8 (N, S, S)."""
        np.save(self.folder / "soft.npy", soft)

    def read_cuts(self):
        """Returns GrabCut's masks, uint8 (N, S, S)."""
        return np.load(self.folder / "cuts.npy")

    def write_cuts(self, cuts):
        """Keeps GrabCut's masks, uint8 (N, S, S)."""
        np.save(self.folder / "cuts.npy", cuts)

    def start_cutting(self):
        """Begins to draw every mask along its photo's edges; `finished` tells when it is done."""
        np.lib.format.open_memmap(
            self.folder / "cuts.new.npy", "w+", np.uint8, self.photos.shape[:3]
        ).flush()
        self._pending = [
            self._workers.submit(cut_rows, str(self.folder), start, start + _ROWS_PER_TASK)
            for start in range(0, len(self), _ROWS_PER_TASK)
        ]

    @property
    def cutting(self):
        return bool(self._pending)

    def finished(self):
        """Returns whether a cutting has come to its end; then the new cuts are in place."""
        if not self._pending or not all(task.done() for task in self._pending):
            return False
        for task in self._pending:
            task.result()
        self._pending = []
        (self.folder / "cuts.new.npy").replace(self.folder / "cuts.npy")
        return True

    def close(self):
        self._workers.shutdown(wait=False, cancel_futures=True)


def cut_rows(folder, start, stop):
    """Draws the masks of some photos along their edges; runs in a worker."""
    cv2.setNumThreads(1)
    photos = np.load(Path(folder) / "photos.npy", mmap_mode="r")
    soft = np.load(Path(folder) / "soft.npy", mmap_mode="r")
    cuts = np.load(Path(folder) / "cuts.new.npy", mmap_mode="r+")
    for index in range(start, min(stop, len(photos))):
        small = (CUT_SIDE, CUT_SIDE)
        photo = cv2.resize(photos[index], small, interpolation=cv2.INTER_AREA)
        mask = cv2.resize(soft[index], small, interpolation=cv2.INTER_AREA) / np.float32(255.0)
        cut = sharpening_cut(photo, mask) * np.uint8(255)
        cuts[index] = cv2.resize(cut, (SIDE, SIDE), interpolation=cv2.INTER_LINEAR)
    cuts.flush()


def fill(folder, pictures):
    """Squashes photos to squares and keeps them.

    Args:
        folder: where the files of the Pool go.
        pictures: list of uint8 (H, W, 3).
    """
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    squares = [cv2.resize(x, (SIDE, SIDE), interpolation=cv2.INTER_AREA) for x in pictures]
    np.save(folder / "photos.npy", np.stack(squares))
