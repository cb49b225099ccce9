"""The app as assistants meet it: a real server, and the protocol's own client."""

import asyncio
import base64
import json

import httpx
import numpy as np
import pytest
from mcp import ClientSession
from mcp.client.streamable_http import streamable_http_client
from PIL import Image

from gecat.app.mcp.route import MARKS, MESSAGE_BYTES
from gecat.app.ui.queue_shares import OF_AN_ADDRESS
from gecat.i18n import words

WRONG = words("en").requests
CROWD = ["203.0.113.9"] * 60 + ["203.0.113.10"]  # addresses; uvicorn takes the test for a proxy
ASKED = {"jsonrpc": "2.0", "id": 1, "method": "tools/call"}


@pytest.fixture(scope="module")
def photo(tmp_path_factory):
    path = tmp_path_factory.mktemp("photo") / "photo.png"
    pixels = np.random.default_rng(0).integers(0, 256, (50, 80, 3), np.uint8)
    Image.fromarray(pixels).save(path)
    return path


def data_uri(path):
    return f"data:image/png;base64,{base64.b64encode(path.read_bytes()).decode()}"


def with_client(app_url, work):
    """What an async function returns that is given the protocol's client."""

    async def visit():
        async with (
            streamable_http_client(f"{app_url}/gradio_api/mcp/") as (read, write, _),
            ClientSession(read, write) as session,
        ):
            await session.initialize()
            return await work(session)

    return asyncio.run(visit())


def test_an_assistant_finds_the_tools_and_uses_them_one_after_the_other(app_url, photo):
    async def work(session):
        tools = {tool.name: tool for tool in (await session.list_tools()).tools}
        assert {"segment", "segment_many", "score", "touch_up"} <= set(tools)
        schema = tools["segment"].inputSchema
        assert schema["required"] == ["photo"]
        assert schema["properties"]["threshold"]["maximum"] == 1
        assert "the score and the doubtful share" in tools["score"].description
        values = {"photo": data_uri(photo), "refine": False}
        found = await session.call_tool("segment", values)
        mask = found.structuredContent["mask"]
        judged = await session.call_tool("score", {"photo": data_uri(photo), "mask": mask["path"]})
        strokes = [{"keep": True, "points": [[40, 25]]}]
        mended = await session.call_tool("touch_up", {**values, "strokes": strokes})
        many = await session.call_tool("segment_many", {"photos": [data_uri(photo)] * 2})
        return found, judged, mended, many

    found, judged, mended, many = with_client(app_url, work)
    assert not any(answer.isError for answer in (found, judged, mended, many))
    assert json.loads(found.content[0].text) == found.structuredContent
    assert 0 <= found.structuredContent["facts"]["score"] <= 1
    address = found.structuredContent["mask"]["url"]
    assert address.startswith(app_url)
    assert httpx.get(address).content == base64.b64decode(found.content[2].data)
    assert found.content[2].mimeType == "image/png"
    # The mask is judged in black and white, as it was written.
    assert 0 <= judged.structuredContent["facts"]["score"] <= 1
    assert mended.structuredContent["facts"]["boxes"]
    assert len(many.structuredContent["facts"]) == 2


def test_what_is_wrong_is_told_in_words(app_url, photo):
    wrong = [
        ("segment", {"photo": data_uri(photo), "threshold": 7}, "from 0 to 1. Received: 7"),
        ("segment", {"photo": "https://example.org/a.png"}, "no address is fetched"),
        ("segment", {"photo": "data:image/png;base64,%%"}, "no address is fetched"),
        ("segment", {"photo": "/etc/passwd"}, "given as an uploaded file. Received: passwd"),
        ("segment", {"photo": {"path": "/etc/passwd", "meta": {"_type": "gradio.FileData"}}}, "an"),
        ("touch_up", {"photo": data_uri(photo), "strokes": [{"path": "/etc/passwd"}]}, "strokes"),
        ("segment", {"photo": data_uri(photo), "colour": "red"}, "allowed are photo, refine"),
        ("segment", {}, "A photo is needed"),
        ("score", {"photo": data_uri(photo)}, "A mask is needed"),
        ("segment_many", {"photos": []}, "Choose some photos"),
    ]

    async def work(session):
        return [await session.call_tool(name, values) for name, values, _ in wrong]

    for answer, (name, values, told) in zip(with_client(app_url, work), wrong, strict=True):
        assert answer.isError, (name, values)
        assert told in answer.content[0].text
        assert "<" not in answer.content[0].text


