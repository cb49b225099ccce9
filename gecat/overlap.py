"""Several things at once: while one photo is looked at, others are read, labelled or written."""

import os
import threading
from collections import deque
from collections.abc import Callable, Generator, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import copy_context
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from concurrent.futures import ProcessPoolExecutor

Item = TypeVar("Item")
Result = TypeVar("Result")


MOST_PROCESSES = 61  # that Windows can wait for
SHARE = Path("/sys/fs/cgroup/cpu.max")  # Linux: microseconds in so many, or "max"


def usable_cores(share: Path = SHARE) -> int:
    """How many cores this process may use; a container may have fewer than the machine.

    Args:
        share: the file that says what a container may take of all cores together.
    """
    has_affinity = hasattr(os, "sched_getaffinity")
    cores = len(os.sched_getaffinity(0)) if has_affinity else os.cpu_count() or 1
    try:
        taken, of = map(int, share.read_text().split())
    except (OSError, ValueError):  # no container, or one that may take all
        return cores
    return max(1, min(cores, round(taken / of)))


def overlapped(
    work: Callable[[Item], Result], items: Iterable[Item], workers: int | None = None
) -> Generator[Result, None, None]:
    """Works on several items at once, on threads: what takes long lets go of Python meanwhile.

    Args:
        work: function of one item.
        items: taken up in their order, no more ahead of what is asked for than there are threads.
        workers: threads, or None for one a core; with 1 all is done where it is asked for.

    Yields:
        what the work returned, in the order of the items. What it raised is raised in its turn;
        items that nobody has taken up by then are left.
    """
    workers = workers or usable_cores()
    if workers == 1:
        yield from map(work, items)
        return
    begun: deque[Future[Result]] = deque()
    with ThreadPoolExecutor(workers) as executor:
        try:
            for item in items:
                # What belongs to a request of the page goes along.
                begun.append(executor.submit(copy_context().run, work, item))
                if len(begun) > workers:
                    yield begun.popleft().result()
            while begun:
                yield begun.popleft().result()
        finally:
            for future in begun:
                future.cancel()


def processes(
    workers: int, begin: Callable[..., object] | None = None, *arguments: object
) -> "ProcessPoolExecutor":
    """Returns an executor of fresh processes, which end with this one even where it is killed.

    Args:
        workers: how many; begin: called in each of them before any work, with the arguments. All
            of that is pickled, as is the work.
    """
    from concurrent.futures import ProcessPoolExecutor  # most who come here want threads
    from multiprocessing import get_context

    workers = min(workers, MOST_PROCESSES)
    return ProcessPoolExecutor(workers, get_context("spawn"), _begin, (begin, arguments))


def _begin(begin, arguments):
    threading.Thread(target=_end_with_parent, daemon=True).start()
    if begin is not None:
        begin(*arguments)


def _end_with_parent():
    from multiprocessing import parent_process

    parent_process().join()
    os._exit(1)  # nobody is left to take what it does
