"""The headers of requests and answers: nothing that a browser may guess, embed or fetch elsewhere.

A forwarded host would become the address of everything on the page; whose proxy sends one names it
by Gradio's `root_path`.
"""

UNTRUSTED = {b"x-forwarded-host", b"x-gradio-server"}
POLICY = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self' 'unsafe-inline' 'unsafe-eval'",  # Gradio's page is written so
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "media-src 'self' data: blob:",
        "font-src 'self' data:",
        "connect-src 'self' data: blob:",
        "worker-src 'self' blob:",
        "object-src 'none'",
        "base-uri 'self'",
        "form-action 'self'",
        "frame-ancestors 'self' https://huggingface.co https://*.hf.space",  # a Space's frame
    )
)
SENT = (
    (b"content-security-policy", POLICY.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"same-origin"),
)


class SafeHeaders:
    """ASGI middleware that takes headers from requests and gives some to answers.

    Args:
        app: the ASGI application behind it.
    """

    def __init__(self, app):
        self._app = app

    async def __call__(self, scope, receive, send):
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        given = [(name, value) for name, value in scope["headers"] if name not in UNTRUSTED]

        async def safe_send(message):
            if message["type"] == "http.response.start":
                kept = [pair for pair in message.get("headers", ()) if _may_be_sent(pair[0])]
                message = {**message, "headers": [*kept, *SENT]}
            await send(message)

        await self._app({**scope, "headers": given}, receive, safe_send)


def _may_be_sent(name):
    name = name.lower()
    ours = any(name == mine for mine, _ in SENT)
    # Whoever writes a program asks without a browser, and needs no leave for it.
    return not ours and not name.startswith(b"access-control-")
