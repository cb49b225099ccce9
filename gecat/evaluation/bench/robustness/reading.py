"""Reads hostile files as the app does, in a child whose errors are written down."""

import contextlib
import os
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from gecat.errors import UserError
from gecat.evaluation.bench.robustness.archives import (
    hostile_archive,
    hostile_array,
    hostile_weights,
)
from gecat.evaluation.bench.robustness.photos import hostile_photo
from gecat.images import decoding
from gecat.images.sources import spread

SEED = 17
KINDS = ("photo", "archive", "array", "weights")
SHARES = (0.84, 0.09, 0.05, 0.02)
ENDINGS = {"photo": "png", "archive": "zip", "array": "npy", "weights": "safetensors"}
PROBED = 40  # members that the app looks at
SMALL = {"generator_widths": (8, 16), "discriminator_widths": (8, 16)}


@dataclass(frozen=True)
class Outcome:
    """What became of a file: how it was read, or why not.

    Attributes:
        number: of the file; what: it was; told: "read", an error's code, or a fault's text.
        seconds: that it took; is_fault: whether nobody had expected the error.
    """

    number: int
    what: str
    told: str
    seconds: float
    is_fault: bool = False


def kind_of(number: int) -> str:
    """Returns what kind of file has this number: one of KINDS."""
    return KINDS[np.random.default_rng((SEED, number, 0)).choice(len(KINDS), p=SHARES)]


def hostile_file(number: int, weights: bytes) -> tuple[str, bytes]:
    """Returns (what it is, its bytes), the same for the same number.

    Args:
        number: of the file; weights: of a file that is sound.
    """
    rng = np.random.default_rng((SEED, number, 1))
    kind = kind_of(number)
    if kind == "weights":
        return hostile_weights(rng, weights)
    makers = {"photo": hostile_photo, "archive": hostile_archive, "array": hostile_array}
    return makers[kind](rng)


def begin(log: str) -> None:
    """Sends the errors of this process, and of the readers that it begins, to a file."""
    errors = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    os.dup2(errors, sys.stderr.fileno())
    os.nice(5)  # who attacks has a machine of his own


def sound_weights(folder: str) -> bytes:
    """Returns the bytes of a weights file of small networks."""
    from gecat.config import preset
    from gecat.model.registry import build_discriminator, build_generator
    from gecat.model.weights import save_weights

    path, config = Path(folder) / "sound.safetensors", preset("small", **SMALL)
    save_weights(path, config, build_generator(config), build_discriminator(config))
    return path.read_bytes()


def read_files(numbers: list[int], folder: str, weights: bytes) -> list[Outcome]:
    """Reads the files of these numbers one after another; none stays."""
    return [read_file(number, folder, *hostile_file(number, weights)) for number in numbers]


def read_file(number: int, folder: str, what: str, data: bytes) -> Outcome:
    """Reads one file as the app does.

    Args:
        number: of the file; folder: where to put it; what: it is; data: its bytes.
    """
    kind = kind_of(number)
    path = Path(folder) / f"{number}.{ENDINGS[kind]}"
    path.write_bytes(data)
    began, is_fault = time.monotonic(), False
    try:
        _read(kind, path)
        told = "read"
    except UserError as error:
        str(error)  # the sentence can be said
        told = error.code
    except BaseException as error:  # whatever it is, it is what is looked for
        told, is_fault = repr(error)[:300], True
    finally:
        path.unlink()
    return Outcome(number, what, told, time.monotonic() - began, is_fault)


def _read(kind, path):
    if kind == "photo":
        decoding.read_image(path)
    elif kind == "weights":
        from gecat.model.weights import load_weights

        load_weights(path)
    else:
        with decoding.open_source(path, size=0) as members:
            for index in spread(range(len(members)), PROBED) if len(members) else ():
                with contextlib.suppress(UserError):
                    members[index].read()
