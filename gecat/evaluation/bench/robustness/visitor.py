"""What a browser, a program or an attacker sends to the app: plain HTTP."""

import base64
import json
import secrets
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Any

import httpx

from gecat.i18n import words

API = "/gradio_api"
PATIENCE = 180.0
FILE = {"_type": "gradio.FileData"}
UNEXPECTED = (words("en").page.unexpected, "Internal Server Error")


def nobody_expected(told: str) -> bool:
    """Returns whether an answer says nothing, or only that something went wrong."""
    return told in ("", "None", "no answer") or any(wrong in told for wrong in UNEXPECTED)


class Visitor:
    """Somebody with a browser of his own.

    Args:
        url: of the app; address: of this machine that he comes from; key: of his runs.
    """

    def __init__(self, url: str, address: str = "127.0.0.1", key: str | None = None) -> None:
        transport = httpx.HTTPTransport(local_address=address)
        self.http = httpx.Client(base_url=url, timeout=PATIENCE, transport=transport)
        self.key = key or secrets.token_urlsafe(24)
        self.run: str | None = None
        self._config: dict[str, Any] = {}

    def __enter__(self) -> "Visitor":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.http.close()

    def upload(self, data: bytes, name: str = "photo.png") -> dict[str, Any]:
        """Uploads a file; returns the payload that names it.

        Raises:
            httpx.HTTPStatusError: if it is refused.
        """
        answer = self.http.post(f"{API}/upload", files={"files": (name, data)})
        answer.raise_for_status()
        return {"path": answer.json()[0], "orig_name": name, "meta": FILE}

    def segment(self, photo: object, refine: bool = False) -> tuple[bool, list[Any] | str]:
        """Calls the endpoint for programs.

        Args:
            photo: the payload of a file; refine: whether along the photo's edges.

        Returns:
            (True, the answer's values), or (False, the sentence).
        """
        call = self.http.post(f"{API}/call/segment", json={"data": [photo, refine, 0.5]})
        if call.status_code != 200:
            return False, call.text
        with self.http.stream("GET", f"{API}/call/segment/{call.json()['event_id']}") as lines:
            event = ""
            for line in lines.iter_lines():
                event = line.removeprefix("event: ") if line.startswith("event: ") else event
                if line.startswith("data: ") and event in ("complete", "error"):
                    told = json.loads(line.removeprefix("data: "))
                    return (True, told) if event == "complete" else (False, sentence_of(told))
        return False, "no answer"

    def assistant_segments(self, data: bytes) -> tuple[bool, list[Any] | str]:
        """Segments a photo as an assistant does, by the Model Context Protocol.

        Args:
            data: of a PNG file.

        Returns:
            as `segment`.
        """
        photo = f"data:image/png;base64,{base64.b64encode(data).decode()}"
        told = self.tool("segment", photo=photo, refine=False)
        if told["isError"]:
            return False, told["content"][0]["text"]
        return True, list(told["structuredContent"].values())

    def tool(self, name: str, **arguments: Any) -> dict[str, Any]:
        """Calls a tool of the Model Context Protocol; returns its result, refusals too."""
        asked = {"name": name, "arguments": arguments}
        told = self.message("tools/call", asked)
        return told.get("result") or {"isError": True, "content": [{"text": json.dumps(told)}]}

    def message(self, method: str, values: dict[str, Any]) -> dict[str, Any]:
        """Sends a message of that protocol; returns the answer."""
        asked = {"jsonrpc": "2.0", "id": 1, "method": method, "params": values}
        answer = self.http.post(f"{API}/mcp", json=asked)
        return answer.json() if answer.status_code == 200 else {"error": answer.text}

    def fetch(self, answer: dict[str, Any]) -> bytes:
        """Returns the bytes of a file that an answer names."""
        got = self.http.get(f"{API}/file={answer['path']}")
        got.raise_for_status()
        return got.content

    def call(self, event: str | int, session: str = "", **values: Any) -> dict[str, Any]:
        """Calls an event of the page, private ones too.

        Args:
            event: its name, of the first of that name, or its index.
            session: of a browser; by default one of its own.
            **values: by the parts' ids on the page (elem_id, with _ for -), or by "state0",
                "state1" ...; the others have what the page begins with.

        Returns:
            the answer: its "data", or its "error".
        """
        found = self.dependency(event)
        data = [values.get(name, default) for name, default in self.inputs_of(found["id"])]
        body = {
            "data": data,
            "fn_index": found["id"],
            "session_hash": session or secrets.token_hex(5),
        }
        if not found["queue"]:
            answer = self.http.post(f"{API}/run/predict", json=body)
            return answer.json() if answer.status_code == 200 else {"error": answer.text}
        joined = self.http.post(f"{API}/queue/join", json=body)
        if joined.status_code != 200:
            return {"error": joined.text}
        query = {"session_hash": body["session_hash"]}
        with self.http.stream("GET", f"{API}/queue/data", params=query) as lines:
            for line in lines.iter_lines():
                told = json.loads(line.removeprefix("data:")) if line.startswith("data:") else {}
                if told.get("msg") == "process_completed":
                    return told["output"]
        return {"error": "no answer"}

    def start(self, seconds: int = 60, **values: Any) -> dict[str, Any]:
        """Begins a training, as the page does."""
        answer = self.call("start", gecat_visitor=self.visitor_state, seconds=seconds, **values)
        if "data" in answer:
            self.run = answer["data"][0]["run"]
        return answer

    def steer(self, event: str, **values: Any) -> dict[str, Any]:
        """Calls an event of the Train tab with the visitor's key and run."""
        return self.call(event, gecat_visitor=self.visitor_state, runs=self.run, **values)

    @property
    def visitor_state(self) -> dict[str, Any]:
        """What a browser keeps: the key, and which run is looked at."""
        return {"key": self.key, "run": self.run}

    def config(self) -> dict[str, Any]:
        """Returns the description of the page."""
        if not self._config:
            self._config = self.http.get("/config").json()
        return self._config

    def dependency(self, event: str | int) -> dict[str, Any]:
        """Returns an event's description, by name or index."""
        field = "id" if isinstance(event, int) else "api_name"
        return next(one for one in self.config()["dependencies"] if one[field] == event)

    def inputs_of(self, index: int) -> Iterator[tuple[str, Any]]:
        """Yields (name, value that the page begins with) of what an event is sent."""
        parts = {part["id"]: part for part in self.config()["components"]}
        states = 0
        for number in self.dependency(index)["inputs"]:
            properties = parts[number]["props"]
            name = properties.get("elem_id") or properties.get("storage_key")
            if parts[number]["type"] == "state":
                name, states = f"state{states}", states + 1
            yield str(name or number).replace("-", "_"), properties.get("value")


