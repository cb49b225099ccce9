"""The body of a request, read whole, and handed on to the application behind."""


async def whole_body(receive):
    """Returns the bytes of a body, or None where whoever asks has gone."""
    parts = []
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        parts.append(message.get("body", b""))
        if not message.get("more_body"):
            return b"".join(parts)


def receive_again(body, receive):
    """Returns a `receive` that gives these bytes as the body, and then what `receive` gives.

    Args:
        body: bytes; receive: of ASGI.
    """
    waiting = [{"type": "http.request", "body": body, "more_body": False}]

    async def receive_body():
        return waiting.pop() if waiting else await receive()

    return receive_body
