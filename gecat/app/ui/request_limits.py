"""Bounds a whole request: Gradio bounds each file, and many small files pass it together.

What is no upload is parsed as JSON while everybody waits: 30 MB of brackets took 70 seconds. And
whoever sends a byte a minute keeps what a request takes for as long as he likes.
"""

import asyncio
import time

from gecat.app.ui.answers import plain, told, words_of

PATIENCE_SECONDS = 30.0  # that a body may keep us waiting in all
SLOWEST = 4000  # bytes that buy another second


class BoundedRequests:
    """ASGI middleware that refuses a request body that is too large, or comes too slowly.

    Args:
        app: the ASGI application behind it.
        max_bytes: bytes of a request's body at most, whether or not its header tells its length.
        larger: dict of the ends of paths that may take more, and their own limits.
    """

    def __init__(self, app, max_bytes, larger=None):
        self._app = app
        self._max_bytes = max_bytes
        self._larger = larger or {}

    async def __call__(self, scope, receive, send):
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        limit = self._limit(scope["path"].rstrip("/"))
        claimed = dict(scope["headers"]).get(b"content-length", b"0")
        if not claimed.isdigit() or int(claimed) > limit:
            await _refuse(scope, receive, send, _too_large(scope, limit), 413)
            return
        body = _Body(receive)
        answered = refused = False

        async def refuse(sentence, status):
            nonlocal answered, refused
            refused = True
            if not answered:
                answered = True
                await _refuse(scope, receive, send, sentence, status)
            return {"type": "http.disconnect"}

        async def bounded_receive():
            try:
                message = await body.next()
            except TimeoutError:
                return await refuse(words_of(scope).too_slow, 408)
            if body.received > limit:
                return await refuse(_too_large(scope, limit), 413)
            return message

        async def guarded_send(message):
            nonlocal answered
            if not refused:
                answered = True
                await send(message)

        await self._app(scope, bounded_receive, guarded_send)

    def _limit(self, path):
        limits = [limit for end, limit in self._larger.items() if path.endswith(end)]
        return max(limits, default=self._max_bytes)


class _Body:
    """A body as it comes: how many bytes there are, and how long they have kept us waiting."""

    def __init__(self, receive):
        self._receive = receive
        self._waited = 0.0  # seconds; what the application takes in between is not its sender's
        self._more = True
        self.received = 0

    async def next(self):
        """Returns the next message; raises TimeoutError where it takes too long."""
        if not self._more:  # what comes now is that the visitor goes
            return await self._receive()
        began = time.monotonic()
        async with asyncio.timeout(PATIENCE_SECONDS + self.received / SLOWEST - self._waited):
            message = await self._receive()
        self._waited += time.monotonic() - began
        self.received += len(message.get("body", b""))
        self._more = message.get("more_body", False)
        return message


def _too_large(scope, limit):
    size = f"{limit / 1e6:.0f} MB" if limit >= 1e6 else f"{limit / 1e3:.0f} kB"
    return words_of(scope).too_large.format(size=size)


async def _refuse(scope, receive, send, sentence, status):
    # An upload's answer is shown as it is, any other's is looked into.
    answer = (plain if scope["path"].rstrip("/").endswith("/upload") else told)(sentence, status)
    answer.headers["connection"] = "close"
    await answer(scope, receive, send)
