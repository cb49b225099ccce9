"""What a stranger sends past the page: refused in a sentence, and nobody else notices."""

import httpx
import pytest


@pytest.fixture(scope="module")
def api(app_url):
    with httpx.Client(base_url=app_url, timeout=60) as client:
        yield client


def canvas_of(api):
    (canvas,) = [
        part["id"]
        for part in api.get("/config", params={"page": ""}).json()["components"]
        if part["type"] == "imageeditor"
    ]
    return canvas


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
