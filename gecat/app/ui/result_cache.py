"""Keeps recent results on the server, so that a slider can redraw without the network.

A browser's session holds only a ticket. What the cache holds is bounded in bytes: whoever holds
most loses what was not looked at for longest, so one visitor's flood takes nobody else's result
away. It is bounded in time, too, since the page says how long photos are kept.
"""

import secrets
import threading
import time
from collections import Counter, OrderedDict
from dataclasses import dataclass

from gecat.app.ui.addresses import origin_of_caller


class ResultCache:
    """A bounded, thread-safe place for results.

    Args:
        capacity: bytes to hold at most.
        kept_seconds: how long a result is kept.
        clock: a function that tells the seconds.
        origin: a function that tells whose share a result counts in.
    """

    def __init__(
        self,
        capacity=1_000_000_000,
        kept_seconds=3600,
        clock=time.monotonic,
        origin=origin_of_caller,
    ):
        self._capacity = capacity
        self._kept_seconds = kept_seconds
        self._clock = clock
        self._origin = origin
        self._kept = OrderedDict()  # ticket -> _Kept, least recently used first
        self._lock = threading.Lock()

    def put(self, result, size):
        """Takes in a result of `size` bytes and returns the ticket that gets it back."""
        ticket = secrets.token_urlsafe(16)
        kept = _Kept(result, size, self._clock(), self._origin())
        with self._lock:
            self._kept[ticket] = kept
            while len(self._kept) > 1 and self._held().total() > self._capacity:
                del self._kept[self._next_to_go(ticket)]
        return ticket

    def get(self, ticket):
        """Returns the result, or None if it is no longer there."""
        with self._lock:
            if ticket not in self._kept:
                return None
            self._kept.move_to_end(ticket)
            return self._kept[ticket].result

    def drop(self, ticket):
        """Forgets a result whose place another took."""
        with self._lock:
            self._kept.pop(ticket, None)

    def drop_old(self):
        """Forgets the results that have been here for long enough."""
        with self._lock:
            oldest = self._clock() - self._kept_seconds
            old = [ticket for ticket, kept in self._kept.items() if kept.put < oldest]
            for ticket in old:
                del self._kept[ticket]

    def _held(self):
        """Bytes by origin."""
        held = Counter()
        for kept in self._kept.values():
            held[kept.origin] += kept.size
        return held

    def _next_to_go(self, newest):
        """The ticket that goes next; what has just come stays."""
        held = self._held()
        others = [ticket for ticket in self._kept if ticket != newest]
        return max(others, key=lambda ticket: held[self._kept[ticket].origin])


@dataclass(frozen=True)
class _Kept:
    result: object
    size: int  # bytes
    put: float  # when
    origin: str
