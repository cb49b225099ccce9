"""Bounds a whole request: Gradio bounds each file, and many small files pass it together."""


class BoundedRequests:
    """ASGI middleware that refuses a request body of more than `max_bytes`.

    Args:
        app: the ASGI application behind it.
        max_bytes: bytes of a request's body at most, whether or not its header tells its length.
    """

    def __init__(self, app, max_bytes):
        self._app = app
        self._max_bytes = max_bytes

    async def __call__(self, scope, receive, send):
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        claimed = dict(scope["headers"]).get(b"content-length", b"0")
        if not claimed.isdigit() or int(claimed) > self._max_bytes:
            await self._refuse(send)
            return
        received = 0
        answered = False

        async def bounded_receive():
            nonlocal received, answered
            message = await receive()
            received += len(message.get("body", b""))
            if received <= self._max_bytes:
                return message
            if not answered:
                answered = True
                await self._refuse(send)
            return {"type": "http.disconnect"}

        async def guarded_send(message):
            nonlocal answered
            if received <= self._max_bytes:
                answered = True
                await send(message)

        await self._app(scope, bounded_receive, guarded_send)

    async def _refuse(self, send):
        limit = f"{self._max_bytes / 1e6:.0f} MB"
        text = f"A request may carry {limit} at most. Please send fewer or smaller files."
        headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"connection", b"close")]
        await send({"type": "http.response.start", "status": 413, "headers": headers})
        await send({"type": "http.response.body", "body": text.encode()})
