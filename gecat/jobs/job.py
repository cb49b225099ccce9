"""One run as the app knows it: who asked for what, kept as `job.json` in the run's folder."""

import hashlib
import json
import secrets
import shlex
import sys
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from gecat.errors import JobError
from gecat.files import AnyPath, write_atomically
from gecat.jobs.requests import Caps, find_photos

# In a run's folder:
START = "start.safetensors"  # the weights that it begins from
ERROR = "error.json"  # why its last process could not go on, where it knew


@dataclass(frozen=True)
class Job:
    """What is known of a run apart from what it learns.

    Attributes:
        owner: hash of the visitor's key.
        data, preset, start, seconds, changes: as in `wishes.Wish`.
        asked: "run", "pause" or "stop": what its visitor wants of it.
        pace, part: as `training.folder.control` takes them.
        waiting_since: when it joined the queue, or None where it does not wait.
        launched: when its process started last; pid: of the process while it is thought to live.
        told_to_end: when it was told to end for good, or None.
        returncode: of the process that ended last, a `Status` or minus a signal; None where an
            earlier app started it.
    """

    id: str
    owner: str
    name: str
    created: float
    data: str
    preset: str
    start: str
    seconds: int
    changes: dict
    asked: str = "run"
    pace: str = "run"
    part: str = "both"
    waiting_since: float | None = None
    launched: float | None = None
    pid: int | None = None
    told_to_end: float | None = None
    returncode: int | None = None


def read_job(path: Path) -> Job | None:
    """Reads a job.json; None for what another version wrote, or nobody of ours."""
    try:
        return Job(**json.loads(path.read_text()))
    except (OSError, ValueError, TypeError):
        return None


def write_job(job: Job, folder: Path) -> None:
    """Writes job.json."""
    write_atomically(folder / "job.json", json.dumps(asdict(job)).encode())


def new_key() -> str:
    """Returns a key that nobody can guess, for a new visitor."""
    return secrets.token_urlsafe(24)


def owner_of(key: object) -> str:
    """Returns what is kept of a visitor's key.

    Raises:
        JobError: if it is no key.
    """
    if not isinstance(key, str) or len(key) < 16:
        raise JobError("job.no_key")
    return hashlib.sha256(key.encode()).hexdigest()


def tidy_name(text: object) -> str:
    """Returns a run's name on one line, of 60 characters at most."""
    return " ".join(str(text or "").split())[:60]


def next_name(names: Iterable[str], pattern: str = "Run {number}") -> str:
    """Returns "Run 3" where the highest number among the names is 2."""
    words = [name.split(" ") for name in names]
    numbers = [int(two[1]) for two in words if len(two) == 2 and two[1].isdecimal()]
    return pattern.format(number=1 + max(numbers, default=0))


def arguments(job: Job, data: AnyPath, folder: AnyPath, limit: int) -> list[str]:
    """Returns the arguments of `gecat train` that repeat a job.

    Args:
        job: Job; data: photos; folder: where the run goes; limit: photos at most.
    """
    words = ["--data", str(data), "--run", str(folder)]
    # Weights bring their preset; in what else the page shows all presets are alike.
    words += ["--preset", job.preset] if job.start == "random" else []
    words += ["--seconds", str(job.seconds), "--limit", str(limit)]
    for name, value in job.changes.items():
        value = ",".join(map(str, value)) if isinstance(value, (list, tuple)) else value
        words += ["--set", f"{name}={value}"]
    return words


def repeat(job: Job, folder: Path, limit: int) -> str:
    """Returns the command line that repeats a run where its photos and weights lie at hand.

    Args:
        job: Job; folder: the run's folder, for the kind of its photos; limit: photos at most.
    """
    data = {"scenes": "scenes", "photos": find_photos(folder).name}.get(job.data, job.data)
    words = ["python", "-m", "gecat", "train", *arguments(job, data, f"runs/{job.name}", limit)]
    if job.start == "shipped":
        shipped = "assets/weights/base.safetensors"
        words += ["--start", shipped, *_teacher(job, shipped)]
    elif job.start != "random":
        words += ["--start", START]
    return shlex.join(words)


def data_of(job: Job, folder: Path, folders: Mapping[str, AnyPath]) -> AnyPath:
    """Returns what a job learns from: "scenes", or a path."""
    if job.data == "scenes":
        return "scenes"
    # A folder that is no longer allowed is no source: the training says so.
    return find_photos(folder) if job.data == "photos" else folders.get(job.data, job.data)


def command(job: Job, folder: Path, data: AnyPath, caps: Caps) -> list[str]:
    """Returns the words that start or resume the training of a job within Caps."""
    words = [sys.executable, "-m", "gecat", "train", "--error-file", str(folder / ERROR)]
    words += ["--deadline", str(caps.wall_clock)]  # it holds where no app is left to look
    words += _teacher(job, str(folder / START))
    if job.data == "scenes":
        words += ["--cache", str(folder.parent / "scenes")]  # the same scenes for everybody
    if (folder / "checkpoints" / "state.safetensors").exists():
        # Its settings the run has; its --data tells where the folder is no longer allowed.
        words += ["--data", str(data), "--run", str(folder), "--seconds", str(job.seconds)]
        return [*words, "--resume"]
    words += arguments(job, data, folder, caps.photos)
    return words if job.start == "random" else [*words, "--start", str(folder / START)]


def _teacher(job, weights):
    """The shipped weights know photos: their masks along edges teach better than a photo alone."""
    return ["--teacher", weights] if job.start == "shipped" and job.data != "scenes" else []
