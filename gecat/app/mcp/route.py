"""The route by which assistants call the endpoints: the Model Context Protocol over HTTP.

Gradio has a server for it. That one calls the app by a client of its own: all visitors are one to
the queue's shares, and a file of the server that a call names is sent along. Here a call goes on as
the requests that its visitor could have sent, so that whatever holds for them holds for it. Nothing
is remembered between two messages, and nothing more than the app has is installed or imported.

Source: https://modelcontextprotocol.io/specification/2025-11-25/basic/transports, without sessions.
"""

import asyncio
import contextlib
import json
from collections import Counter

import anyio.to_thread
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

import gecat
from gecat.app.mcp.tools import answer_of, describe, refusal_of, values_of
from gecat.app.ui.addresses import origin_of
from gecat.app.ui.answers import language_of, told, words_of
from gecat.app.ui.bodies import read_json, receive_again, whole_body
from gecat.errors import UserError
from gecat.i18n import say

ROUTE = "/gradio_api/mcp"
VERSIONS = ("2025-11-25", "2025-06-18", "2025-03-26")
MESSAGE_BYTES = 6_000_000  # a photo of 4.4 MB; larger ones are uploaded first
MARKS = 20_000  # commas and brackets of a message: the strokes of a call need 12,000
READ_SECONDS = 30
READING = 16  # messages that are being read, of all visitors
READING_OF_AN_ADDRESS = 4
DROPPED = {b"content-length", b"content-type", b"accept", b"accept-encoding"}

PARSE_ERROR, NO_REQUEST, NO_METHOD, BAD_VALUES = -32700, -32600, -32601, -32602


