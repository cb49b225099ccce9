"""Segments many files, as many at a time as there are cores.

A bad file is named and never ends the batch, and Ctrl-C tells what was done.
"""

import sys
import threading
from collections.abc import Callable, Iterable
from contextlib import closing, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

import numpy as np
from tqdm import tqdm

from gecat.errors import ImageError, is_out_of_memory, told_of
from gecat.files import AnyPath, write_atomically
from gecat.images.reading import read_first
from gecat.images.sizes import LARGE_PIXELS
from gecat.inference.products import ENDINGS, Product
from gecat.inference.targets import STREAM, Plan, Task, plan
from gecat.overlap import overlapped, usable_cores

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


@dataclass(frozen=True)
class _Result:
    """What came of one photo, and what is told of it."""

    task: Task
    written: bool
    note: str | None


def segment_files(
    predict: Predict, paths: Iterable[AnyPath], out: AnyPath, what: str = "mask"
) -> tuple[int, int]:
    """Writes `<stem>.png` into a folder for each picture, at the picture's own size.

    What goes wrong with one file is told on stderr, with its name and the reason. Two pictures of
    one stem are both kept, the second as `<stem>-2.png`; a file that was given as input is never
    overwritten, nor is any other that is no result of an earlier run.

    Args:
        predict: function from a uint8 photo (H, W, 3 or 4) to its mask (H, W) in [0, 1]; called on
            several threads.
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


def carry_out(
    predict: Predict, work: Plan, product: Product, workers: int | None = None
) -> Outcome:
    """Segments the photos of a plan, and tells on stderr what people should know of them.

    Args:
        predict: as for `segment_files`; work: the Plan; product: what to make.
        workers: photos at a time at most, or None for one a core.

    Returns:
        Outcome.
    """
    large = threading.Lock()
    results: dict[int, _Result] = {}  # by the number of the task

    def do(numbered):
        number, task = numbered
        results[number] = _result(predict, task, product, large)

    numbered = list(enumerate(work.tasks))
    interrupted = False
    try:
        workers = min(workers or usable_cores(), max(1, len(numbered)))
        with closing(overlapped(do, numbered, workers)) as done:
            for _ in with_progress(done, total=len(numbered)):
                pass
    except KeyboardInterrupt:  # what was begun is finished by now
        interrupted = True
    return _outcome(work, results, interrupted)


def _result(predict, task, product, large):
    """Segments one photo of a plan; large ones take turns, since each takes much memory."""
    try:
        source = sys.stdin.buffer if str(task.source) == STREAM else task.source
        photo, more = read_first(source)
        with large if photo.shape[0] * photo.shape[1] > LARGE_PIXELS else nullcontext():
            data = product.encoded(photo, predict(photo))
        _write(data, task.target)
    except Exception as error:
        if not (isinstance(error, (ImageError, OSError)) or is_out_of_memory(error)):
            raise
        return _Result(task, False, told_of(error) or str(error))
    return _Result(task, True, "it holds several pictures, the first was taken" if more else None)


def _outcome(work, results, interrupted):
    """Tells on stderr what people should know, and sums up."""
    outcome, notes = Outcome(interrupted=interrupted), list(work.notes)
    for _, result in sorted(results.items()):
        if result.note:
            notes.append(f"{result.task.source}: {result.note}")
        if result.written:
            outcome.written.append(result.task.target)
        else:
            outcome.failed += 1
    for note in notes:  # after the progress bar, which they would tear apart
        print(note, file=sys.stderr)
    return outcome


def with_progress(
    items: Iterable[Item],
    label: str | None = None,
    total: int | None = None,
    unit: str = "photo",
) -> Iterable[Item]:
    """Goes through photos, with a progress bar on stderr once it takes longer than a moment."""
    bar = {"delay": PROGRESS_AFTER_SECONDS, "mininterval": 0.5, "file": sys.stderr}
    return tqdm(items, label, total, unit=unit, **bar)


def _write(data, target):
    if target is None:
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
    else:
        write_atomically(target, data)
