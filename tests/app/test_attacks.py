"""What a stranger sends past the page: refused in a sentence, and nobody else notices."""

import socket
from pathlib import Path

import httpx
import pytest

from gecat.app.ui.log_limits import ENTRIES
from gecat.i18n import words


@pytest.fixture(scope="module")
def api(app_url, app_log):
    with httpx.Client(base_url=app_url, timeout=60) as client:
        client.log = app_log
        yield client


def canvas_of(api):
    parts = api.get("/config", params={"page": ""}).json()["components"]
    return next(part["id"] for part in parts if part["type"] == "imageeditor")


def test_a_layer_far_away_makes_no_list(api):
    facts = {"component_id": canvas_of(api), "session_hash": "x", "fn_name": "accept_blobs"}
    facts |= {"type": "layer", "id": "one"}

    def send(index):
        form = facts | {"index": index}
        return api.post("/gradio_api/component_server", data=form, files={"file": b"png"})

    assert send("0").status_code == 200
    assert send("100000000").status_code == 400


@pytest.mark.parametrize("path", ["queue/join", "call/segment", "run/predict", "component_server"])
def test_a_message_is_bounded_before_it_is_parsed(api, path):
    nested = b'{"data": [' + b"[]," * 1_000_000 + b"[]]}"
    headers = {"content-type": "application/json"}
    assert api.post(f"/gradio_api/{path}", content=nested, headers=headers).status_code == 413
    deep = b"[" * 40_000 + b"]" * 40_000
    assert api.post(f"/gradio_api/{path}", content=deep, headers=headers).status_code in (400, 422)


def test_what_makes_no_sense_is_answered(api):
    for index in (10**6, -1):
        body = {"data": [], "fn_index": index, "session_hash": "odd"}
        for path in ("queue/join", "run/predict"):
            answer = api.post(f"/gradio_api/{path}", json=body)
            assert (answer.status_code, answer.text) == (400, "This request makes no sense here.")
    assert api.post("/gradio_api/call/nothing", json={"data": []}).status_code == 400


def test_nothing_is_fetched_and_nothing_is_kept_that_nobody_sweeps(api):
    for path in ("deep_link?session_hash=odd", "file=https://example.org/a.png", "proxy=http://a"):
        assert api.get(f"/gradio_api/{path}").status_code == 404
    recording = {"video": ("a.mp4", b"0", "video/mp4")}
    assert api.post("/gradio_api/process_recording", files=recording).status_code == 404


def test_no_other_page_may_read_or_embed_an_answer(api):
    stranger = {"origin": "https://example.org", "host": "gecat.example.com"}
    for path in ("/", "/config", "/gradio_api/info"):
        headers = api.get(path, headers=stranger).headers
        assert not [name for name in headers if name.startswith("access-control")]
        assert headers["x-content-type-options"] == "nosniff"
        policy = headers["content-security-policy"]
        assert "default-src 'self';" in policy
        assert policy.endswith("frame-ancestors 'self' https://huggingface.co https://*.hf.space")


def test_a_forwarded_host_is_nobodys_address(api):
    for name in ("x-forwarded-host", "x-gradio-server"):
        answer = api.get("/config", headers={name: "evil.example.org"})
        assert "evil.example.org" not in answer.text


def log_of(api):
    """What the app has written, for its operator to read."""
    return api.log.read_text()


PLACE = {"path": "/etc/passwd", "meta": {"_type": "gradio.FileData"}}
ODD_PHOTOS = [
    "photo.png",
    7,
    [],
    [1, 2],
    {},
    {"path": "\0", "meta": {"_type": "gradio.FileData"}},
    {"path": None, "meta": {"_type": "gradio.FileData"}},
    {"path": 7, "meta": {"_type": "gradio.FileData"}},
    {"path": "a" * 5000, "meta": {"_type": "gradio.FileData"}},
    {"path": ["a"], "meta": {"_type": "gradio.FileData"}},
    {"url": "http://127.0.0.1/", "meta": {"_type": "gradio.FileData"}},
    {"path": "http://127.0.0.1/a.png", "meta": {"_type": "gradio.FileData"}},
    {"path": "../../etc/passwd", "meta": {"_type": "gradio.FileData"}},
    {"path": "/etc/passwd", "meta": "gradio.FileData"},
    {"path": "/etc/passwd", "size": "x", "is_stream": 3, "orig_name": ["a"]},
    {"path": {"path": {"path": "/etc/passwd"}}},
    [PLACE],
    PLACE,
]