class ToolCalls:
    """ASGI middleware that answers MCP's messages, and lets everything else through.

    Args:
        app: the ASGI application behind it; before it the bodies of requests are bounded.
    """

    def __init__(self, app):
        self._app = app
        self._reading = Counter()

    async def __call__(self, scope, receive, send):
        path = scope.get("path", "").removeprefix(scope.get("root_path", "")).rstrip("/")
        if path not in (ROUTE, f"{ROUTE}/schema"):
            await self._app(scope, receive, send)
        elif path != ROUTE:
            # What Gradio's panel, and the Hub, show of the tools.
            tools = [{**tool, "meta": {}} for tool in describe(_blocks(scope))]
            await JSONResponse(tools)(scope, receive, send)
        elif scope["method"] != "POST":
            answer = PlainTextResponse(words_of(scope).for_assistants, 405, {"allow": "POST"})
            await answer(scope, receive, send)
        else:
            answer = await self._answer(scope, receive)
            if answer is not None:
                await answer(scope, receive, send)

    async def _answer(self, scope, receive):
        """The answer to one message; None where nobody is left to be answered."""
        version = dict(scope["headers"]).get(b"mcp-protocol-version", VERSIONS[0].encode())
        if version.decode("latin-1") not in VERSIONS:
            return _refused(None, NO_REQUEST, words_of(scope).no_sense, 400)
        with self._place(origin_of(Request(scope))) as free:
            if not free:
                return told(words_of(scope).queue_full, 429)
            try:
                async with asyncio.timeout(READ_SECONDS):
                    body = await whole_body(receive)
            except TimeoutError:
                return told(words_of(scope).no_sense, 408)
            if body is None:
                return None
            message = _parsed(body)
            del body
            if message is None:
                return _refused(None, PARSE_ERROR, words_of(scope).no_sense, 400)
            number, method, values = (message.get(key) for key in ("id", "method", "params"))
            if not isinstance(values or {}, dict) or not isinstance(number, str | int | None):
                return _refused(None, NO_REQUEST, words_of(scope).no_sense, 400)
            if number is None or not isinstance(method, str):  # nothing to answer
                return Response(status_code=202)
            values = values or {}
            if method != "tools/call":
                return self._told(scope, number, method, values)
            name = str(values.get("name"))[:80]
            try:
                called = await self._called(scope, name, values.pop("arguments", None) or {})
            except LookupError:
                return _refused(number, BAD_VALUES, words_of(scope).no_sense)
            except UserError as error:
                return _result(number, refusal_of(say(error, language_of(scope))))
        return _result(number, await self._outcome(scope, receive, name, called))

    def _told(self, scope, number, method, values):
        """The answer to what calls no tool."""
        if method == "initialize":
            wanted = values.get("protocolVersion")
            server = {"name": "gecat", "title": "GEC-AT", "version": gecat.__version__}
            result = {
                "protocolVersion": wanted if wanted in VERSIONS else VERSIONS[0],
                "capabilities": {"tools": {"listChanged": False}},
                "serverInfo": server,
            }
        elif method == "tools/list":
            result = {"tools": describe(_blocks(scope))}
        elif method == "ping":
            result = {}
        else:
            return _refused(number, NO_METHOD, words_of(scope).no_sense)
        return _result(number, result)

    async def _called(self, scope, name, arguments):
        """The body of the endpoint's call, its files on the disk."""
        if not isinstance(arguments, dict):
            raise LookupError(name)
        origin = origin_of(Request(scope))
        values = await anyio.to_thread.run_sync(values_of, _blocks(scope), name, arguments, origin)
        return json.dumps(values).encode()

    async def _outcome(self, scope, receive, name, body):
        """What the endpoint says, as the visitor's own requests would hear it."""
        status, text = await self._ask(scope, receive, "POST", f"/call/v2/{name}", body)
        if status != 200:
            return refusal_of(_sentence(text))
        event = json.loads(text)["event_id"]
        _, text = await self._ask(scope, receive, "GET", f"/call/{name}/{event}")
        lines = [line for line in text.splitlines() if line.startswith(("event:", "data:"))]
        ended, data = lines[-2:] if len(lines) > 1 else ("", "data: null")
        data = json.loads(data.removeprefix("data:"))
        if ended != "event: complete" or not isinstance(data, list):
            said = data.get("error") if isinstance(data, dict) else data
            return refusal_of(said or words_of(scope).no_sense)
        return await anyio.to_thread.run_sync(answer_of, _blocks(scope), name, data)

    async def _ask(self, scope, receive, method, path, body=b""):
        """Asks the app behind as the visitor: the same connection, the same headers."""
        headers = [
            pair
            for pair in scope["headers"]
            if pair[0] not in DROPPED and not pair[0].startswith(b"mcp-")
        ]
        headers += [(b"content-type", b"application/json")] * bool(body)
        headers += [(b"content-length", str(len(body)).encode())]
        path = f"{scope.get('root_path', '')}/gradio_api{path}"
        asked = {"method": method, "path": path, "raw_path": path.encode(), "query_string": b""}
        status, parts = 500, []

        async def keep(message):
            nonlocal status
            status = message.get("status", status)
            parts.append(message.get("body", b""))

        await self._app({**scope, **asked, "headers": headers}, receive_again(body, receive), keep)
        return status, b"".join(parts).decode()

    @contextlib.contextmanager
    def _place(self, origin):
        """A place to be read in, where there is one: messages lie in memory meanwhile."""
        free = self._reading.total() < READING and self._reading[origin] < READING_OF_AN_ADDRESS
        self._reading[origin] += free
        try:
            yield free
        finally:
            self._reading[origin] -= free
            self._reading += Counter()  # forgets who has none


def _blocks(scope):
    return scope["app"].get_blocks()


def _parsed(body):
    """A message, or None where it is none, or of more parts than any call has."""
    if sum(body.count(mark) for mark in (b",", b"[", b"{")) > MARKS:
        return None
    try:
        message = read_json(body)
    except ValueError:
        return None
    return message if isinstance(message, dict) else None


def _sentence(text):
    try:
        return json.loads(text)["detail"]
    except (ValueError, LookupError, TypeError):
        return text


def _result(number, result):
    return JSONResponse({"jsonrpc": "2.0", "id": number, "result": result})


def _refused(number, code, sentence, status=200):
    error = {"code": code, "message": sentence}
    return JSONResponse({"jsonrpc": "2.0", "id": number, "error": error}, status)
