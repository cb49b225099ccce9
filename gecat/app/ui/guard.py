"""What stands between strangers and Gradio, put together."""

from contextlib import asynccontextmanager

from gradio import processing_utils, route_utils, routes
from starlette.middleware import Middleware

from gecat.app.access import Access
from gecat.app.mcp import route as mcp
from gecat.app.ui.calls import CheckedCalls
from gecat.app.ui.headers import SafeHeaders
from gecat.app.ui.hosts import KnownHosts
from gecat.app.ui.log_limits import bounded_log
from gecat.app.ui.owners import SharedUploads
from gecat.app.ui.page_head import PageHead, page_head
from gecat.app.ui.painting import LAYER_BYTES
from gecat.app.ui.passwords import Locked
from gecat.app.ui.request_limits import BoundedRequests
from gecat.app.ui.routes import KnownRoutes
from gecat.app.ui.sessions import Session, Sessions
from gecat.app.ui.upload_progress import UploadProgress
from gecat.app.ui.uploads import MANY_BYTES

MESSAGE_BYTES = 100_000  # of a request that is no upload
LARGER = {
    "/upload": MANY_BYTES,
    "/component_server": LAYER_BYTES + MESSAGE_BYTES,
    mcp.ROUTE: mcp.MESSAGE_BYTES,
}


def guarded(access=None, list_runs=None):
    """Returns the `app_kwargs` of a launch that let nothing through but what the page needs.

    Args:
        access: an Access, or None for one without passwords and names.
        list_runs: returns what the operator sees of all runs.
    """
    access = access or Access()
    return {
        "lifespan": guard_inside,
        "middleware": [
            Middleware(KnownHosts, hosts=access.hosts),
            Middleware(
                Locked,
                accounts=access.accounts,
                operator_key=access.operator_key,
                list_runs=list_runs,
            ),
            Middleware(KnownRoutes),
            Middleware(BoundedRequests, max_bytes=MESSAGE_BYTES, larger=LARGER),
            Middleware(mcp.ToolCalls),
            Middleware(CheckedCalls),
            Middleware(PageHead, head=page_head()),
        ],
    }


async def fetch_nothing(url, cache_dir):
    """Stands where Gradio fetches the addresses that a payload names, of public hosts too."""
    raise ValueError("A file is given as an upload. Received: an address.")


processing_utils.async_ssrf_protected_download = fetch_nothing
routes.file_upload_statuses = UploadProgress()
routes.upload_fn = SharedUploads(route_utils.upload_fn)
route_utils.SessionState = Session  # of a call that names no session


@asynccontextmanager
async def guard_inside(app):
    """Puts into a Gradio app what cannot be given to it.

    Args:
        app: Gradio's App, as it begins to serve.
    """
    app.state_holder = Sessions()
    app.state_holder.set_blocks(app.get_blocks())
    # Outside of Gradio's own middleware, which lets any page's scripts read all answers.
    app.middleware_stack = SafeHeaders(app.middleware_stack)
    with bounded_log():
        yield