@pytest.mark.parametrize("photo", ODD_PHOTOS, ids=lambda photo: repr(photo)[:40])
def test_an_odd_photo_is_refused_in_a_sentence(api, photo):
    before = log_of(api)
    for path in ("call/segment", "call/v2/segment"):
        body = {"data": [photo, False, 0.5]} if path[5] == "s" else {"photo": photo}
        answer = api.post(f"/gradio_api/{path}", json=body)
        assert answer.status_code == 400, answer.text
        told = answer.json()["error"]
        assert told == answer.json()["detail"] and told[-1] == "." and "/etc" not in told
    assert log_of(api) == before


@pytest.mark.parametrize(
    "data",
    [
        [],
        [None],
        [None, False, 0.5, 1],
        [None, "yes", 0.5],
        [None, False, "half"],
        [None, False, [0.5]],
        [None, False, 1e300],
        [None, False, 10**400],
        [None, {"a": 1}, 0.5],
    ],
)
def test_odd_values_are_refused_in_a_sentence(api, data):
    before = log_of(api)
    answer = api.post("/gradio_api/call/segment", json={"data": data})
    assert answer.status_code == 400 and answer.json()["error"][-1] == "."
    assert log_of(api) == before


@pytest.mark.parametrize("strokes", [PLACE, [PLACE], [{"keep": PLACE}], [[{"url": "http://a"}]]])
def test_strokes_name_no_file(api, strokes):
    before = log_of(api)
    body = {"data": [None, strokes, False, 0.5]}
    answer = api.post("/gradio_api/call/touch_up", json=body)
    assert answer.status_code == 400
    assert answer.json()["error"].startswith("“strokes” does not take this")
    assert log_of(api) == before


@pytest.mark.parametrize("number", ["NaN", "Infinity", "1" + 5000 * "0"])
def test_a_number_that_is_none_makes_no_sense(api, number):
    text = '{"data": [null, [{"keep": true, "points": [[?, 1]]}], false, 0.5]}'.replace("?", number)
    headers = {"content-type": "application/json"}
    assert api.post("/gradio_api/call/touch_up", content=text, headers=headers).status_code == 400


def odd_bodies():
    good = {"data": [], "session_hash": "odd"}
    for index in (-1, 10**6, 10**30, 1.5, True, "1", [1], {}, None):
        yield {**good, "fn_index": index}
    for session in (None, "", "a" * 65, "a/b", "ä", 7, ["a"], {}):
        yield {**good, "fn_index": 3, "session_hash": session}
    for trigger in (-1, 10**12, "1", [1], True):
        yield {**good, "fn_index": 3, "trigger_id": trigger}
    for data in (None, "x", {}, 7):
        yield {**good, "fn_index": 3, "data": data}
    yield from (None, [], 7, "x", [[]])


@pytest.mark.parametrize("body", list(odd_bodies()), ids=lambda body: repr(body)[:60])
def test_odd_calls_are_answered_briefly(api, body):
    before = log_of(api)
    answer = api.post("/gradio_api/queue/join", json=body)
    assert (answer.status_code, answer.text) == (400, "This request makes no sense here.")
    for path in ("run/predict", "api/predict", "call/nothing", "call/v2/nothing", "run/%00"):
        answer = api.post(f"/gradio_api/{path}", json=body)
        assert answer.status_code in (400, 404) and answer.text
    assert log_of(api) == before


def call_named(api, name, data):
    """(status, what is told) of calling a private event of the page by its number."""
    events = api.get("/config").json()["dependencies"]
    event = next(event for event in events if event["api_name"] == name)
    body = {"data": data, "fn_index": event["id"], "session_hash": "odd"}
    answer = api.post(f"/gradio_api/{'queue/join' if event['queue'] else 'run/x'}", json=body)
    return answer.status_code, answer.text


def test_what_acts_in_the_browser_alone_is_no_action_here(api):
    before = log_of(api)
    assert call_named(api, "js_fn", [])[0] == 400
    assert log_of(api) == before


@pytest.mark.parametrize("visitor", [PLACE, {"key": PLACE}, {"key": ["a"]}, [], "key", 7])
def test_an_odd_visitor_is_refused_in_a_sentence(api, visitor):
    before = log_of(api)
    for name, data in (("pause", [visitor, "x"]), ("arrive", [visitor])):
        status, told = call_named(api, name, data)
        assert status == 400 and "does not take this" in told
    assert log_of(api) == before


