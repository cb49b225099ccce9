"""Reads strangers' files in small processes: a hostile one costs its sender a sentence.

A server, a process without TensorFlow that has seen no file, forks for every photo, and for every
archive, one that reads it within limits of memory, time and output (`readers`). So no file meets
the memory of another, what a decoder takes goes back to the machine, and one that dies costs nobody
else anything. Where processes cannot be forked (Windows), files are read in this one.

    this process -> server -> reader        a line of JSON each way, then an array's bytes
"""

import contextlib
import functools
import logging
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from dataclasses import astuple
from functools import partial

import numpy as np

from gecat.errors import ImageError, UserError
from gecat.files import PACKAGE, AnyPath
from gecat.images import reading, sources
from gecat.images.limits import VARIABLE, Limits, limits_in_use
from gecat.images.messages import fill, receive, send

BYTES_PER_PIXEL = 18  # of the largest picture, above what the server itself has; WebP takes 17
SECONDS = 15  # of the processor, for one answer
WAIT_SECONDS = 60  # for one answer, on a busy machine
READERS = 2  # photos that are read at a time
DEATHS = 3  # of readers of one archive
LONGEST_SAYING = 2000  # bytes of what a decoder says that are logged together
FORKS = hasattr(os, "fork") and hasattr(socket, "send_fds")

log = logging.getLogger(__name__)


def read_image(source: AnyPath | bytes, limits: Limits | None = None) -> np.ndarray:
    """Reads a picture as `reading.read_image` does, in a process of its own.

    Args:
        source: path of a file, or its bytes; limits: Limits.

    Returns:
        uint8 array (H, W, 3).

    Raises:
        ImageError: as `reading.read_image`, and if it takes too much time or memory.
    """
    if not FORKS:
        return reading.read_image(source, limits)
    return _read_alone("image", source, limits)


def read_first(source: AnyPath | bytes, limits: Limits | None = None) -> tuple[np.ndarray, bool]:
    """Reads a photo as `reading.read_first` does, in a process of its own.

    Args, Returns, Raises: as there.
    """
    if not FORKS:
        return reading.read_first(source, limits)
    return _read_alone("first", source, limits)


def read_mask(source: AnyPath | bytes, limits: Limits | None = None) -> np.ndarray:
    """Reads a mask as `reading.read_mask` does, in a process of its own.

    Args, Returns, Raises: as there.
    """
    if not FORKS:
        return reading.read_mask(source, limits)
    return _read_alone("mask", source, limits)


def read_opacity(source: AnyPath | bytes, limits: Limits | None = None) -> np.ndarray:
    """Reads a picture's opacity as `reading.read_opacity` does, in a process of its own.

    Args, Returns, Raises: as there.
    """
    if not FORKS:
        return reading.read_opacity(source, limits)
    return _read_alone("opacity", source, limits)


@contextlib.contextmanager
def open_source(
    source: AnyPath, size: int, scenes: int | None = None, seed: int = 0
) -> Iterator[Sequence[sources.Member]]:
    """The members of a source as `sources.open_source` gives them, read in a process of its own.

    Args, Returns, Raises: as there.
    """
    if source == "scenes" or not FORKS:
        with sources.open_source(source, size, scenes, seed) as members:
            yield members
        return
    with contextlib.closing(_Members(source)) as members:
        members.open()
        yield members


class _Members(Sequence):
    """A sequence of Members that a reader gives; where it dies, another takes its place."""

    def __init__(self, source):
        self._source = str(source)
        self._reader = None
        self._deaths = 0
        self._count, self.found = 0, None

    def open(self):
        self.found = sources.Found(*self._ask("open", 0)["found"])
        self._count = self.found.photos

    def __len__(self):
        return self._count

    def __getitem__(self, index):
        if not 0 <= index < self._count:
            raise IndexError(index)
        name, has_mask = self._ask("name", index)
        mask = partial(self._ask, "member mask", index) if has_mask else None
        return sources.Member(name, partial(self._ask, "member", index), mask)

    def close(self):
        if self._reader is not None:
            self._reader.close()

    def _ask(self, what, index):
        if self._deaths >= DEATHS:
            raise _too_costly()
        try:
            if self._reader is None:
                self._reader = _server().connect()
                count = _ask(self._reader, {"do": "open", "source": self._source})
                if what == "open":
                    return count
            return _ask(self._reader, {"do": what, "source": self._source, "index": int(index)})
        except EOFError:
            self.close()
            self._reader = None
            self._deaths += 1
            raise _too_costly() from None