@pytest.fixture
def api(app_url):
    with httpx.Client(base_url=app_url, timeout=60) as client:
        yield client


def post(api, content, **headers):
    given = {"content-type": "application/json", "accept": "application/json"}
    return api.post("/gradio_api/mcp", content=content, headers=given | headers)


@pytest.mark.parametrize(
    ("content", "status"),
    [
        (b"x" * (MESSAGE_BYTES + 1), 413),
        (b"[" * MARKS + b"]" * MARKS, 400),
        (b'{"id": 1, "params": [' + b"[]," * MARKS + b"[]]}", 400),
        (b"[]", 400),
        (b"\xff", 400),
        (b'{"jsonrpc": "2.0", "method": "notifications/initialized"}', 202),
        (b'{"jsonrpc": "2.0", "id": {}, "method": "ping"}', 400),
        (b'{"jsonrpc": "2.0", "id": 1, "method": "ping", "params": 7}', 400),
        (
            b'{"id": 1, "method": "ping", "params": {"photos": ' + b"[" * 900 + b"]" * 900 + b"}}",
            400,
        ),
    ],
)
def test_what_is_no_message_is_refused(api, content, status):
    assert post(api, content).status_code == status


@pytest.mark.parametrize(
    "message",
    [
        ASKED,
        ASKED | {"params": {"name": "mend", "arguments": {}}},
        ASKED | {"params": {"name": "../run/segment"}},
        ASKED | {"params": {"name": "segment", "arguments": [1]}},
        ASKED | {"method": "resources/read", "params": {"uri": "file:///etc/passwd"}},
    ],
)
def test_nothing_but_the_public_endpoints_is_called(api, message):
    answer = post(api, json.dumps(message)).json()
    assert answer["error"]["message"] == WRONG.no_sense


def test_half_a_character_is_no_text(api, app_log):
    """No answer can hold it: whoever sent it had a bare refusal, and the log a page."""
    values = {"photo": "\ud800"}
    messages = [
        {"id": "\ud800", "method": "ping"},
        ASKED | {"params": {"name": "segment", "arguments": values}},
    ]
    for message in messages:
        assert post(api, json.dumps(message)).json()["error"]["message"] == WRONG.no_sense
    for content in (b'{"data": [[{"path": "\\ud800"}], true, 0.5]}', b'{"data": ["\\ud800"]}'):
        answer = api.post("/gradio_api/call/segment_many", content=content)
        assert (answer.status_code, answer.text) == (400, WRONG.no_sense)
    assert "surrogates" not in app_log.read_text()


def test_what_holds_for_the_page_holds_for_assistants(api):
    ping = json.dumps(ASKED | {"method": "ping"})
    answer = post(api, ping)
    assert answer.json()["result"] == {}
    assert "default-src 'self'" in answer.headers["content-security-policy"]
    assert post(api, ping, host="evil.example.org").status_code == 421
    assert post(api, ping, origin="https://evil.example.org").status_code == 403
    assert post(api, ping, **{"mcp-protocol-version": "1999-01-01"}).status_code == 400
    assert api.get("/gradio_api/mcp").status_code == 405
    assert {tool["name"] for tool in api.get("/gradio_api/mcp/schema").json()} >= {"segment"}


def test_a_call_counts_in_the_share_of_whoever_sends_it(api, photo):
    """Whoever has filled the share of an address waits, by this way too; others do not."""
    values = {"name": "segment", "arguments": {"photo": data_uri(photo), "refine": True}}
    call = json.dumps(ASKED | {"params": values})

    async def flood():
        limits = httpx.Limits(max_connections=None)
        options = {"base_url": str(api.base_url), "timeout": 120, "limits": limits}
        async with httpx.AsyncClient(**options) as client:
            headers = {"content-type": "application/json"}

            def send(address):
                given = headers | {"x-forwarded-for": address}
                return client.post("/gradio_api/mcp", content=call, headers=given)

            return await asyncio.gather(*map(send, CROWD))

    answers = asyncio.run(flood())
    refused = [
        address
        for address, answer in zip(CROWD, answers, strict=True)
        if answer.status_code == 429 or answer.json()["result"]["isError"]
    ]
    assert set(refused) == {"203.0.113.9"}
    assert len(refused) >= CROWD.count("203.0.113.9") - OF_AN_ADDRESS
