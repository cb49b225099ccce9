"""Segments many files; a bad one is named and never ends the batch, and Ctrl-C tells what was."""

import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

import numpy as np
from tqdm import tqdm

from gecat.errors import ImageError, is_out_of_memory, told_of
from gecat.files import AnyPath, write_atomically
from gecat.images.reading import read_first
from gecat.inference.products import ENDINGS, Product
from gecat.inference.targets import STREAM, Plan, plan

Item = TypeVar("Item")
# From a uint8 photo (H, W, 3 or 4) to its mask (H, W) in [0, 1].
Predict = Callable[[np.ndarray], np.ndarray]
PROGRESS_AFTER_SECONDS = 2


@dataclass
class Outcome:
    """What came of a batch.

    Attributes:
        written: where results are; None is standard output.
        failed: how many photos have none.
        interrupted: whether Ctrl-C ended it early.
    """

    written: list[Path | None] = field(default_factory=list)
    failed: int = 0
    interrupted: bool = False


def segment_files(
    predict: Predict, paths: Iterable[AnyPath], out: AnyPath, what: str = "mask"
) -> tuple[int, int]:
    """Writes `<stem>.png` into a folder for each picture, at the picture's own size.

    What goes wrong with one file is told on stderr, with its name and the reason. Two pictures of
    one stem are both kept, the second as `<stem>-2.png`; a file that was given as input is never
    overwritten, nor is any other that is no result of an earlier run.

    Args:
        predict: function from a uint8 photo (H, W, 3 or 4) to its mask (H, W) in [0, 1].
        paths: files, and folders of which every visible file is taken.
        out: the folder to write to; made when there is something to write.
        what: "mask" (8-bit, probability times 255), "cutout" (RGBA) or "overlay" (RGB).

    Returns:
        (written, failed): how many files of each.

    Raises:
        ValueError: if `what` is none of these.
        UserError: if the folders hold no file.
        OSError: if the folder cannot be made.
    """
    product = Product(what)
    outcome = carry_out(predict, plan(paths, out, ENDINGS[product.kind]), product)
    if outcome.interrupted:
        raise KeyboardInterrupt
    return len(outcome.written), outcome.failed


def carry_out(predict: Predict, work: Plan, product: Product) -> Outcome:
    """Segments the photos of a plan, and tells on stderr what people should know of them.

    Args:
        predict: as for `segment_files`; work: the Plan; product: what to make.

    Returns:
        Outcome.
    """
    outcome, notes = Outcome(), list(work.notes)
    try:
        for task in with_progress(work.tasks):
            try:
                source = sys.stdin.buffer if str(task.source) == STREAM else task.source
                photo, more = read_first(source)
                data = product.encoded(photo, predict(photo))
                _write(data, task.target)
            except Exception as error:
                if not (isinstance(error, (ImageError, OSError)) or is_out_of_memory(error)):
                    raise
                notes.append(f"{task.source}: {told_of(error) or error}")
                outcome.failed += 1
                continue
            outcome.written.append(task.target)
            if more:
                notes.append(f"{task.source}: it holds several pictures, the first was taken")
    except KeyboardInterrupt:
        outcome.interrupted = True
    for note in notes:  # after the progress bar, which they would tear apart
        print(note, file=sys.stderr)
    return outcome


def with_progress(items: Iterable[Item], label: str | None = None) -> Iterable[Item]:
    """Goes through photos, with a progress bar on stderr once it takes longer than a moment."""
    return tqdm(
        items, label, unit="photo", delay=PROGRESS_AFTER_SECONDS, mininterval=0.5, file=sys.stderr
    )


def _write(data, target):
    if target is None:
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
    else:
        write_atomically(target, data)
