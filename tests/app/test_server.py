"""The app as programs meet it: a real server in a process of its own, and gradio_client."""

import functools
import inspect
import json
import os
import re
import socket
import subprocess
import sys
import tempfile
import threading
import urllib.error
import urllib.parse
import urllib.request
import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import numpy as np
import pytest
from gradio_client import Client, handle_file
from gradio_client.exceptions import AppError
from PIL import Image

from gecat.app.page import build
from gecat.app.ui.uploads import MANY_BYTES
from gecat.jobs.actions import Jobs
from gecat.jobs.job import new_key, read_job
from gecat.jobs.limits import JobLimits

from ..conftest import ROOT, serve


@pytest.fixture(scope="module")
def client(app_url, tmp_path_factory):
    folder = tmp_path_factory.mktemp("client")
    return Client(app_url, verbose=False, download_files=str(folder), analytics_enabled=False)


@pytest.fixture
def photo(tmp_path):
    path = tmp_path / "photo.png"
    pixels = np.random.default_rng(0).integers(0, 256, (50, 80, 3), np.uint8)
    Image.fromarray(pixels).save(path)
    return path


def test_a_program_segments_a_photo(client, photo):
    cutout, mask, facts = client.predict(handle_file(photo), False, 0.5, api_name="/segment")
    with Image.open(cutout) as picture:
        assert (picture.mode, picture.size) == ("RGBA", (80, 50))
    with Image.open(mask) as picture:
        assert (picture.mode, picture.size) == ("L", (80, 50))
    assert 0 <= facts["score"] <= 1


def test_a_program_compares_a_photo_with_the_classical_methods(client, photo, tmp_path):
    mask = tmp_path / "mask.png"
    Image.new("L", (80, 50), 255).save(mask)
    masks, facts = client.predict(handle_file(photo), handle_file(mask), api_name="/compare")
    assert len(masks) == len(facts) == 7
    assert {"gecat", "otsu", "grabcut"} < facts.keys()
    for path, found in zip(masks, facts.values(), strict=True):
        with Image.open(path) as picture:
            assert (picture.mode, picture.size) == ("L", (80, 50))
            share = np.mean(np.asarray(picture) > 127)
        assert found["iou"] == pytest.approx(share, abs=1e-3)  # all is object
        assert found["seconds"] > 0
    with pytest.raises(AppError, match="80 x 50 pixels. Received: 8 x 5"):
        Image.new("L", (8, 5)).save(mask)
        client.predict(handle_file(photo), handle_file(mask), api_name="/compare")


def test_a_large_photo_keeps_no_small_one_waiting(app_url, photo, tmp_path):
    large = tmp_path / "large.png"
    Image.new("RGB", (8000, 6000), (200, 30, 30)).save(large, compress_level=1)
    ended = []

    def wait_for_end(path, event):
        assert "event: complete" in answer_to(app_url, event)
        ended.append(path.name)

    begun = [
        (path, join(app_url, upload(app_url, path)).json()["event_id"]) for path in (large, photo)
    ]
    threads = [threading.Thread(target=wait_for_end, args=each) for each in begun]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert ended == ["photo.png", "large.png"]


def test_a_program_is_told_what_is_wrong(client, tmp_path):
    path = tmp_path / "note.png"
    path.write_text("only words")
    with pytest.raises(AppError, match="no picture that can be read"):
        client.predict(handle_file(path), False, 0.5, api_name="/segment")


def test_programs_mend_a_mask_and_are_told_what_is_wrong(client, photo):
    strokes = [{"keep": False, "points": [[40, 25], [60, 25]], "radius": 3}]
    call = {"refine": False, "threshold": 0.5, "api_name": "/touch_up"}
    cutout, mask, facts = client.predict(handle_file(photo), strokes, **call)
    with Image.open(mask) as picture:
        assert picture.size == (80, 50)
        assert not np.asarray(picture)[23:28, 40:61].any()
    assert 0 <= facts["score"] <= 1
    with pytest.raises(AppError, match="80 × 50 pixels"):
        client.predict(handle_file(photo), [{"keep": True, "points": [[80, 2]]}], **call)
    with pytest.raises(AppError, match="Strokes are a list"):
        client.predict(handle_file(photo), {"keep": True}, **call)


