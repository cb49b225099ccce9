"""Several photos at once: while the network looks at one, others are read, refined and written."""

import os
from collections import deque
from collections.abc import Callable, Generator, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import copy_context
from typing import TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")


def usable_cores() -> int:
    """How many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):  # a container may have fewer than the machine
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


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
