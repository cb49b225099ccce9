"""How much strangers can make the log write: so many entries a minute, each so long."""

import contextlib
import logging
import threading
import time

ENTRIES = 60  # within
SECONDS = 60.0
LETTERS = 2000  # of an entry
TRACEBACK_LETTERS = 6000

_formatter = logging.Formatter()


class BoundedLog(logging.Filter):
    """A filter for all handlers together; what it leaves out it counts.

    Args:
        clock: a function that tells the seconds.
    """

    def __init__(self, clock=time.monotonic):
        super().__init__()
        self._clock = clock
        self._lock = threading.Lock()
        self._since, self._count, self._left_out = clock(), 0, 0

    def filter(self, record):
        with self._lock:
            left_out = 0
            if self._clock() - self._since >= SECONDS:
                left_out = self._left_out
                self._since, self._count, self._left_out = self._clock(), 0, 0
            self._count += 1
            if self._count > ENTRIES:
                self._left_out += 1
                return False
        message = record.getMessage()[:LETTERS]
        if left_out:
            message = f"({left_out} entries before this were left out) {message}"
        record.msg, record.args = message, ()
        if record.exc_info and not record.exc_text:
            record.exc_text = _formatter.formatException(record.exc_info)[-TRACEBACK_LETTERS:]
        return True


@contextlib.contextmanager
def bounded_log():
    """Bounds what is logged while the app runs, its server's own entries included."""
    bound = BoundedLog()
    loggers = [logging.getLogger(name) for name in (None, "uvicorn", "uvicorn.error")]
    handlers = {logging.lastResort, *(each for logger in loggers for each in logger.handlers)}
    handlers.discard(None)
    for handler in handlers:
        handler.addFilter(bound)
    try:
        yield
    finally:
        for handler in handlers:
            handler.removeFilter(bound)