def test_programs_segment_many_photos_and_hear_of_each(client, photo, tmp_path):
    note = tmp_path / "note.png"
    note.write_text("only words")
    files = [handle_file(photo), handle_file(note), handle_file(photo)]
    archive, facts = client.predict(files, False, 0.5, api_name="/segment_many")
    with zipfile.ZipFile(archive) as found:
        names = found.namelist()
        assert sorted(names) == sorted(
            fact[key] for fact in facts[:2] for key in ("cutout", "mask")
        )
    assert len(set(names)) == 4 and {fact["name"] for fact in facts[:2]} == {"photo.png"}
    assert facts[2]["name"] == "note.png" and "no picture" in facts[2]["error"]
    with pytest.raises(AppError, match="from 0 to 1. Received: 7"):
        client.predict(files, False, 7, api_name="/segment_many")


def test_programs_ask_the_critic_about_a_mask_of_their_own(client, photo, tmp_path):
    mask = tmp_path / "mask.png"
    Image.new("L", (80, 50), 255).save(mask)
    call = {"api_name": "/score"}
    score_map, facts = client.predict(handle_file(photo), handle_file(mask), **call)
    with Image.open(score_map) as picture:
        assert (picture.mode, picture.size) == ("L", (80, 50))
        assert np.mean(np.asarray(picture) < 128) == pytest.approx(facts["doubtful"], abs=0.01)
    assert 0 <= facts["score"] <= 1
    Image.new("L", (8, 5)).save(mask)
    with pytest.raises(AppError, match="80 x 50 pixels. Received: 8 x 5"):
        client.predict(handle_file(photo), handle_file(mask), **call)
    with pytest.raises(AppError, match="A mask is needed"):
        client.predict(handle_file(photo), None, **call)


def test_a_value_that_is_wrong_is_told_by_its_name(app_url, photo):
    file = {"path": upload(app_url, photo)}
    for values, told in (
        ({"photo": file, "threshold": "much"}, "“threshold” does not take this. Received: 'much'"),
        ({"photo": file, "colour": 1}, "allowed are photo, refine and threshold. Received: colour"),
        ({"threshold": 0.5}, "A photo is needed"),
    ):
        joined = httpx.post(f"{app_url}/gradio_api/call/v2/segment", json=values)
        event = joined.json().get("event_id")
        answer = answer_to(app_url, event) if event else joined.json()["error"]
        assert told in answer


def test_the_endpoints_that_are_named(client):
    named = client.view_api(return_format="dict")["named_endpoints"]
    assert list(named) == ["/segment", "/segment_many", "/score", "/touch_up", "/compare"]


def test_the_examples_of_the_readme_run(app_url, photo, tmp_path):
    with Image.open(photo) as picture:
        picture.resize((200, 125)).save(tmp_path / "photo.jpg")
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    section = readme.split("## For programs\n")[1].split("\n## ")[0]
    examples = re.findall(r"```(\w+)\n(.*?)```", section, re.DOTALL)
    assert [language for language, _ in examples] == ["python", "bash", "python"]
    shells = {"python": [sys.executable, "-c"], "bash": ["bash", "-euc"]}

    def run(language, code):
        code = code.replace("http://127.0.0.1:7860", app_url)
        return subprocess.run(
            [*shells[language], code], cwd=tmp_path, capture_output=True, text=True, check=False
        )

    with ThreadPoolExecutor() as pool:  # each waits for its imports most of the time
        ended = list(pool.map(run, *zip(*examples, strict=True)))
    for (_, code), run_ in zip(examples, ended, strict=True):
        assert run_.returncode == 0, f"{code}{run_.stdout}{run_.stderr}"
    assert "event: complete" in ended[1].stdout and "photo-mask.png" in ended[1].stdout
    assert "score" in ended[2].stdout and "photo-cutout.png" in ended[2].stdout


def upload(app_url, path):
    """Where the server keeps a file that was uploaded."""
    with path.open("rb") as file:
        return httpx.post(f"{app_url}/gradio_api/upload", files={"files": file}).json()[0]


