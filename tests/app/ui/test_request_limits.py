import asyncio

import pytest

from gecat.app.ui.request_limits import BoundedRequests


def request(chunks, limit, length=None, path="/"):
    """Sends a request through the middleware; returns what is answered and what went through."""
    headers = [] if length is None else [(b"content-length", str(length).encode())]
    scope = {"type": "http", "headers": headers, "path": path}
    waiting = [
        {"type": "http.request", "body": chunk, "more_body": index + 1 < len(chunks)}
        for index, chunk in enumerate(chunks)
    ]
    sent, seen = [], []

    async def application(scope, receive, send):
        more = True
        while more:
            message = await receive()
            if message["type"] == "http.disconnect":
                return
            seen.append(message["body"])
            more = message["more_body"]
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"fine"})

    async def receive():
        return waiting.pop(0)

    async def send(message):
        sent.append(message)

    guarded = BoundedRequests(application, limit, {"/upload": 2 * limit})
    asyncio.run(guarded(scope, receive, send))
    return sent, seen


def test_a_request_within_the_limit_passes_whole():
    sent, seen = request([b"123", b"45"], limit=5, length=5)
    assert seen == [b"123", b"45"]
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
