"""The head of the pages as they are sent: what search engines read, and the page's scripts.

Gradio adds a head only once its own scripts have run, and calls every page English. By then its own
words are in the language of the browser, not of the page.
"""

from pathlib import Path

STATIC = Path(__file__).parents[1] / "static"
# In their order: what the first one names, the others call.
SCRIPTS = (
    "app.js",
    "gradio.js",
    "photos.js",
    "figures.js",
    "race.js",
    "touch_up.js",
    "zoom.js",
    "present.js",
)
DESCRIPTION = '<meta name="description" content="Segments a photo into object and background.">'
PAGES = {"": "en", "/zh": "zh-CN"}  # paths without their last slash, and languages


def page_head():
    """Returns what the head of every page begins with, HTML."""
    texts = ((STATIC / name).read_text(encoding="utf-8") for name in SCRIPTS)
    return DESCRIPTION + "".join(f"<script>{text}</script>" for text in texts)


class PageHead:
    """ASGI middleware that puts the head into the pages, and says their language.

    Args:
        app: the ASGI application behind it.
        head: HTML.
    """

    def __init__(self, app, head):
        self._app, self._head = app, head.encode()

    async def __call__(self, scope, receive, send):
        if scope["type"] != "http" or scope["method"] != "GET":
            await self._app(scope, receive, send)
            return
        path = scope["path"].removeprefix(scope.get("root_path", ""))
        language = PAGES.get(path.rstrip("/"))
        if language is None:
            await self._app(scope, receive, send)
            return
        start, page = None, b""

        async def send_whole(message):
            nonlocal start, page
            if message["type"] == "http.response.start":
                start = message
                return
            page += message.get("body", b"")
            if message.get("more_body"):
                return
            whole = page.replace(b'lang="en"', f'lang="{language}"'.encode(), 1)
            whole = whole.replace(b"<head>", b"<head>" + self._head, 1)
            length = (b"content-length", str(len(whole)).encode())
            headers = [pair for pair in start["headers"] if pair[0].lower() != length[0]]
            await send({**start, "headers": [*headers, length]})
            await send({"type": "http.response.body", "body": whole})

        await self._app(scope, receive, send_whole)
