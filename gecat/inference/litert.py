"""The networks as LiteRT runs them: TensorFlow's small runtime, which needs nothing of TensorFlow.

`gecat export --to litert` makes its files of weights, and calls them by the weights' digest. LiteRT
trusts whatever it reads, so a file is taken only where it ships, and only for the very weights that
it was made of; all others are served by Keras.
"""

import threading
from collections.abc import Mapping
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import numpy as np

from gecat.files import AnyPath, asset
from gecat.model.weights import litert_name
from gecat.overlap import usable_cores
from gecat.quiet import no_standard_error

REST_SECONDS = 20.0  # after which all but one of the interpreters that wait go: 70 MB each


def shipped_litert(weights: Path) -> Path | None:
    """Finds the LiteRT file of weights that ship.

    Args:
        weights: path of a weights file.

    Returns:
        its path; None for weights that do not ship, where there is no such file, or where no wheel
        of the runtime is installed.
    """
    folder = weights.resolve().parent
    if folder != asset("weights").resolve() or not weights.is_file():
        return None
    path = folder / litert_name(weights)
    return path if path.is_file() and _is_installed() else None


class Interpreters:
    """Runs a LiteRT file for any threads at once, and for pictures of any size.

    An interpreter serves one call at a time, and as many calls run as there are cores: more would
    take memory and gain no time. Those at rest are kept for a while, and the one that saw the same
    size last is taken first.

    Args:
        path: of the file; we trust it.
        threads: of each interpreter. One is best: photos share the cores.
    """

    def __init__(self, path: Path, threads: int = 1) -> None:
        self._path = str(path)
        self._threads = threads
        self._places = threading.BoundedSemaphore(usable_cores())
        self._lock = threading.Lock()
        self._has_run = False
        self._idle: list[tuple[tuple[int, ...], Any]] = []  # the latest is last
        self._rest_follows = False

    def __call__(self, signature: str, **inputs: np.ndarray) -> Mapping[str, np.ndarray]:
        """Runs one signature on float32 arrays (1, H, W, C) by name; its outputs by name."""
        shape = next(iter(inputs.values())).shape
        with self._places:
            interpreter = self._take(shape)
            try:
                with self._silence():
                    return interpreter.get_signature_runner(signature)(**inputs)
            finally:
                self._put_back(shape, interpreter)

    def _silence(self):
        """The first call tells on standard error what computes."""
        with self._lock:
            first, self._has_run = not self._has_run, True
        return no_standard_error() if first else nullcontext()

    def _take(self, shape):
        with self._lock:
            shapes = [seen for seen, _ in self._idle]
            if shapes:
                # One of another size is resized, the one that rests longest.
                return self._idle.pop(shapes.index(shape) if shape in shapes else 0)[1]
        return interpreter_of(self._path, self._threads)

    def _put_back(self, shape, interpreter):
        with self._lock:
            self._idle.append((shape, interpreter))
            if self._rest_follows or len(self._idle) == 1:
                return
            self._rest_follows = True
        timer = threading.Timer(REST_SECONDS, self._rest)
        timer.daemon = True
        timer.start()

    def _rest(self):
        """Gives up what waits, but for the latest; in a crowd little does."""
        with self._lock:
            self._rest_follows = False
            given_up, self._idle = self._idle[:-1], self._idle[-1:]
        given_up.clear()  # outside of the lock, for it takes a while


def interpreter_of(path: AnyPath, threads: int = 1) -> Any:
    """Returns LiteRT's own interpreter of a file, which we trust."""
    from ai_edge_litert.interpreter import Interpreter

    return Interpreter(model_path=str(path), num_threads=threads)


def _is_installed():
    try:
        import ai_edge_litert.interpreter  # noqa: F401
    except ImportError:  # no wheel for this machine
        return False
    return True