def _too_costly():
    """The error for a file that took more than it may."""
    return ImageError("image.too_costly")


def _read_alone(what, source, limits):
    request = {"do": what, "limits": astuple(limits or limits_in_use())}
    data = source if isinstance(source, bytes) else b""
    request |= {"bytes": len(data)} if data else {"path": str(source)}
    server = _server()
    with server.turn, server.connect() as reader:
        try:
            return _ask(reader, request, data)
        except EOFError:
            raise _too_costly() from None


def _ask(reader, request, data=b""):
    """What a reader answers: an array, or whatever JSON holds.

    Raises:
        ImageError: where it answers with one; EOFError: where it does not answer.
    """
    try:
        send(reader, request, data)
        answer = receive(reader)
        if "error" in answer:
            raise UserError.from_dict(answer["error"])
        if "shape" not in answer:
            return answer["value"]
        shape = tuple(map(int, answer["shape"]))
        array = np.empty(_checked(shape), np.uint8)
        fill(reader, memoryview(array).cast("B"))
        return (array, bool(answer["more"])) if "more" in answer else array
    except (OSError, ValueError, KeyError, TypeError) as error:
        if isinstance(error, UserError):
            raise
        raise EOFError from error


def _checked(shape):
    """A picture's shape, where a picture may have it: the reader is not believed either."""
    fits = len(shape) in (2, 3) and min(shape) > 0 and shape[2:] in ((), (3,), (4,))
    if not fits or shape[0] * shape[1] > limits_in_use().max_pixels:
        raise ValueError(f"no picture, received {shape}")
    return shape


class _Server:
    """The process that forks readers; another is begun where it has ended.

    Args:
        memory, seconds: limits of a reader; by default enough memory for the largest picture.

    Attributes:
        turn: held by whoever reads a photo.
    """

    def __init__(self, memory=None, seconds=SECONDS):
        memory = memory or BYTES_PER_PIXEL * max(limits_in_use().max_pixels, 64_000_000)
        self._limits = [str(memory), str(seconds)]
        self.turn = threading.BoundedSemaphore(READERS)
        self._lock = threading.Lock()
        self._process = self._control = None

    def connect(self):
        """A socket to a new reader."""
        ours, theirs = socket.socketpair()
        ours.settimeout(WAIT_SECONDS)
        with self._lock, theirs:
            try:
                socket.send_fds(self._living(), [b"."], [theirs.fileno()])
            except OSError:  # it has just ended
                self._end()
                socket.send_fds(self._living(), [b"."], [theirs.fileno()])
        return ours

    def _living(self):
        if self._process is not None and self._process.poll() is not None:
            self._end()
        if self._process is None:
            self._control, theirs = socket.socketpair()
            with theirs:
                words = [sys.executable, "-m", "gecat.images.readers", str(theirs.fileno())]
                self._process = subprocess.Popen(
                    [*words, *self._limits],
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.PIPE,
                    env=_environment(),
                    pass_fds=(theirs.fileno(),),
                )
            threading.Thread(target=_log_all, args=[self._process.stderr], daemon=True).start()
        return self._control

    def _end(self):
        self._control.close()
        self._process.kill()
        self._process.wait()
        self._process = None


def _log_all(output):
    """Logs what decoders say of strangers' files: who keeps a log bounds it."""
    with output:
        while said := output.read1(LONGEST_SAYING):
            log.warning("a reader says: %s", said.decode(errors="replace").strip())


@functools.cache
def _server():
    return _Server()


def _environment():
    """Nothing that could be shown to anybody.

    Small pieces of memory are not kept aside, so that `tiff` can fill all of it; large ones come in
    large pages, or a new process would spend half of its time on getting them.
    """
    return {
        **({VARIABLE: os.environ[VARIABLE]} if VARIABLE in os.environ else {}),
        "PATH": os.defpath,
        "PYTHONPATH": str(PACKAGE.parent),
        "OPENBLAS_NUM_THREADS": "1",
        "GLIBC_TUNABLES": "glibc.malloc.tcache_count=0:glibc.malloc.hugetlb=1",
    }
