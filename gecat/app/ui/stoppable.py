"""Long work that whoever waits for it may stop."""

from concurrent.futures import ThreadPoolExecutor
from queue import Empty, SimpleQueue
from threading import Event

PATIENCE = 0.2  # seconds between two looks at how far the work has come


class _StoppedError(Exception):
    pass


def stoppable(work):
    """Does some work beside, step by step: an action that yields can be cancelled on the page.

    Args:
        work: called with a function that it tells a share in [0, 1], now and then; once nobody
            waits any more, its next telling ends it.

    Yields:
        what it has told last, or None where it has told nothing new.

    Returns:
        what the work returns.
    """
    told, stopped = SimpleQueue(), Event()

    def tell(share):
        if stopped.is_set():
            raise _StoppedError
        told.put(share)

    worker = ThreadPoolExecutor(1)
    try:
        ending = worker.submit(work, tell)
        ending.add_done_callback(lambda _: told.put(None))
        while True:
            try:
                share = told.get(timeout=PATIENCE)
            except Empty:
                yield None
                continue
            if share is None:
                return ending.result()
            yield share
    finally:
        stopped.set()
        worker.shutdown(wait=False)
