"""A real app in a process of its own, in a sandbox of folders, with a limit of memory."""

import contextlib
import json
import os
import resource
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

from gecat.errors import UserError
from gecat.evaluation.bench.robustness import clock, witness
from gecat.evaluation.bench.robustness.visitor import Visitor, is_up
from gecat.files import PACKAGE, AnyPath

START_SECONDS = 600  # on a busy machine
END_SECONDS = 60
ADDRESS_SPACE = 16_000_000_000  # of each process; TensorFlow maps far more than it takes
SERVE = "from gecat.app.main import main; main()"


class App:
    """The app, begun and ended at will; what it leaves stays in its sandbox.

    Args:
        folder: an empty folder for its files.
        options: words of its command line; weights: what segments, or None for what ships.
        environment: what is added to the environment of its process.

    Attributes:
        url: where it is served; runs, files, log: its folders, and what it says.
    """

    def __init__(
        self,
        folder: AnyPath,
        *options: str,
        weights: AnyPath | None = None,
        environment: Mapping[str, str] | None = None,
        runs: AnyPath | None = None,
    ) -> None:
        self.folder = Path(folder).resolve()
        self.runs = Path(runs) if runs else self.folder / "runs"
        self.files, self.log = self.folder / "files", self.folder / "log.txt"
        self.notes = self.folder / "notes.jsonl"
        self._first = self.folder / "first"  # what its processes import first
        for made in (self.files, self.folder / "home", self._first):
            made.mkdir(parents=True, exist_ok=True)
        for module in (clock, witness):
            shutil.copy(str(module.__file__), self._first)
        (self._first / "sitecustomize.py").write_text("import clock, witness\n")
        self._options = [*options, *(("--weights", str(weights)) if weights else ())]
        self._environment = dict(environment or {})
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.process: subprocess.Popen | None = None

    def __enter__(self) -> "App":
        self.begin()
        return self

    def __exit__(self, *_: object) -> None:
        self.end()

    @property
    def pid(self) -> int:
        """The pid of its process."""
        if self.process is None:
            raise RuntimeError("the app has not begun")
        return self.process.pid

    def begin(self) -> None:
        """Begins it, and waits until it answers.

        Raises:
            UserError: if it does not come up.
        """
        words = [sys.executable, "-c", SERVE, "--host", "127.0.0.1", "--port", str(self.port)]
        places = [self.folder, self.runs, "/dev/shm"]
        told = {"places": [str(place) for place in places], "ports": [self.port]}
        environment = {
            **os.environ,
            "PYTHONPATH": os.pathsep.join((str(self._first), str(PACKAGE.parent))),
            "PYTHONUNBUFFERED": "1",
            "HOME": str(self.folder / "home"),
            "TMPDIR": str(self.files),
            "TF_CPP_MIN_LOG_LEVEL": "3",
            witness.NOTES: str(self.notes),
            witness.PLACES: json.dumps(told),
            **self._environment,
        }
        environment.pop("GRADIO_TEMP_DIR", None)
        with self.log.open("a") as output:
            self.process = subprocess.Popen(
                [*words, "--runs", str(self.runs), *self._options],
                cwd=self.folder,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
            )
        limit_memory(self.process.pid)
        deadline = time.monotonic() + START_SECONDS
        while not is_up(self.url):
            if self.process.poll() is not None or time.monotonic() > deadline:
                self.end()
                print(self.said()[-2000:], file=sys.stderr)
                raise UserError("command.no_app")
            time.sleep(0.1)

    def end(self) -> None:
        """Tells it to end, and waits until it has."""
        if self.process is not None:
            self.process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(END_SECONDS)
            self.kill()

    def kill(self) -> None:
        """Ends it at once, as the system does where memory runs out."""
        if self.process is not None:
            self.process.send_signal(signal.SIGKILL)
            self.process.wait()

    def is_alive(self) -> bool:
        """Returns whether its process lives and answers."""
        lives = self.process is not None and self.process.poll() is None
        return lives and is_up(self.url, patience=30)

    def visitor(self, **options: str) -> Visitor:
        """Returns somebody who visits it; options as Visitor takes them."""
        return Visitor(self.url, **options)

    def said(self) -> str:
        """Returns what it has logged."""
        return self.log.read_text(errors="replace") if self.log.exists() else ""

    def tracebacks(self) -> int:
        """Returns how many exceptions nobody had expected it has logged."""
        return self.said().count("Traceback (most recent call last)")

    def noted(self) -> list[list[str]]:
        """Returns the forbidden things that it did: pairs of a kind and what of it."""
        lines = self.notes.read_text().splitlines() if self.notes.exists() else []
        return [json.loads(line) for line in lines]


def limit_memory(pid: int, size: int = ADDRESS_SPACE) -> None:
    """Bounds the address space of a process, and of all that it begins."""
    if hasattr(resource, "prlimit"):
        with contextlib.suppress(ProcessLookupError):
            resource.prlimit(pid, resource.RLIMIT_AS, (size, size))


def free_port() -> int:
    """Returns a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