def test_nobody_passes_the_queue(api):
    for path in ("run/segment", "api/segment", "run/segment_many"):
        body = {"data": [None, False, 0.5]}
        assert api.post(f"/gradio_api/{path}", json=body).status_code == 404


def test_odd_clicks_are_refused(api):
    events = api.get("/config").json()["dependencies"]
    for name, good in (("pick", 1), ("occlude", [1, 2])):
        event = next(event for event in events if event["api_name"] == name)
        body = {"data": [None] * len(event["inputs"]), "fn_index": event["id"], "session_hash": "x"}
        way = "queue/join" if event["queue"] else "run/predict"
        for index in ("x", None, [], [1], ["a", "b"], {}, 1e30):
            body["event_data"] = {"index": index, "value": None}
            assert api.post(f"/gradio_api/{way}", json=body).status_code == 400
        for odd in (None, "x", [], {"index": good}):
            body["event_data"] = odd
            assert api.post(f"/gradio_api/{way}", json=body).status_code == 400
        body["event_data"] = {"index": good, "value": None}
        assert api.post(f"/gradio_api/{way}", json=body).status_code == 200


def test_a_photo_that_is_no_longer_kept_is_said(api, app_url):
    files = {"files": ("a.png", b"no picture", "image/png")}
    (path,) = api.post("/gradio_api/upload", files=files).json()
    photo = {"path": path, "meta": {"_type": "gradio.FileData"}}
    body = {"data": [photo, False, 0.5]}
    assert api.post("/gradio_api/call/segment", json=body).status_code == 200
    Path(path).unlink()
    answer = api.post("/gradio_api/call/segment", json=body)
    assert (answer.status_code, "no longer kept" in answer.json()["error"]) == (400, True)


def test_refusals_are_told_in_the_language_of_the_page(api):
    page = {"referer": f"{api.base_url}/zh"}
    body = {"data": ["text", False, 0.5]}
    assert "收到" in api.post("/gradio_api/call/segment", json=body, headers=page).json()["error"]
    program = {"accept-language": "zh-CN,zh;q=0.9"}
    assert api.get("/nowhere", headers=program).text == words("zh").requests.no_page
    large = api.post("/gradio_api/queue/join", content=b"x" * 200_000, headers=program)
    assert "100 kB" in large.json()["error"] and "请" in large.json()["error"]


def test_a_name_that_is_not_the_apps_is_nobodys_address(api):
    for path in ("/", "/config", "/zh", "/nowhere"):
        answer = api.get(path, headers={"host": "evil.example.org"})
        assert (answer.status_code, "evil" in answer.text) == (421, False)
    assert api.get("/config", headers={"host": "192.0.2.7:80"}).status_code == 200


def test_no_page_of_another_site_may_ask(api):
    body = {"data": [None, False, 0.5]}
    for origin in ("https://evil.example.org", "null", "http://127.0.0.1:1"):
        for path in ("call/segment", "queue/join", "upload", "cancel"):
            headers = {"origin": origin}
            answer = api.post(f"/gradio_api/{path}", json=body, headers=headers)
            assert (answer.status_code, answer.json()["error"][-1]) == (403, ".")
    own = {"origin": str(api.base_url)}
    assert api.post("/gradio_api/call/segment", json=body, headers=own).status_code == 200


def test_uploads_that_are_given_up_leave_no_trace(api):
    before = log_of(api)
    head = (
        "POST /gradio_api/upload HTTP/1.1\r\nHost: {host}\r\nContent-Length: 100000\r\n"
        "Content-Type: multipart/form-data; boundary=x\r\n\r\n--x\r\n"
        'Content-Disposition: form-data; name="files"; filename="a.png"\r\n\r\n'
    )
    for _ in range(40):
        with socket.create_connection((api.base_url.host, api.base_url.port)) as connection:
            connection.sendall(head.format(host=api.base_url.host).encode() + b"x" * 1000)
    assert api.get("/").status_code == 200
    assert log_of(api) == before


def test_the_log_is_bounded_whatever_strangers_send(api):
    before = log_of(api)
    for _ in range(3 * ENTRIES):
        body = {"data": 1, "component_id": -1, "session_hash": "x" * 1000, "fn_name": "x"}
        assert api.post("/gradio_api/component_server", json=body).status_code == 400
    written = log_of(api).removeprefix(before)
    assert 0 < written.count("\n") <= 2 * ENTRIES
