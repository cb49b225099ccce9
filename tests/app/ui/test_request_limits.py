import asyncio

import pytest

from gecat.app.ui import request_limits
from gecat.app.ui.request_limits import BoundedRequests

NOTHING_MORE = "nothing more comes, and the sender stays"


def request(chunks, limit, length=None, path="/", pause=0):
    """Sends a request through the middleware; returns what is answered and what went through.

    All but the first chunk come after a pause, in seconds, and so does the sender's going away.
    """
    headers = [] if length is None else [(b"content-length", str(length).encode())]
    scope = {"type": "http", "headers": headers, "path": path}
    waiting = [
        {"type": "http.request", "body": chunk, "more_body": index + 1 < len(chunks)}
        for index, chunk in enumerate(chunks)
        if chunk != NOTHING_MORE
    ]
    if NOTHING_MORE not in chunks:
        waiting.append({"type": "http.disconnect"})
    sent, seen = [], []

    async def application(scope, receive, send):
        more = True
        while more:
            message = await receive()
            if message["type"] == "http.disconnect":
                return
            seen.append(message["body"])
            more = message["more_body"]
        seen.append((await receive())["type"])
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"fine"})

    async def receive():
        if not waiting:
            await asyncio.Event().wait()
        if pause and seen:
            await asyncio.sleep(pause)
        return waiting.pop(0)

    async def send(message):
        sent.append(message)

    guarded = BoundedRequests(application, limit, {"/upload": 2 * limit})
    asyncio.run(guarded(scope, receive, send))
    return sent, seen


def test_a_request_within_the_limit_passes_whole():
    sent, seen = request([b"123", b"45"], limit=5, length=5)
    assert seen == [b"123", b"45", "http.disconnect"]
    assert sent[0]["status"] == 200


def test_a_request_that_claims_too_much_is_refused_unread():
    sent, seen = request([b"123456"], limit=5, length=6)
    assert seen == []
    assert sent[0]["status"] == 413
    assert b"fewer or smaller" in sent[1]["body"]


def test_a_request_that_hides_its_length_is_cut_off():
    sent, seen = request([b"123", b"456", b"789"], limit=5)
    assert seen == [b"123"]
    assert [message.get("status") for message in sent] == [413, None]


@pytest.mark.parametrize("path", ["/upload", "/gradio_api/upload/"])
def test_an_upload_may_be_larger_than_the_rest(path):
    assert request([b"123456"], 5, 6, path)[0][0]["status"] == 200
    assert request([b"123456"], 5, 6, "/queue/join")[0][0]["status"] == 413
    assert request([b"123456", b"78901"], 5, None, path)[0][0]["status"] == 413


@pytest.mark.parametrize("length", ["-1", "many", "1e9"])
def test_a_length_that_is_no_number_is_refused(length):
    sent, seen = request([b"123"], limit=5, length=length)
    assert seen == []
    assert sent[0]["status"] == 413


def test_what_is_no_request_passes():
    passed = []

    async def application(scope, receive, send):
        passed.append(scope["type"])

    asyncio.run(BoundedRequests(application, 5)({"type": "lifespan"}, None, None))
    assert passed == ["lifespan"]


@pytest.mark.parametrize("path", ["/gradio_api/upload", "/gradio_api/run/predict"])
def test_a_body_that_stops_coming_is_refused(monkeypatch, path):
    monkeypatch.setattr(request_limits, "PATIENCE_SECONDS", 0.01)
    sent, seen = request([b"1", NOTHING_MORE], limit=5, length=2, path=path)
    assert seen == [b"1"]
    assert sent[0]["status"] == 408
    assert b"too slowly" in sent[1]["body"]


def test_what_has_come_buys_time_for_the_rest(monkeypatch):
    monkeypatch.setattr(request_limits, "PATIENCE_SECONDS", 0.0)
    assert request([b"1", b"2"], 5, pause=0.01)[0][0]["status"] == 408
    monkeypatch.setattr(request_limits, "SLOWEST", 0.1)  # ten seconds for a byte
    assert request([b"1", b"2"], 5, pause=0.01)[0][0]["status"] == 200


def test_who_waits_for_a_long_answer_is_not_refused(monkeypatch):
    monkeypatch.setattr(request_limits, "PATIENCE_SECONDS", 0.0)
    sent, seen = request([b"1"], limit=5, pause=0.01)
    assert seen == [b"1", "http.disconnect"] and sent[0]["status"] == 200