class PlainVisitor:
    """Asks for the page again and again, in a thread, and notes how long it took.

    Args:
        url: of the app; pause: seconds between two requests.
    """

    def __init__(self, url: str, pause: float = 0.5) -> None:
        self._url, self._pause = url, pause
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._ask, name="plain visitor", daemon=True)
        self.seconds: list[float] = []
        self.failures: list[str] = []
        self.meanwhile = ""  # what others do now
        self.slowest = (0.0, "")  # the longest, and what others did then

    def __enter__(self) -> "PlainVisitor":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()

    def _ask(self):
        # From an address of its own, like anybody who has nothing to do with the others.
        transport = httpx.HTTPTransport(local_address="127.0.0.99")
        with httpx.Client(base_url=self._url, timeout=60.0, transport=transport) as http:
            while not self._ended.wait(self._pause):
                began, meanwhile = time.monotonic(), self.meanwhile
                try:
                    http.get("/").raise_for_status()
                except httpx.HTTPError as error:
                    self.failures.append(repr(error)[:200])
                self.seconds.append(time.monotonic() - began)
                self.slowest = max(self.slowest, (self.seconds[-1], meanwhile))


def sentence_of(told: object) -> str:
    """Returns what an answer that is an error says."""
    return str(told.get("error") if isinstance(told, dict) else told)


def is_up(url: str, patience: float = 5.0) -> bool:
    """Returns whether an app answers."""
    try:
        return httpx.get(url, timeout=patience).status_code == 200
    except httpx.HTTPError:
        return False


def read(path: Path) -> bytes:
    """Returns a file's bytes; none where it is gone."""
    return path.read_bytes() if path.is_file() else b""
