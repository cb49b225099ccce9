"""Photos on their way: read and labelled in a process of their own.

While this process imports TensorFlow, compiles and learns, that one draws pseudo-masks; Python
could do only one of the two at a time.

    this process -> reader    what to read, pickled
    reader -> this process    `datasets.Part`s, pickled, then None; or the error that ended it
"""

import os
import pickle
import signal
import subprocess
import sys
import threading

from gecat.errors import UserError
from gecat.files import PACKAGE
from gecat.images.datasets import Growing, photo_parts
from gecat.training.teacher import network_teacher


class Arriving:
    """The photos of one source, as they come.

    Args:
        source, size, cache, limit, seed: as for `datasets.load_photos`.
        prior: the kind of pseudo-mask; teacher: a weights file that makes them instead, or None.
        progress: called with (photos done, photos in all), on a thread of its own, or None.
    """

    def __init__(self, source, size, *, prior, teacher, cache, limit, seed, progress=None):
        self._source = source
        self._progress = progress
        self._there, self._ended, self._error = None, False, None
        self._changed = threading.Condition()
        paths = filter(None, (str(PACKAGE.parent), os.environ.get("PYTHONPATH")))
        self._process = subprocess.Popen(
            [sys.executable, "-m", __name__],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(paths)},
        )
        options = {"prior": prior, "cache": cache, "limit": limit, "seed": seed}
        pickle.dump((source, size, teacher, options), self._process.stdin)
        self._process.stdin.flush()
        self._thread = threading.Thread(target=self._receive, name="photos", daemon=True)
        self._thread.start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._process.kill()
        self._process.wait()
        self._thread.join()
        self._process.stdin.close()
        self._process.stdout.close()

    @property
    def complete(self):
        """Whether all photos are there."""
        return self._ended and self._error is None

    def check(self):
        """Raises what ended the reading too early, if anything has."""
        if self._error is not None:
            raise self._error

    def photos(self):
        """Waits for all photos.

        Returns:
            `datasets.Photos`.

        Raises:
            ImageError: as `datasets.load_photos`.
        """
        self._wait_for(lambda: self._ended)
        return self._there.finished(self._source)

    def first(self, count):
        """Waits for so many photos, or for all where they are fewer.

        Returns:
            `datasets.Growing`, which goes on growing.

        Raises:
            ImageError: as `datasets.load_photos`.
        """
        self._wait_for(lambda: self._there is not None and len(self._there.names) >= count)
        self._there.finished(self._source)
        return self._there

    def _wait_for(self, enough):
        with self._changed:
            self._changed.wait_for(lambda: self._ended or enough())
        self.check()

    def _receive(self):
        try:
            # It is our own process that is believed here; strangers' files it reads in others.
            while (told := pickle.load(self._process.stdout)) is not None:
                if isinstance(told, BaseException):
                    raise told
                self._add(told)
        except EOFError:
            self._error = RuntimeError("the process that reads photos has ended")
        except BaseException as error:
            self._error = error
        with self._changed:
            self._ended = True
            self._changed.notify_all()

    def _add(self, part):
        with self._changed:
            if self._there is None:
                self._there = Growing(part)
            else:
                self._there.add(part.photos)
            self._changed.notify_all()
        if self._progress is not None and part.photos.names:
            self._progress(len(self._there.names), part.total)


def send_photos():
    """Reads what standard input asks for, and sends it by standard output."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for whoever asks
    asked, out = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever else is printed
    source, size, teacher, options = pickle.load(asked)
    threading.Thread(target=_end_after, args=[asked.fileno()], daemon=True).start()

    def send(thing):
        pickle.dump(thing, out, pickle.HIGHEST_PROTOCOL)
        out.flush()

    try:
        if teacher is not None:
            options["prior"] = network_teacher(teacher)
        for part in photo_parts(source, size, **options):
            send(part)
        send(None)
    except (UserError, OSError, MemoryError) as error:
        send(error)


def _end_after(asked):
    """Ends this process when whoever asked has ended."""
    while os.read(asked, 1):
        pass
    os._exit(1)


if __name__ == "__main__":
    send_photos()
