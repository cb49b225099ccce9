"""kill -9 of training, reader and app at random moments, checkpoint writes included."""

import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from gecat.evaluation.bench.robustness.ledger import Part
from gecat.evaluation.bench.robustness.photos import sound_photos, write
from gecat.evaluation.bench.robustness.processes import family, label_of, lives
from gecat.evaluation.bench.robustness.serving import App
from gecat.evaluation.bench.robustness.visitor import Visitor
from gecat.files import PACKAGE
from gecat.training.run.deadline import GRACE_SECONDS
from gecat.training.run.folder import last_stats

SEED = 117
INTERVAL = 30.0  # seconds between two checkpoints, as `training.train.start_run` has it
LONGEST_CYCLE = 10.0  # on a busy machine
PATIENCE = 400.0  # on a busy machine
WHOM = ("training", "training", "writing", "reader", "app")  # in turn
SETTLED = 3.0  # seconds in which an app looks at all of its runs
DEADLINE = 20
FORGOTTEN = 150.0  # seconds, within which an app looks for what an earlier one left
LOADING = 18.0  # seconds in which a training is up and learns


def run(part: Part) -> None:
    """Kills at the moments that are left; the shortest training that there is lives between."""
    with tempfile.TemporaryDirectory() as place, part:
        app = App(Path(place) / "app")
        with app, app.visitor() as visitor:
            visitor.segment(visitor.upload(sound_photos()["PNG"]))
            while part.is_unfinished():
                whom = WHOM[int(part.done) % len(WHOM)]
                rng = np.random.default_rng((SEED, int(part.done)))
                MOMENTS[whom](part, app, visitor, rng)
                part.count(f"kills/{whom}")
                time.sleep(SETTLED)
                for kind, facts in what_is_wrong(app):
                    part.fault(kind, after=whom, moment=part.done, **facts)
                part.advance()
            _leave_nothing(part, app, visitor)
        if any(trainings_of(app)):
            part.fault("a training outlives the app")
        if list(app.files.glob("gecat-*")):
            part.fault("file left", what="the app's temporary folder")
        outlive(part, Path(place))


def outlive(part: Part, place: Path, deadline: int = DEADLINE) -> None:
    """A training whose app is gone ends by itself at its deadline.

    Args:
        part: Part; place: an empty folder; deadline: seconds.
    """
    words = ["train", "--data", "scenes", "--run", str(place / "alone"), "--seconds", "600"]
    child = subprocess.Popen(
        [sys.executable, "-m", "gecat", *words, "--limit", "16", "--deadline", str(deadline)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "PYTHONPATH": str(PACKAGE.parent)},
        start_new_session=True,
    )
    began = time.monotonic()
    try:
        child.wait(deadline + GRACE_SECONDS + PATIENCE)
    except subprocess.TimeoutExpired:
        child.kill()
    beyond = time.monotonic() - began - deadline
    part.highest("seconds beyond its deadline", beyond)
    if beyond > GRACE_SECONDS + LONGEST_CYCLE:
        part.fault("outlived its deadline", seconds=round(beyond, 1))


def job_of(app: App, run: str | None) -> dict[str, Any]:
    """Returns what the app has written down of a run."""
    path = app.runs / str(run) / "job.json"
    return json.loads(path.read_text()) if path.is_file() else {}


def trainings_of(app: App) -> Iterator[int]:
    """Yields the pids of all trainings that live, whoever knows of them."""
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and lives(int(entry.name)):
            learns = {b"train", b"spare"} & {*_words(entry)}
            if learns and app.runs in _place(entry).parents:
                yield int(entry.name)


def what_is_wrong(app: App) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yields (kind, facts) of each promise about runs and files that is not held."""
    known = {}
    for folder in app.runs.iterdir():
        job = job_of(app, folder.name)
        if not job and len(folder.name) == 16 and _age(folder) > FORGOTTEN:
            yield "file left", {"what": "a run that nobody knows"}
        if folder.name.endswith(".deleted"):
            yield "file left", {"what": "a run that was deleted"}
        if job:
            known[job["pid"]] = folder.name
            yield from checkpoint_faults(folder)
            if not lives(job["pid"] or 0):
                for path in unfinished(folder):
                    yield "file left", {"what": path.name}
    for pid in trainings_of(app):
        if pid not in known:
            yield "nobody adopts a training", {"pid": pid}
    if len(list(app.files.glob("gecat-*"))) > 1:
        yield "file left", {"what": "a temporary folder"}
    if not app.is_alive():
        yield "the app died", {"said": app.said()[-300:]}


def unfinished(folder: Path) -> list[Path]:
    """Returns files in a run's folder that were being written, and never will be."""
    return sorted(folder.rglob(".*.part"))


def checkpoint_faults(folder: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yields (kind, facts) where a run's checkpoint cannot be read, or is too old."""
    try:
        numbers = read_checkpoint(folder)
        learned = last_stats(folder).get("seconds", 0.0)
    except Exception as error:  # whatever a torn file raises
        yield "unreadable checkpoint", {"told": repr(error)[:200]}
        return
    lost = learned - numbers.get("seconds", 0.0)
    if lost > INTERVAL + LONGEST_CYCLE:
        yield "more than an interval lost", {"seconds": round(lost, 1)}


def read_checkpoint(folder: Path) -> dict[str, Any]:
    """Reads all of a run's checkpoint and weights; returns the checkpoint's numbers, {} for none.

    Raises:
        Exception: whatever a torn file raises.
    """
    from safetensors import safe_open

    numbers: dict[str, Any] = {}
    for path in (folder / "weights.safetensors", folder / "checkpoints" / "state.safetensors"):
        if path.exists():
            with safe_open(path, framework="numpy") as file:
                numbers = json.loads(file.metadata()["gecat"])
                for name in list(file.keys()):
                    file.get_tensor(name)
    return numbers


def wait_for(condition: Callable[[], object], patience: float = PATIENCE) -> bool:
    """Returns whether a condition came to hold in time."""
    deadline = time.monotonic() + patience
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.01)
    return True


