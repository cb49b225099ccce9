"""Keeps recent results on the server, so that a slider can redraw without the network.

A browser's session holds only a ticket. What the cache holds is bounded in bytes: the result that
was not looked at for longest goes first, whoever it belongs to. It is bounded in time, too, since
the page says how long photos are kept.
"""

import secrets
import threading
import time
from collections import OrderedDict


class ResultCache:
    """A bounded, thread-safe place for results.

    Args:
        capacity: bytes to hold at most.
        kept_seconds: how long a result is kept.
        clock: a function that tells the seconds.
    """

    def __init__(self, capacity=1_000_000_000, kept_seconds=3600, clock=time.monotonic):
        self._capacity = capacity
        self._kept_seconds = kept_seconds
        self._clock = clock
        self._results = OrderedDict()  # ticket -> (result, bytes, when), least recently used first
        self._lock = threading.Lock()

    def put(self, result, size):
        """Takes in a result of `size` bytes and returns the ticket that gets it back."""
        ticket = secrets.token_urlsafe(16)
        with self._lock:
            self._results[ticket] = (result, size, self._clock())
            while len(self._results) > 1 and self._held() > self._capacity:
                self._results.popitem(last=False)
        return ticket

    def get(self, ticket):
        """Returns the result, or None if it is no longer there."""
        with self._lock:
            if ticket not in self._results:
                return None
            self._results.move_to_end(ticket)
            return self._results[ticket][0]

    def drop_old(self):
        """Forgets the results that have been here for long enough."""
        with self._lock:
            oldest = self._clock() - self._kept_seconds
            old = [ticket for ticket, (*_, put) in self._results.items() if put < oldest]
            for ticket in old:
                del self._results[ticket]

    def _held(self):
        return sum(size for _, size, _ in self._results.values())
