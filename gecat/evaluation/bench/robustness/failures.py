"""What a machine does to us: full and read-only disks, limits of the system, a clock that jumps.

A real small file system is mounted where that is allowed (by root); elsewhere that way is left out
and said.
"""

import contextlib
import os
import resource
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from gecat.evaluation.bench.robustness import clock
from gecat.evaluation.bench.robustness.kills import (
    PATIENCE,
    is_learning,
    job_of,
    lives,
    read_checkpoint,
    wait_for,
)
from gecat.evaluation.bench.robustness.ledger import Part
from gecat.evaluation.bench.robustness.photos import sound_photos
from gecat.evaluation.bench.robustness.serving import App
from gecat.evaluation.bench.robustness.visitor import Visitor, nobody_expected
from gecat.files import PACKAGE, AnyPath
from gecat.training.run.folder import last_stats

SMALL = 64_000_000  # bytes of a small file system
LITTLE = 8_000_000
DAY = 86_400
JUMPS = (10_800, -2 * DAY, 400 * DAY, 0)  # seconds
LEARNING = {"size": 64, "batch_size": 8, "generator_steps": 1, "discriminator_steps": 1}


def run(part: Part) -> None:
    """Tries the ways that are left, in the order of WAYS."""
    with part:
        while part.is_unfinished():
            name = list(WAYS)[int(part.done)]
            with tempfile.TemporaryDirectory() as place:
                try:
                    told = WAYS[name](part, Path(place))
                except NotHere as why:
                    told = f"not tried: {why}"
                part.note(f"told/{name}", told)
            part.advance()


class NotHere(Exception):
    """A way that cannot be tried on this machine."""