def join(app_url, path, **facts):
    """What is answered to whoever asks for the photo that lies at this path of the server."""
    photo = {"path": str(path), **facts}
    return httpx.post(f"{app_url}/gradio_api/call/segment", json={"data": [photo, False, 0.5]})


def answer_to(app_url, event):
    return httpx.get(f"{app_url}/gradio_api/call/segment/{event}", timeout=60).text


def call(app_url, path, **facts):
    """What the endpoint answers for a photo that lies at this path of the server."""
    joined = join(app_url, path, **facts)
    if joined.is_client_error:
        return f"event: error {joined.text}"
    return answer_to(app_url, joined.json()["event_id"])


@pytest.mark.parametrize("facts", [{"meta": {"_type": "gradio.FileData"}}, {"meta": {}}, {}])
def test_a_photo_of_the_server_that_nobody_uploaded_is_not_taken(app_url, photo, facts):
    uploaded = upload(app_url, photo)
    assert "event: complete" in call(app_url, uploaded, **facts)
    assert "event: error" in call(app_url, photo, **facts)


def test_no_private_event_reads_a_file_of_the_server(app_url, photo):
    given = {"path": str(photo)}
    told = "given as an uploaded file. Received: photo.png"
    assert told in private_call(app_url, "segment", photo=given, refine=False)["error"]
    for name, files in (("segment_many", "photos"), ("segment_many_1", "files")):
        values = {files: [given], "refine": False, "threshold": 0.5}
        assert "data" not in private_call(app_url, name, **values)
    assert told in private_call(app_url, "inspect", photo=given)["error"]
    assert told in private_call(app_url, "take_background", picture=given)["error"]


@functools.cache
def inputs_of(name):
    """Names of what the page sends to an event, in the order in which it sends them."""
    with tempfile.TemporaryDirectory() as folder:
        jobs = Jobs(Path(folder) / "runs", watch=False)
        events = build(folder, jobs=jobs).fns.values()
    (action,) = [event.fn for event in events if event.api_name == name]
    return list(inspect.signature(action).parameters)


def test_a_photo_that_is_told_of_twice_cancels_no_comparison(app_url):
    """The page tells of one photo more than once; only an action knows whether it is another."""
    config = httpx.get(f"{app_url}/config").json()
    parts, events = config["components"], config["dependencies"]
    photos = {part["id"] for part in parts if part["props"].get("elem_id") == "photo"}
    comparing = {event["id"] for event in events if re.match(r"compare_\d", event["api_name"])}
    told = [event for event in events if {(photo, "change") for photo in photos} & targets(event)]
    assert told and comparing
    assert not any(comparing.intersection(event["cancels"]) for event in told)


def targets(event):
    return {tuple(target) for target in event["targets"]}


def private_call(app_url, name, address="127.0.0.1", **values):
    """What a private event of the page answers to whoever calls it past the page.

    The test's own address is one that uvicorn takes for a proxy's, so it may name another.
    """
    headers = {"x-forwarded-for": address}
    events = httpx.get(f"{app_url}/config").json()["dependencies"]
    (event,) = [event for event in events if event["api_name"] == name]
    data = [values.get(name) for name in inputs_of(name)][: len(event["inputs"])]
    body = {"data": data, "fn_index": event["id"], "session_hash": "direct"}
    if not event["queue"]:
        answer = httpx.post(
            f"{app_url}/gradio_api/run/predict", json=body, headers=headers, timeout=60
        )
        return answer.json()
    joined = httpx.post(f"{app_url}/gradio_api/queue/join", json=body, headers=headers)
    if joined.is_client_error:
        return joined.json()
    query = {"session_hash": "direct"}
    with httpx.stream("GET", f"{app_url}/gradio_api/queue/data", params=query, timeout=60) as lines:
        for line in lines.iter_lines():
            told = json.loads(line.removeprefix("data:")) if line.startswith("data:") else {}
            if told.get("msg") == "process_completed":
                return told["output"]
    return {}