def keep_learning(part: Part, app: App, visitor: Visitor) -> None:
    """Lets the visitor's run go on, or begins one where its budget is spent."""
    job = job_of(app, visitor.run)
    if job and lives(job["pid"] or 0):
        return
    if job and last_stats(app.runs / str(visitor.run)).get("seconds", 0.0) < job["seconds"] - 60:
        answer = visitor.steer("resume")
    else:
        if job:
            visitor.steer("delete")
        answer = visitor.start(seconds=600)
    if "data" not in answer:
        part.fault("not resumed", told=str(answer)[:200])


def is_learning(app: App, visitor: Visitor) -> bool:
    """Returns whether the run's process has written figures since it was launched."""
    job = job_of(app, visitor.run)
    stats = app.runs / str(visitor.run) / "stats.jsonl"
    begun = job.get("launched") or float("inf")
    return lives(job.get("pid") or 0) and stats.exists() and stats.stat().st_mtime > begun + 1


def _kill_training(part, app, visitor, rng):
    keep_learning(part, app, visitor)
    wait_for(lambda: job_of(app, visitor.run).get("pid"))
    time.sleep(rng.uniform(0.0, LOADING))
    _end(job_of(app, visitor.run).get("pid"))


def _kill_writing(part, app, visitor, rng):
    """While a checkpoint is written: the last one, after SIGTERM, comes when it is asked for."""
    del rng
    keep_learning(part, app, visitor)
    if not wait_for(lambda: is_learning(app, visitor)):
        part.fault("a training did not go on", log=_log_of(app, visitor))
    folder, pid = app.runs / str(visitor.run), job_of(app, visitor.run).get("pid")
    if not pid:
        return
    os.kill(pid, signal.SIGTERM)
    if _writes(folder / "checkpoints", pid):
        part.count("checkpoints cut off as they were written")
    _end(pid)


def _writes(folder, pid):
    """Waits, without a pause, until a file is being written; returns whether one is."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline and lives(pid):
        for _ in range(200):
            if any(path.suffix == ".part" for path in folder.iterdir()):
                return True
    return False


def _kill_reader(part, app, visitor, rng):
    """While it reads; whoever sent that photo gets a sentence at worst."""
    pixels = np.random.default_rng(0).integers(0, 256, (1500, 1500, 3), np.uint8)
    payload = visitor.upload(write(Image.fromarray(pixels), "PNG"))
    answers: list[Any] = []
    thread = threading.Thread(target=lambda: answers.append(visitor.segment(payload)))
    thread.start()
    time.sleep(rng.uniform(0.0, 0.4))
    labels = {pid: label_of(pid) for pid in family([app.pid])}
    readers = [pid for pid, label in labels.items() if label.startswith("reader")]
    for pid in readers[: rng.integers(1, 3)]:
        _end(pid)
    thread.join()
    done, told = answers[0]
    part.count("photos read all the same" if done else "photos refused in a sentence")
    if not done and told in ("None", "no answer", ""):
        part.fault("no sentence", told=told)
    done, told = visitor.segment(visitor.upload(sound_photos()["PNG"]))
    if not done:
        part.fault("the next photo is not read", told=str(told)[:200])


def _kill_app(part, app, visitor, rng):
    """While it steers, begins or deletes a training, or does nothing."""
    keep_learning(part, app, visitor)
    acts = ("pause", "resume", "rename", "start", "delete", None)
    act = acts[rng.integers(len(acts))]
    if act:
        other = app.visitor(key=visitor.key)
        call = other.start if act == "start" else lambda: other.steer(act, run_name="another")
        other.run = visitor.run
        threading.Thread(target=_ignoring_errors, args=(call,), daemon=True).start()
    time.sleep(rng.uniform(0.0, 1.5))
    app.kill()
    app.begin()
    mine = [path.parent.name for path in app.runs.glob("*/job.json")]
    for spare in [run for run in mine if run != visitor.run]:
        visitor.call("delete", gecat_visitor={"key": visitor.key, "run": spare}, runs=spare)


def _leave_nothing(part, app, visitor):
    if visitor.run and job_of(app, visitor.run):
        answer = visitor.steer("delete")
        if "data" not in answer:
            part.fault("not deleted", told=str(answer)[:200])

    def left():
        return [path.name for path in app.runs.iterdir() if path.name != "scenes"]

    if not wait_for(lambda: not left(), FORGOTTEN):
        part.fault("file left", what=left()[:5])


def _ignoring_errors(call):
    try:
        call()
    except Exception:  # the app is killed meanwhile
        return


def _age(folder):
    return time.time() - folder.stat().st_mtime


def _end(pid):
    if pid:
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            return
        wait_for(lambda: not lives(pid), patience=10)


def _words(entry):
    try:
        return (entry / "cmdline").read_bytes().split(b"\0")
    except OSError:
        return []


def _place(entry):
    """The folder that a process works in."""
    try:
        return (entry / "cwd").readlink()
    except OSError:
        return Path()


def _log_of(app, visitor):
    path = app.runs / str(visitor.run) / "log.txt"
    return path.read_text(errors="replace")[-300:] if path.exists() else ""


MOMENTS: dict[str, Callable[[Part, App, Visitor, np.random.Generator], None]] = {
    "training": _kill_training,
    "writing": _kill_writing,
    "reader": _kill_reader,
    "app": _kill_app,
}
