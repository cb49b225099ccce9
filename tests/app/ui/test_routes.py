import asyncio

import pytest
from starlette.requests import ClientDisconnect

from gecat.app.ui.routes import KnownRoutes


def answer(method, path, application=None):
    """(status, body) of a request through the middleware; (0, None) where it passed."""
    sent = []

    async def fine(scope, receive, send):
        pass

    async def send(message):
        sent.append(message)

    scope = {"type": "http", "method": method, "path": path, "headers": []}
    asyncio.run(KnownRoutes(application or fine)(scope, None, send))
    return (sent[0]["status"], sent[1]["body"]) if sent else (0, None)


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/"),
        ("HEAD", "/"),
        ("GET", "/zh"),
        ("GET", "/config"),
        ("GET", "/assets/index-1.js"),
        ("GET", "/gradio_api/info"),
        ("GET", "/gradio_api/file=/tmp/a/photo.png"),
        ("GET", "/gradio_api/file=C:/a/photo.png"),
        ("GET", "/gradio_api/queue/data"),
        ("GET", "/gradio_api/call/segment/0a1b"),
        ("POST", "/gradio_api/call/segment"),
        ("POST", "/gradio_api/run/predict"),
        ("POST", "/gradio_api/queue/join"),
        ("POST", "/gradio_api/upload"),
        ("POST", "/gradio_api/component_server/"),
    ],
)
def test_what_the_page_needs_passes(method, path):
    assert answer(method, path) == (0, None)


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/gradio_api/deep_link"),
        ("POST", "/gradio_api/process_recording"),
        ("GET", "/gradio_api/proxy=https://example.org/a"),
        ("GET", "/gradio_api/file=https://example.org/a.png"),
        ("GET", "/gradio_api/file= http:/example.org/a.png"),
        ("GET", "/gradio_api/file/https://example.org/a.png"),
        ("GET", "/gradio_api/dev/reload"),
        ("GET", "/gradio_api/custom_component/1/client/a/b"),
        ("POST", "/gradio_api/stream/0"),
        ("GET", "/monitoring"),
        ("POST", "/monitoring/summary"),
        ("GET", "/pwa_icon/100000"),
        ("POST", "/"),
        ("DELETE", "/gradio_api/upload"),
        ("GET", "/gradio_api/upload"),
    ],
)
def test_there_are_no_other_routes(method, path):
    assert answer(method, path) == (404, b"There is no such page.")


def test_a_failure_is_answered_and_logged_briefly(caplog):
    async def fails(scope, receive, send):
        raise KeyError("x" * 100_000)

    assert answer("POST", "/gradio_api/queue/join", fails)[0] == 400
    assert len(caplog.text) < 1000


def test_who_goes_away_amid_a_request_leaves_no_trace(caplog):
    async def fails(scope, receive, send):
        raise ClientDisconnect

    assert answer("POST", "/gradio_api/upload", fails) == (0, None)
    assert caplog.text == ""


def test_a_failure_amid_an_answer_adds_nothing_to_it():
    async def fails(scope, receive, send):
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"half", "more_body": True})
        raise KeyError("x")

    assert answer("GET", "/", fails) == (200, b"half")


def test_nobody_counts_calls_and_gradios_panel_hears_so():
    assert answer("GET", "/monitoring/summary") == (200, b'{"functions":{}}')


def test_the_view_of_a_link_survives_a_slash_too_many():
    """Gradio would send it on without its query, and out of a proxy's own path."""
    sent = []

    async def send(message):
        sent.append(message)

    scope = {"type": "http", "method": "GET", "path": "/sub/zh/", "root_path": "/sub"}
    scope |= {"headers": [], "query_string": b"tab=compare&example=cat"}
    asyncio.run(KnownRoutes(None)(scope, None, send))
    assert sent[0]["status"] == 307
    assert dict(sent[0]["headers"])[b"location"] == b"../zh?tab=compare&example=cat"
