"""The runs that are kept: a folder each under one root, and who each belongs to.

All that must outlive the app lies in a run's folder, as `job.json` beside what the training itself
writes, so a restarted app finds every run again. A run belongs to whoever holds the key that it
was started with.
"""

import contextlib
import json
import os
import shutil
import signal
import tempfile
import threading
from pathlib import Path

from gecat.errors import JobError, RunError, Status, UserError, name_of
from gecat.files import AnyPath
from gecat.jobs.job import ERROR, Job, owner_of, read_job, write_job
from gecat.training.run.folder import last_stats


class Runs:
    """The runs under one root.

    Args:
        root: the folder; made when missing.

    Attributes:
        lock: held by whoever reads a Job and keeps another state of it.
    """

    def __init__(self, root: AnyPath) -> None:
        self.root = Path(root).resolve()
        self.lock = threading.RLock()
        self.root.mkdir(parents=True, exist_ok=True)
        found = {path.parent.name: read_job(path) for path in self.root.glob("*/job.json")}
        self._jobs = {run: job for run, job in found.items() if job and job.id == run}

    def runs(self, key: object) -> list[Job]:
        """Returns the visitor's Jobs, newest first."""
        owner = owner_of(key)
        return [job for job in self.all() if job.owner == owner]

    def all(self) -> list[Job]:
        """Returns every visitor's Jobs, newest first: for the operator."""
        with self.lock:
            return sorted(self._jobs.values(), key=lambda job: job.created, reverse=True)

    def get(self, key: object, run: str) -> Job:
        """Returns one of the visitor's Jobs.

        Raises:
            JobError: if there is none of this id, or it is somebody else's.
        """
        with self.lock:
            job = self._jobs.get(run) if isinstance(run, str) else None
        if job is None or job.owner != owner_of(key):
            raise JobError("job.no_such_run", received=str(run)[:40])
        return job

    def folder(self, job: Job) -> Path:
        """Returns the run's folder."""
        return self.root / job.id

    def weights(self, job: Job) -> Path:
        """Returns the path of what a run has learned.

        Raises:
            JobError: if that is nothing yet.
        """
        path = self.folder(job) / "weights.safetensors"
        if not path.is_file():
            raise JobError("job.nothing_learned", name=job.name)
        return path

    def spent(self, job: Job) -> float:
        """Returns the seconds that a run has learned for."""
        return last_stats(self.folder(job)).get("seconds", 0.0)

    def reason(self, job: Job) -> UserError:
        """Returns why the last process of a run ended where nobody had asked for that.

        Whoever ended it tells, or the process itself where it could; else how it ended does.
        """
        if job.ended_for:
            return JobError(job.ended_for)
        try:
            told = json.loads((self.folder(job) / ERROR).read_text())
            return UserError.from_dict(told)
        except (OSError, ValueError):
            return _how_it_ended(job.returncode)

    def save(self, job: Job) -> Job:
        """Writes down what is known of a run, a new one or another state of it; returns the Job."""
        self._jobs[job.id] = job
        write_job(job, self.folder(job))
        return job

    def discard(self, job: Job) -> None:
        """Removes a run's folder."""
        del self._jobs[job.id]
        # Out of sight first: whatever happens next, the run is not listed again.
        doomed = self.folder(job).rename(self.root / f".{job.id}.deleted")
        shutil.rmtree(doomed, ignore_errors=True)


def _how_it_ended(returncode):
    if returncode is None:
        return JobError("job.vanished")
    if returncode == -signal.SIGKILL:
        return JobError("job.killed")
    if returncode in (Status.DONE, Status.SOME_SKIPPED, -signal.SIGTERM, -signal.SIGINT):
        return JobError("job.told_to_end")
    if returncode < 0:
        return JobError("job.aborted", number=-returncode)
    return JobError("job.crashed")


def default_root() -> Path:
    """Returns the folder where runs are kept unless the operator names another."""
    cache = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(cache) / "gecat" / "runs"


def check_root(root: AnyPath) -> None:
    """Makes the folder of runs, and makes sure that they can be kept there.

    Args:
        root: the folder.

    Raises:
        RunError: if nothing can be written there.
    """
    try:
        root = Path(root)
        root.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=root) as file:
            file.write(b"a run")
    except OSError as error:
        raise RunError("run.no_place", received=name_of(root)) from error


def bytes_in(folder: Path) -> int:
    """Returns the bytes of all files in a folder; files that vanish meanwhile count nothing."""
    total = 0
    for path in folder.rglob("*"):
        with contextlib.suppress(OSError):
            total += path.stat().st_size
    return total
