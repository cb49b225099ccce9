"""One run as the app knows it: who asked for what, kept as `job.json` in the run's folder."""

import hashlib
import json
import re
import secrets
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from gecat.errors import JobError
from gecat.files import write_atomically

# In a run's folder:
START = "start.safetensors"  # the weights that it begins from
ERROR = "error.json"  # why its last process could not go on, where it knew
MOMENTS = ("created", "waiting_since", "launched", "told_to_end")
KEY = re.compile(r"[A-Za-z0-9_-]{16,64}")


@dataclass(frozen=True)
class Job:
    """What is known of a run apart from what it learns.

    Attributes:
        owner: hash of the visitor's key.
        origin: hash of the address that it was asked for from, "" where nobody knows.
        data, preset, start, seconds, changes, race: as in `requests.RunRequest`.
        asked: "run", "pause" or "stop": what its visitor wants of it.
        pace, part: as `training.run.folder.control` takes them.
        waiting_since: when it joined the queue, or None where it does not wait.
        launched: when its process started last; pid: of the process while it is thought to live.
        told_to_end: when it was told to end for good, or None.
        ended_for: which bound it went over, the code of a JobError; None where it did not.
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
    race: float | None = None
    asked: str = "run"
    pace: str = "run"
    part: str = "both"
    origin: str = ""
    waiting_since: float | None = None
    launched: float | None = None
    pid: int | None = None
    told_to_end: float | None = None
    ended_for: str | None = None
    returncode: int | None = None


def moved(job: Job, seconds: float) -> Job:
    """Returns a Job whose moments are later, where the clock that told them was set."""
    moments = {name: getattr(job, name) for name in MOMENTS}
    told = {name: moment + seconds for name, moment in moments.items() if moment is not None}
    return replace(job, **told)


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


def is_key(key: object) -> bool:
    """Returns whether this may be a visitor's key: as long as ours, of the same letters."""
    return isinstance(key, str) and KEY.fullmatch(key) is not None


def owner_of(key: object) -> str:
    """Returns what is kept of a visitor's key.

    Raises:
        JobError: if it is no key.
    """
    if not isinstance(key, str) or not is_key(key):
        raise JobError("job.no_key")
    return hashlib.sha256(key.encode()).hexdigest()


def origin_hash(address: str) -> str:
    """Returns what is kept of an address, "" for none; whoever knows addresses can compare."""
    return hashlib.sha256(address.encode()).hexdigest() if address else ""


def tidy_name(text: object) -> str:
    """Returns a run's name on one line, of 60 characters at most."""
    return " ".join(str(text or "").split())[:60]


def next_name(names: Iterable[str], pattern: str = "Run {number}") -> str:
    """Returns "Run 3" where the highest number among the names is 2."""
    words = [name.split(" ") for name in names]
    numbers = [int(two[1]) for two in words if len(two) == 2 and two[1].isdecimal()]
    return pattern.format(number=1 + max(numbers, default=0))
