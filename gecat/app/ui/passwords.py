"""The doors that open to passwords alone: the whole app where it has accounts, and all runs.

Passwords come by HTTP's own way, in a header: never in an address, which browsers and proxies write
down. There they stand in the clear, so before strangers the proxy has to speak TLS.
"""

import base64
import binascii
import hashlib
import hmac
import time
from collections import OrderedDict

from anyio import to_thread
from starlette.requests import Request

from gecat.app.ui.addresses import origin_of
from gecat.app.ui.answers import plain, words_of

OPERATOR = "operator"  # the user of the view of all runs, which lies at this path
STARTED = "/gradio_api/startup-events"  # what Gradio asks itself when it starts; it tells nothing
GUESSES = 10  # wrong passwords from an address within
GUESS_SECONDS = 60.0
ADDRESSES = 1000  # whose guesses are remembered


class Locked:
    """ASGI middleware that lets those in who know a password, and the operator see all runs.

    Args:
        app: the ASGI application behind it.
        accounts: users and their passwords; none for no password.
        operator_key: of the view of all runs; None where there is none.
        list_runs: returns that view, a text.
    """

    def __init__(self, app, accounts=None, operator_key=None, list_runs=None):
        self._app = app
        self._accounts = _digests(accounts or {})
        self._operator = _digests({OPERATOR: operator_key} if operator_key else {})
        self._list_runs = list_runs
        self._guesses = Guesses()

    async def __call__(self, scope, receive, send):
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        path = scope["path"].removeprefix(scope.get("root_path", "")).rstrip("/")
        view = path == f"/{OPERATOR}" and self._operator
        wanted = view or ({} if path == STARTED else self._accounts)
        refused = self._refusal(scope, wanted) if wanted else None
        if refused is not None:
            await refused(scope, receive, send)
        elif view:
            text = await to_thread.run_sync(self._list_runs)
            await plain(text, 200, {"cache-control": "no-store"})(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    def _refusal(self, scope, wanted):
        """What is answered to whoever does not know the password; None for who does."""
        words, origin = words_of(scope), origin_of(Request(scope))
        if self._guesses.too_many(origin):
            return plain(words.too_many_guesses, 429, {"retry-after": f"{GUESS_SECONDS:.0f}"})
        given = _given(dict(scope["headers"]).get(b"authorization", b""))
        # All are compared, to the end: how long it takes tells nothing.
        if given is not None and sum(hmac.compare_digest(given, one) for one in wanted):
            return None
        if given is not None:
            self._guesses.count(origin)
        challenge = {"www-authenticate": 'Basic realm="GEC-AT", charset="UTF-8"'}
        return plain(words.password_needed, 401, challenge)


class Guesses:
    """Wrong passwords, counted by address.

    Args:
        clock: a function that tells the seconds.
    """

    def __init__(self, clock=time.monotonic):
        self._clock = clock
        self._counts = OrderedDict()  # origin -> (since when, how many)

    def too_many(self, origin):
        """Whether an address has to wait."""
        since, count = self._counts.get(origin, (0.0, 0))
        return count >= GUESSES and self._clock() - since < GUESS_SECONDS

    def count(self, origin):
        """Counts one more."""
        since, count = self._counts.pop(origin, (0.0, 0))
        if not count or self._clock() - since >= GUESS_SECONDS:
            since, count = self._clock(), 0
        self._counts[origin] = (since, count + 1)
        while len(self._counts) > ADDRESSES:
            self._counts.popitem(last=False)


def _digests(accounts):
    return [_digest(f"{user}:{password}".encode()) for user, password in accounts.items()]


def _digest(data):
    return hashlib.sha256(data).digest()


def _given(header):
    """The digest of the user and password that a header holds, or None."""
    scheme, _, encoded = header.partition(b" ")
    try:
        return _digest(base64.b64decode(encoded, validate=True)) if scheme == b"Basic" else None
    except binascii.Error:
        return None
