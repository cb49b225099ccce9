"""Bounds a whole request: Gradio bounds each file, and many small files pass it together.

What is no upload is parsed as JSON while everybody waits: 30 MB of brackets took 70 seconds.
"""

from gecat.app.ui.answers import plain, told, words_of


class BoundedRequests:
    """ASGI middleware that refuses a request body that is too large.

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
            await _refuse(scope, receive, send, limit)
            return
        received = 0
        answered = False

        async def bounded_receive():
            nonlocal received, answered
            message = await receive()
            received += len(message.get("body", b""))
            if received <= limit:
                return message
            if not answered:
                answered = True
                await _refuse(scope, receive, send, limit)
            return {"type": "http.disconnect"}

        async def guarded_send(message):
            nonlocal answered
            if received <= limit:
                answered = True
                await send(message)

        await self._app(scope, bounded_receive, guarded_send)

    def _limit(self, path):
        limits = [limit for end, limit in self._larger.items() if path.endswith(end)]
        return max(limits, default=self._max_bytes)


async def _refuse(scope, receive, send, limit):
    size = f"{limit / 1e6:.0f} MB" if limit >= 1e6 else f"{limit / 1e3:.0f} kB"
    sentence = words_of(scope).too_large.format(size=size)
    # An upload's answer is shown as it is, any other's is looked into.
    answer = (plain if scope["path"].rstrip("/").endswith("/upload") else told)(sentence, 413)
    answer.headers["connection"] = "close"
    await answer(scope, receive, send)
