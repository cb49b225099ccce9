"""Keeps recent results on the server, so that a slider can redraw without the network.

A browser's session holds only a ticket. What the cache holds is bounded in bytes: the result that
was not looked at for longest goes first, whoever it belongs to.
"""

import secrets
import threading
from collections import OrderedDict


class ResultCache:
    """A bounded, thread-safe place for results.

    Args:
        capacity: bytes to hold at most.
    """

    def __init__(self, capacity=1_000_000_000):
        self._capacity = capacity
        self._results = OrderedDict()  # ticket -> (result, bytes), least recently used first
        self._lock = threading.Lock()

    def put(self, result, size):
        """Takes in a result of `size` bytes and returns the ticket that gets it back."""
        ticket = secrets.token_urlsafe(16)
        with self._lock:
            self._results[ticket] = (result, size)
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

    def _held(self):
        return sum(size for _, size in self._results.values())
