"""Who may do what: every endpoint, private ones by index, called by a stranger who knows too much.

The same calls by the run's own visitor are the control: the patterns that find nothing with the
stranger must find something there.
"""

import json
import secrets
import tempfile
import threading
import time
from collections.abc import Iterable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx

from gecat.evaluation.bench.robustness.kills import job_of, wait_for
from gecat.evaluation.bench.robustness.ledger import Part
from gecat.evaluation.bench.robustness.photos import sound_photos
from gecat.evaluation.bench.robustness.serving import App
from gecat.evaluation.bench.robustness.visitor import FILE, Visitor, read

FILES = ("image", "file", "imageeditor", "dataset", "gallery")
SHOWING = ("arrive", "refresh", "describe", "prepare_downloads")  # asked by the run's own visitor


def run(part: Part, only: Iterable[str] | None = None) -> None:
    """Calls everything.

    Args:
        part: Part; only: the names of the events to call, or None for all.
    """
    with (
        tempfile.TemporaryDirectory() as place,
        App(Path(place) / "app") as app,
        Trap() as trap,
        app.visitor() as owner,
        app.visitor() as stranger,
        part,
    ):
        secret = begin_private_run(app, owner)
        patterns = [secret, owner.key, str(app.runs), job_of(app, owner.run)["owner"]]
        before = job_of(app, owner.run)
        chosen = list(indices(owner, only))
        part.figures["wanted"] = len(chosen)
        while part.is_unfinished():
            index = chosen[int(part.done)]
            for claim in claims(owner, stranger, before["owner"]):
                told = call(stranger, index, owner.run, claim, traps(app, owner, trap))
                part.count("calls by a stranger")
                # What somebody claims comes back to him as his own.
                private = [one for one in patterns if one not in json.dumps(claim)]
                for leak in leaks(told, private, stranger):
                    part.fault("leak", event=index, claim=str(claim)[:60], told=leak)
            part.advance()
        _odd_indices(part, stranger)
        ask_tools(part, stranger, traps(app, owner, trap), patterns)
        _paths(part, app, owner, patterns)
        _is_unharmed(part, app, owner, before)
        harmless = [index for index in chosen if owner.dependency(index)["api_name"] in SHOWING]
        own = [call(owner, index, owner.run, owner.visitor_state, []) for index in harmless]
        found = sum(bool(list(leaks(told, patterns, owner))) for told in own)
        part.note("answers to its own visitor in which the patterns are found", found)
        if found < len(harmless):
            part.fault("the control failed", found=found)
        _fetch_nothing(part, app, trap)


class Trap:
    """A server of this machine that notes who asks it for something."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        asked = self.asked

        class Note(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                asked.append(self.path)
                self.send_response(200)
                self.end_headers()
                self.wfile.write(sound_photos()["PNG"])

            do_HEAD = do_POST = do_GET

            def log_message(self, format: str, *words: object) -> None:
                """Says nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Note)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> "Trap":
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()


def begin_private_run(app: App, owner: Visitor) -> str:
    """Begins a run of the owner, with a name that nobody else knows; returns the name."""
    secret = f"private-{secrets.token_hex(6)}"
    owner.start(seconds=600)
    owner.steer("rename", run_name=secret)
    weights = app.runs / str(owner.run) / "weights.safetensors"
    wait_for(weights.exists)
    owner.steer("pause")
    return secret


def indices(visitor: Visitor, only: Iterable[str] | None = None) -> Iterator[int]:
    """Yields the indices of all events, or of those of these names."""
    for found in visitor.config()["dependencies"]:
        if only is None or found["api_name"] in set(only):
            yield found["id"]


def claims(owner: Visitor, stranger: Visitor, kept: str) -> list[Any]:
    """Returns what a stranger may claim to be: wrong keys, and the hash that the server keeps.

    Args:
        owner: whose run it is; stranger: who calls; kept: the hash.
    """
    keys: list[Any] = [
        stranger.key,
        "",
        None,
        kept,
        owner.key[:-1],
        [owner.key],
        {"key": 1},
        10**20,
    ]
    whole: list[Any] = [None, [], "key", owner.run, {"run": owner.run}]
    return [{"key": key, "run": owner.run} for key in keys] + whole


def traps(app: App, owner: Visitor, trap: Trap) -> list[dict[str, Any]]:
    """Returns payloads of files that a stranger has not uploaded."""
    folder = app.runs / str(owner.run)
    paths = [folder / "weights.safetensors", folder / "job.json", Path("/etc/passwd"), app.log]
    urls = [f"{trap.url}/a.png", "https://example.com/a.png", "file:///etc/passwd", "//[::1]/a"]
    named = [{"path": str(path), "meta": FILE, "orig_name": "a.png"} for path in paths]
    linked = [{"path": url, "url": url, "meta": FILE, "orig_name": "a.png"} for url in urls]
    return named + linked