@contextlib.contextmanager
def small_disk(place: Path, size: int) -> Iterator[Path]:
    """A file system of so many bytes.

    Raises:
        NotHere: if none can be mounted.
    """
    place.mkdir(parents=True, exist_ok=True)
    done = _command("mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(place))
    if done:
        raise NotHere("no file system may be mounted")
    try:
        yield place
    finally:
        _command("umount", "--lazy", str(place))


@contextlib.contextmanager
def app_with_runs_on(place: Path, size: int) -> Iterator[tuple[App, Visitor, Path]]:
    """An app whose runs lie on a small file system, a visitor, and where that is mounted."""
    with contextlib.ExitStack() as stack:
        disk = stack.enter_context(small_disk(place / "runs", size))
        app = stack.enter_context(App(place / "app", runs=disk))
        yield app, stack.enter_context(app.visitor()), disk


@contextlib.contextmanager
def read_only(place: Path) -> Iterator[None]:
    """While it lasts, nothing can be written to a folder, by nobody.

    Raises:
        NotHere: if that cannot be had.
    """
    if _command("mount", "--bind", "-o", "ro", str(place), str(place)):
        raise NotHere("no folder can be made read-only")
    try:
        yield
    finally:
        _command("umount", "--lazy", str(place))


def fill(place: Path) -> Path:
    """Writes until there is no room; returns the path of the file."""
    path = place / "ballast"
    with path.open("wb", buffering=0) as file, contextlib.suppress(OSError):
        while True:
            file.write(bytes(4096))
    return path


class Training:
    """A training by command, with a checkpoint to lose.

    Args:
        folder: of the run.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.errors = Path(tempfile.mkstemp()[1])
        self.child: subprocess.Popen | None = None

    def __enter__(self) -> "Training":
        return self.begin()

    def __exit__(self, *_: object) -> None:
        self.end()

    def begin(self, *options: str, seconds: int = 500) -> "Training":
        """Begins, or resumes; waits until it learns."""
        words = ["train", "--run", str(self.folder), "--seconds", str(seconds), *options]
        if "--resume" not in options:
            words += ["--data", "scenes", "--limit", "16"]
            words += [
                word for pair in LEARNING.items() for word in ("--set", "=".join(map(str, pair)))
            ]
        learned = last_stats(self.folder).get("cycle", 0)
        with self.errors.open("w") as output:
            self.child = subprocess.Popen(
                [sys.executable, "-m", "gecat", *words],
                env={**os.environ, "PYTHONPATH": str(PACKAGE.parent)},
                stdout=output,
                stderr=output,
            )
        wait_for(lambda: self.ended() or last_stats(self.folder).get("cycle", 0) > learned)
        return self

    def ended(self) -> bool:
        """Returns whether it has."""
        return self.child is None or self.child.poll() is not None

    def end(self) -> str:
        """Tells it to end, and returns what it said."""
        if self.child is not None:
            self.child.send_signal(signal.SIGTERM)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.child.wait(PATIENCE)
            self.child.kill()
            self.child.wait()
        return self.errors.read_text(errors="replace")


def holds(part: Part, way: str, folder: Path, said: str) -> str:
    """Checks that a training ended in a sentence with its checkpoint; returns the sentence.

    Args:
        part: Part; way: what was done to it; folder: of the run; said: by the training.
    """
    if "Traceback" in said or "gecat train:" not in said:
        part.fault("no sentence", way=way, said=said[-400:])
    try:
        if not read_checkpoint(folder):
            part.fault("no checkpoint", way=way)
    except Exception as error:  # whatever a torn file raises
        part.fault("unreadable checkpoint", way=way, told=repr(error)[:200])
    return said[max(0, said.find("gecat train:")) :][:200].strip()


def goes_on(part: Part, way: str, training: Training) -> None:
    """Checks that a run can be resumed once the machine is well."""
    before = last_stats(training.folder).get("cycle", 0)
    said = training.begin("--resume").end()
    if last_stats(training.folder).get("cycle", 0) <= before and "weights written" not in said:
        part.fault("not resumed", way=way, said=said[-300:])


def _full_disk(part, place):
    with small_disk(place / "disk", SMALL) as disk, Training(disk / "run") as training:
        ballast = fill(disk)
        told = holds(part, "full disk", training.folder, training.end())
        ballast.unlink()
        goes_on(part, "full disk", training)
    return told


def _read_only(part, place):
    with small_disk(place / "disk", SMALL) as disk, Training(disk / "run") as training:
        with read_only(disk):
            told = holds(part, "read-only folder", training.folder, training.end())
        goes_on(part, "read-only folder", training)
    return told


def _file_size(part, place):
    with Training(place / "run") as training:
        resource.prlimit(training.child.pid, resource.RLIMIT_FSIZE, (100_000, 100_000))
        told = holds(part, "RLIMIT_FSIZE", training.folder, training.end())
        goes_on(part, "RLIMIT_FSIZE", training)
        return told


def _address_space(part, place):
    """Memory runs out under a training of the app: the app says how it ended, and lives."""
    with App(place / "app") as app, app.visitor() as visitor:
        visitor.start(seconds=500)
        wait_for(lambda: is_learning(app, visitor))
        pid = job_of(app, visitor.run)["pid"]
        resource.prlimit(pid, resource.RLIMIT_AS, (200_000_000, 200_000_000))
        if not wait_for(lambda: not lives(pid), 60):
            visitor.steer("stop")
            wait_for(lambda: not lives(pid), 60)
        wait_for(lambda: job_of(app, visitor.run)["pid"] is None, 10)
        shown = str(visitor.steer("refresh"))
        if "Traceback" in shown:
            part.fault("no sentence", way="prlimit --as")
        _app_lives(part, "prlimit --as", app)
        _checkpoint_of(part, "prlimit --as", app, visitor)
        return f"returncode {job_of(app, visitor.run)['returncode']}"


def _full_runs(part, place):
    with app_with_runs_on(place, LITTLE) as (app, visitor, disk):
        fill(disk)
        told = visitor.start(seconds=10)
        if "data" in told or nobody_expected(str(told)):
            part.fault("no sentence", way="full disk of runs", told=str(told)[:200])
        _app_lives(part, "full disk of runs", app)
        return str(told.get("error"))[:200]


def _full_temporary(part, place):
    with contextlib.ExitStack() as stack:
        disk = stack.enter_context(small_disk(place / "files", LITTLE))
        app = stack.enter_context(App(place / "app", environment={"TMPDIR": str(disk)}))
        visitor = stack.enter_context(app.visitor())
        large = {"files": ("a.png", bytes(2 * LITTLE))}
        status = visitor.http.post("/gradio_api/upload", files=large).status_code
        if status == 200:
            part.fault("more than there is room for", way="full temporary folder")
        _app_lives(part, "full temporary folder", app)
        return f"status {status}"


def _file_size_of_app(part, place):
    with App(place / "app") as app, app.visitor() as visitor:
        # The hard limit stays: only a privileged process could raise it again.
        _, hard = resource.prlimit(app.pid, resource.RLIMIT_FSIZE)
        resource.prlimit(app.pid, resource.RLIMIT_FSIZE, (20_000, hard))
        payload = visitor.upload(sound_photos()["JPEG"])
        done, told = visitor.segment(payload)
        answer = visitor.start(seconds=10, begin="shipped")
        resource.prlimit(app.pid, resource.RLIMIT_FSIZE, (hard, hard))
        for said in (str(told), str(answer.get("error"))):
            if not done and nobody_expected(said):
                part.fault("no sentence", way="RLIMIT_FSIZE of the app", told=said[:200])
        _app_lives(part, "RLIMIT_FSIZE of the app", app)
        return "a mask all the same" if done else str(told)[:100]


def _read_only_runs(part, place):
    with app_with_runs_on(place, LITTLE) as (app, visitor, disk):
        with read_only(disk):
            told = visitor.start(seconds=10)
            if "data" in told or nobody_expected(str(told)):
                part.fault("no sentence", way="read-only runs", told=str(told)[:200])
            _app_lives(part, "read-only runs", app)
        if "data" not in visitor.start(seconds=10):
            part.fault("not begun", way="read-only runs")
        visitor.steer("delete")
        return str(told.get("error"))[:200]


def _jumping_clock(part, place):
    told = place / "jump"
    told.write_text("0")
    environment = {clock.JUMP: str(told)}
    with App(place / "app", environment=environment) as app, app.visitor() as visitor:
        visitor.start(seconds=500)
        wait_for(lambda: is_learning(app, visitor))
        for jump in JUMPS:
            way = f"a clock that jumps {jump} s"
            told.write_text(str(jump))
            time.sleep(5.0)
            _app_lives(part, way, app)
            _checkpoint_of(part, way, app, visitor)
        return f"{len(JUMPS)} jumps"


def _app_lives(part, way, app):
    if not app.is_alive():
        part.fault("the app died", way=way, said=app.said()[-300:])


def _checkpoint_of(part, way, app, visitor):
    try:
        if not read_checkpoint(app.runs / str(visitor.run)):
            part.fault("no checkpoint", way=way)
    except Exception as error:  # whatever a torn file raises
        part.fault("unreadable checkpoint", way=way, told=repr(error)[:200])


def _command(*words: AnyPath) -> int:
    try:
        return subprocess.run(words, capture_output=True).returncode
    except OSError:
        return 1


WAYS: dict[str, Callable[[Part, Path], str]] = {
    "full disk": _full_disk,
    "read-only folder": _read_only,
    "file size": _file_size,
    "address space": _address_space,
    "full disk of runs": _full_runs,
    "read-only runs": _read_only_runs,
    "full temporary folder": _full_temporary,
    "file size of the app": _file_size_of_app,
    "jumping clock": _jumping_clock,
}
