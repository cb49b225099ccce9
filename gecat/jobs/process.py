"""The processes of trainings: begun in a run's folder, asked whether they live, ended."""

import contextlib
import os
import signal
import subprocess
from collections.abc import Sequence
from pathlib import Path

from gecat.files import PACKAGE
from gecat.jobs.job import ERROR, Job
from gecat.training.run.folder import is_held

ENDING_SECONDS = 20.0  # between being told to end and being ended
NICENESS = 5  # the page comes first, but a busy machine must not starve learning


class Children:
    """What this app has started, by the runs' ids; what an earlier app started it finds by pid."""

    def __init__(self) -> None:
        self._started: dict[str, subprocess.Popen] = {}  # id -> Popen

    def begin(self, run: str, words: Sequence[str], folder: Path) -> int:
        """Starts a process whose output goes to `log.txt`; returns its pid.

        Args:
            run: the run's id; words: the command; folder: the run's.
        """
        for name in ("now.json", ERROR):
            (folder / name).unlink(missing_ok=True)
        # A checkout's package is not found from the run's folder by itself.
        paths = filter(None, (str(PACKAGE.parent), os.environ.get("PYTHONPATH")))
        environment = {
            **os.environ,
            "PYTHONPATH": os.pathsep.join(paths),
            "TF_CPP_MIN_LOG_LEVEL": "3",
        }
        with (folder / "log.txt").open("w") as output:
            child = subprocess.Popen(
                words,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                cwd=folder,
                env=environment,
                start_new_session=True,
            )
        with contextlib.suppress(OSError, AttributeError):
            os.setpriority(os.PRIO_PROCESS, child.pid, NICENESS)
        self._started[run] = child
        return child.pid

    def alive(self, job: Job, folder: Path) -> bool:
        """Returns whether a Job's process lives."""
        child = self._started.get(job.id)
        if child is not None:
            return child.poll() is None
        return job.pid is not None and is_held(folder)

    def forget(self, run: str) -> int | None:
        """Returns how a process that has ended did so; None where an earlier app started it."""
        child = self._started.pop(run, None)
        return child.returncode if child else None

    def kill(self, job: Job, folder: Path) -> None:
        """Ends a Job's process at once, if it lives."""
        child = self._started.pop(job.id, None)
        if child is not None:
            child.kill()
            child.wait()
        elif self.alive(job, folder):
            send(job.pid, signal.SIGKILL)

    def end_all(self) -> None:
        """Tells all of this app's processes to end, and waits until they have."""
        for child in self._started.values():
            child.terminate()
        for child in self._started.values():
            try:
                child.wait(ENDING_SECONDS)
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()


def send(pid: int | None, number: int) -> None:
    """Sends a signal to a process, if there still is one."""
    if pid is not None:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.kill(pid, number)
