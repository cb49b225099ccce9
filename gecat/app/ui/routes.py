"""Which of Gradio's routes there are: those that the page and programs need, and no others.

Others keep what nobody sweeps (recordings, deep links), fetch addresses for whoever asks, or show
what the operator sees.
"""

import logging
import re

from starlette.requests import ClientDisconnect
from starlette.responses import JSONResponse, RedirectResponse

from gecat.app.ui.answers import plain, words_of

PAGES = r"/|/zh/?|/config/?|/theme\.css|/robots\.txt|/favicon\.ico|/manifest\.json|/pwa_icon"
FILES = r"/(static|assets|svelte)/.+"
API = "/gradio_api"
SEEN = (
    r"/info/?|/openapi\.json|/app_id/?|/user/?|/login_check/?|/token/?|/startup-events|/theme\.css"
    r"|/heartbeat/[\w-]{1,64}|/queue/(data|status)|/upload_progress|/call/(v2/)?[^/]+/[^/]+"
    r"|/mcp/?|/mcp/schema"
    r"|/file=(?!\s*[a-zA-Z][a-zA-Z0-9+.-]+:/).+"  # a path of the server's, never an address
)
SENT = (
    r"/upload|/queue/join|/call/(v2/)?[^/]+/?|/(run|api)/[^/]+/?|/cancel|/reset/?"
    r"|/component_server/?|/mcp/?"
)
KNOWN = {
    "GET": re.compile(rf"{PAGES}|{FILES}|{API}({SEEN})|/logout", re.DOTALL),
    "POST": re.compile(rf"{API}({SENT})|/login/?"),
}
KNOWN["HEAD"] = KNOWN["OPTIONS"] = re.compile(
    f"{KNOWN['GET'].pattern}|{KNOWN['POST'].pattern}", re.DOTALL
)
# What link previews and monitors look at without reading it; Gradio answers them at "/" alone.
LOOKED_AT = re.compile(rf"{PAGES}|{FILES}|{API}/file=.+", re.DOTALL)
# What Gradio's panel asks for, and is refused in red where no calls are counted.
ANSWERED: dict[str, dict] = {"/monitoring/summary": {"functions": {}}}
QUERY_BYTES = 1000  # behind the path
CUT = 200  # letters of what a stranger wrote that are logged

log = logging.getLogger(__name__)


class KnownRoutes:
    """ASGI middleware that knows nothing of other routes, and answers what makes no sense.

    Args:
        app: the ASGI application behind it.
    """

    def __init__(self, app):
        self._app = app

    async def __call__(self, scope, receive, send):
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        path = scope["path"].removeprefix(scope.get("root_path", "")) or "/"
        if path in ANSWERED and scope["method"] == "GET":
            await JSONResponse(ANSWERED[path])(scope, receive, send)
            return
        known = KNOWN.get(scope["method"])
        asked = len(scope.get("query_string", b""))
        if known is None or asked > QUERY_BYTES or not known.fullmatch(path):
            await plain(words_of(scope).no_page, 404)(scope, receive, send)
            return
        if path == "/zh/":  # Gradio would send it on without its view, and past a proxy's own path
            query = scope.get("query_string", b"").decode("latin-1")
            address = "../zh" + (f"?{query}" if query else "")
            await RedirectResponse(address)(scope, receive, send)
            return
        if scope["method"] == "HEAD" and LOOKED_AT.fullmatch(path):
            scope = {**scope, "method": "GET"}  # the server, which knows better, sends no body
        begun = False

        async def watched_send(message):
            nonlocal begun
            begun = True
            await send(message)

        try:
            await self._app(scope, receive, watched_send)
        except ClientDisconnect:  # nobody is left to answer, and nothing to tell
            return
        except Exception as error:  # Gradio trusts numbers and names that strangers send
            log.warning("%s %s: %s", scope["method"], path[:CUT], repr(error)[:CUT])
            if not begun:
                await plain(words_of(scope).no_sense, 400)(scope, receive, send)
