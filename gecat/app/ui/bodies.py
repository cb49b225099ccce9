"""The body of a request, read whole, understood, and handed on to the application behind."""

import json

DEEPEST = 24  # lists within lists; a page sends five


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


def read_json(body):
    """Returns what a body says, where that can be said again, in any answer and to the log.

    Args:
        body: bytes.

    Raises:
        ValueError: if it is no JSON, lists lie too deep in it, or a text is none: half of a
            character, as an escape can name it, is written nowhere.
    """
    try:
        value = json.loads(body, parse_constant=_refuse_constant)
    except RecursionError as error:
        raise ValueError("lists lie too deep") from error
    if _too_deep(value):
        raise ValueError("lists lie too deep")
    if b"\\u" in body:
        json.dumps(value, ensure_ascii=False).encode()
    return value


def _too_deep(value, depth=0):
    if depth > DEEPEST:
        return True
    parts = value.values() if isinstance(value, dict) else value
    return isinstance(value, (dict, list)) and any(_too_deep(part, depth + 1) for part in parts)


def _refuse_constant(text):
    raise ValueError(text)  # NaN and the like are no JSON