VISITOR = {"key": "a-key-that-nobody-guesses", "run": None}
RUN = {
    "visitor": VISITOR,
    "data": "scenes",
    "seconds": 60,
    "begin": "random",
    "preset": "small",
    "terms": [],
    "size": 64,
    "update_rule": "conjugate",
    "generator_steps": 4,
    "first_radius": 1e-3,
    "beta_rule": "PR+",
    "preconditioner": "second_moment",
}


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ({"seconds": 100_000}, "1 to 600 seconds"),
        ({"data": "/etc"}, "no such source"),
        ({"size": 1024}, "160 at most"),
        ({"visitor": None}, "no key"),
    ],
)
def test_calling_the_train_tab_past_the_page_begins_nothing(app_url, asked, told):
    answer = private_call(app_url, "start", **{**RUN, **asked})
    assert "data" not in answer
    assert told in answer["error"]


def test_no_training_reads_a_file_of_the_server(app_url):
    files = [{"path": "/etc/passwd"}]
    assert "data" not in private_call(app_url, "start", **RUN | {"data": "photos", "files": files})


@pytest.mark.parametrize("name", ["pause", "resume", "stop", "delete", "use", "one_cycle"])
def test_calling_the_train_tab_past_the_page_reaches_no_run(app_url, name):
    answer = private_call(app_url, name, visitor=VISITOR, run="0123456789abcdef")
    assert "no such run" in answer["error"]


def test_an_app_that_is_told_to_end_ends_its_trainings(tmp_path, small_weights):
    app = serve(tmp_path, small_weights)
    answer = private_call(next(app), "start", **RUN)
    (path,) = (tmp_path / "runs").glob("*/job.json")
    child = read_job(path).pid
    assert answer["data"][0]["run"] == path.parent.name
    os.kill(child, 0)  # it lives
    app.close()
    assert (read_job(path).pid, read_job(path).asked) == (None, "run")
    with pytest.raises(ProcessLookupError):
        os.kill(child, 0)


def test_made_up_keys_fill_no_more_than_their_address_may(tmp_path, small_weights):
    app = serve(tmp_path, small_weights)
    url = next(app)

    def ask(address):
        visitor = {"key": new_key(), "run": None}
        return private_call(url, "start", address, **RUN | {"visitor": visitor})

    places = 1 + JobLimits.origin_waiting  # one runs
    assert all("data" in ask("203.0.113.1") for _ in range(places))
    assert "From one address" in ask("203.0.113.1")["error"]
    neighbours = [f"2001:db8::{number}" for number in range(1, 8)]  # one owner has them all
    answers = [ask(address) for address in neighbours]
    assert [("data" in answer) for answer in answers] == [True] * 6 + [False]
    app.close()


@pytest.mark.parametrize("path", ["/", "/zh", "/?tab=compare&example=coffee", "/favicon.ico"])
def test_who_asks_for_the_head_alone_gets_that_of_the_whole(app_url, path):
    where = urllib.parse.urlsplit(app_url)
    answers = {}
    for method in ("HEAD", "GET"):
        with socket.create_connection((where.hostname, where.port), timeout=30) as connection:
            asked = f"{method} {path} HTTP/1.1\r\nHost: {where.netloc}\r\nConnection: close\r\n\r\n"
            connection.sendall(asked.encode())
            head, body = b"".join(iter(lambda: connection.recv(2**16), b"")).split(b"\r\n\r\n", 1)
        lines = [line for line in head.splitlines() if not line.lower().startswith(b"date:")]
        answers[method] = sorted(lines), len(body)
    head, length = answers["GET"]
    assert b"HTTP/1.1 200 OK" in head and f"content-length: {length}".encode() in head
    assert answers["HEAD"] == (head, 0)


def test_a_request_that_is_too_large_is_refused(app_url):
    request = urllib.request.Request(f"{app_url}/gradio_api/upload", data=b"x", method="POST")
    request.add_header("Content-Length", str(MANY_BYTES + 1))
    with pytest.raises(urllib.error.HTTPError) as caught:
        urllib.request.urlopen(request, timeout=30)
    assert caught.value.code == 413
    assert b"fewer or smaller" in caught.value.read()


def test_without_weights_the_app_runs_and_says_so(bare_app_url, photo):
    bare = Client(bare_app_url, verbose=False, analytics_enabled=False)
    with pytest.raises(AppError, match="no trained network"):
        bare.predict(handle_file(photo), False, 0.5, api_name="/segment")