def call(
    visitor: Visitor, index: int, run: str | None, claim: object, files: list[dict[str, Any]]
) -> str:
    """Calls an event with a run's id, what the caller claims to be, and files; returns all text.

    Args:
        visitor: who calls; index: of the event; run: the id; claim: see `claims`; files: payloads
            for parts that take some, one after another; texts that nobody is known by are given
            their paths.
    """
    values: dict[str, Any] = {
        "gecat_visitor": claim,
        "gecat_weights": claim,
        "runs": run,
        "others": [run],
        "begin": "run",
        "run_name": "taken",
        "learn_from": "photos" if files else "scenes",
    }
    parts = {part["id"]: part for part in visitor.config()["components"]}
    dependency = visitor.dependency(index)
    wanted = [
        (name, parts[number]["type"])
        for (name, _), number in zip(visitor.inputs_of(index), dependency["inputs"], strict=True)
    ]
    told = []
    texts = [name for name, kind in wanted if kind == "textbox" and name not in values]
    holes = [name for name, kind in wanted if kind in FILES] + texts
    for payload in files if holes else [None]:
        for name, kind in wanted:
            if kind in FILES and payload is not None:
                values[name] = [payload] if kind in ("file", "gallery") else payload
            if name in texts and payload is not None:
                values[name] = payload["path"]
            if kind == "state":
                values[name] = payload
        try:
            told.append(json.dumps(visitor.call(index, **values)))
        except (httpx.HTTPError, ValueError) as error:
            told.append(repr(error))
    return "\n".join(told)


def leaks(told: str, patterns: list[str], visitor: Visitor) -> Iterator[str]:
    """Yields what of a private run an answer holds, in its text or in the files that it names.

    Args:
        told: the answer as JSON; patterns: texts that are private; visitor: who fetches the files.
    """
    for pattern in patterns:
        if pattern in told:
            yield f"{pattern[:12]}... in the answer"
    for path in _files_in(told):
        try:
            content = visitor.fetch({"path": path})
        except httpx.HTTPError:
            continue
        for pattern in patterns:
            if pattern.encode() in content:
                yield f"{pattern[:12]}... in {Path(path).name}"


def _files_in(told):
    for line in told.splitlines():
        try:
            waiting = [json.loads(line)]
        except ValueError:
            continue
        while waiting:
            one = waiting.pop()
            if isinstance(one, dict):
                if isinstance(one.get("path"), str):
                    yield one["path"]
                waiting += one.values()
            elif isinstance(one, list):
                waiting += one


def ask_tools(
    part: Part, stranger: Visitor, files: list[dict[str, Any]], patterns: list[str]
) -> None:
    """Lets an assistant ask for files that nobody has uploaded, by paths and by addresses.

    Args:
        part: Part; stranger: who asks; files: of `traps`; patterns: texts that are private.
    """
    for tool in stranger.message("tools/list", {})["result"]["tools"]:
        parts = tool["inputSchema"]["properties"]
        texts = [name for name, kind in parts.items() if kind["type"] == "string"]
        lists = [name for name, kind in parts.items() if kind.get("items") == {"type": "string"}]
        for file in files:
            for given in (file["path"], file):
                asked = {**dict.fromkeys(texts, given), **dict.fromkeys(lists, [given])}
                told = stranger.tool(tool["name"], **asked)
                part.count("calls by an assistant")
                if not told["isError"]:
                    part.fault("file read for an assistant", tool=tool["name"], what=file["path"])
                private = [one for one in patterns if one not in json.dumps(asked)]
                for leak in leaks(json.dumps(told), private, stranger):
                    part.fault("leak", tool=tool["name"], told=leak)


def _odd_indices(part, stranger):
    for index in (-1, 10**4, 10**12):
        for route in ("queue/join", "run/predict"):
            body = {"data": [], "fn_index": index, "session_hash": "odd"}
            status = stranger.http.post(f"/gradio_api/{route}", json=body).status_code
            if status != 400:
                part.fault("odd index", index=index, route=route, status=status)


def _paths(part, app, owner, patterns):
    """Asks for files of the server by their paths."""
    folder = app.runs / str(owner.run)
    names = [folder / "weights.safetensors", folder / "job.json", folder / "config.json", app.log]
    served = f"{app.files}/../runs/{owner.run}/job.json"
    with app.visitor() as stranger:
        for path in [*map(str, names), served, "/etc/passwd", "/proc/self/environ"]:
            for spelled in (path, path.replace("/", "%2F"), f"/{path}", f"{path}%00.png"):
                answer = stranger.http.get(f"/gradio_api/file={spelled}")
                part.count("paths asked for")
                if answer.status_code == 200 and answer.content:
                    part.fault("file given away", path=spelled[-60:])
                if any(pattern.encode() in answer.content for pattern in patterns[:2]):
                    part.fault("leak", path=spelled[-60:])


def _is_unharmed(part, app, owner, before):
    after = job_of(app, owner.run)
    for name in ("name", "asked", "owner", "seconds"):
        if after.get(name) != before[name]:
            part.fault("a stranger changed a run", what=name, after=str(after.get(name))[:60])
    if not read(app.runs / str(owner.run) / "weights.safetensors"):
        part.fault("a stranger removed weights")


def _fetch_nothing(part, app, trap):
    time.sleep(1.0)
    for path in trap.asked:
        part.fault("an address was fetched", what=path)
    for kind, what in app.noted():
        part.fault("file elsewhere" if kind == "write" else "connection", what=what[-200:])
    httpx.get(trap.url)
    if len(trap.asked) == 0:
        part.fault("the control failed", what="the trap")
