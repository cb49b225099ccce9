"""The processes of trainings: begun in a run's folder, asked whether they live, ended.

A process holds a lock from before it begins until it has ended, however it ends. So an app knows
what lives, whoever started it.
"""

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Iterable, Iterator, Sequence
from io import TextIOWrapper
from pathlib import Path

from gecat.jobs.job import ERROR, Job
from gecat.jobs.spare import COMMAND, Spare, is_room
from gecat.jobs.spawn import spawn

LOCKS = os.name == "posix"  # elsewhere an app knows its own processes only
ENDING_SECONDS = 20.0  # between being told to end and being ended


class Processes:
    """What this app has started, by the runs' ids; what an earlier app started it adopts."""

    def __init__(self) -> None:
        self._started: dict[str, subprocess.Popen] = {}  # id -> Popen
        self._spare: Spare | None = None

    def expect(self) -> None:
        """Lets a spare process wait for the next command line, where there is room for one."""
        if LOCKS and not self._has_spare() and is_room():
            self._spare = Spare()

    def rest(self) -> None:
        """Ends a spare process that has waited for long."""
        if self._spare:
            self._spare.rest()

    def begin(self, run: str, words: Sequence[str], folder: Path) -> int:
        """Starts a process whose output goes to `log.txt`; returns its pid.

        Args:
            run: the run's id; words: the command; folder: the run's.
        """
        for name in ("now.json", ERROR):
            (folder / name).unlink(missing_ok=True)
        with (folder / "log.txt").open("w") as output, _life(folder) as life:
            inherited = () if life is None else (life.fileno(),)
            child = self._spare_takes(words, folder, output, life)
            child = child or spawn(words, folder, output, inherited)
        self._started[run] = child
        return child.pid

    def alive(self, job: Job, folder: Path) -> bool:
        """Returns whether a Job's process lives."""
        child = self._started.get(job.id)
        if child is not None:
            return child.poll() is None
        return job.pid is not None and _lives(folder)

    def forget(self, run: str) -> int | None:
        """Returns how a process that has ended did so; None where an earlier app started it."""
        child = self._started.pop(run, None)
        return child.returncode if child else None

    def kill(self, job: Job, folder: Path) -> None:
        """Ends a Job's process at once, if it lives."""
        child = self._started.get(job.id)
        if child is not None:
            child.kill()
            child.wait()
        elif self.alive(job, folder):
            send(job.pid, signal.SIGKILL)

    def end_all(self, jobs: Iterable[tuple[Job, Path]]) -> None:
        """Tells processes to end, and waits until they have; those that do not are killed.

        Args:
            jobs: (Job, its folder) of each that may live, adopted ones too.
        """
        if self._spare:
            self._spare.end()
        living = [(job, folder) for job, folder in jobs if self.alive(job, folder)]
        for job, _ in living:
            send(job.pid, signal.SIGTERM)
        deadline = time.monotonic() + ENDING_SECONDS
        while living and time.monotonic() < deadline:
            time.sleep(0.05)
            living = [(job, folder) for job, folder in living if self.alive(job, folder)]
        for job, folder in living:
            self.kill(job, folder)

    def _has_spare(self):
        return self._spare is not None and self._spare.lives()

    def _spare_takes(self, words, folder, output, life):
        """The process that has taken a command line, or None where none waits for such a one."""
        if life is None or words[: len(COMMAND)] != COMMAND or not self._has_spare():
            return None
        spare, self._spare = self._spare, None
        return spare.take(words[len(COMMAND) :], folder, output.fileno(), life.fileno())


@contextlib.contextmanager
def _life(folder: Path) -> Iterator[TextIOWrapper | None]:
    """A locked file for a process to inherit; the lock ends with the last who has it open."""
    if not LOCKS:
        yield None
        return
    import fcntl

    with (folder / "life").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield file


def _lives(folder: Path) -> bool:
    path = folder / "life"
    if not LOCKS or not path.exists():
        return False
    import fcntl

    with path.open() as file:
        try:
            # Shared, so that two who look do not take each other for a process.
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


def holder_of(folder: Path) -> int | None:
    """Returns the pid of the process that lives in a run's folder, None where nobody can tell."""
    if not _lives(folder):
        return None
    life = (folder / "life").resolve()
    for entry in Path("/proc").glob("[0-9]*/fd/*"):
        with contextlib.suppress(OSError):
            if entry.readlink() == life:
                return int(entry.parts[2])
    return None


def memory_of(pid: int | None) -> int:
    """Returns the bytes of memory that a process has, 0 where nobody can tell."""
    try:
        pages = Path(f"/proc/{pid}/statm").read_text().split()[1]
    except (OSError, IndexError):
        return 0
    return int(pages) * os.sysconf("SC_PAGE_SIZE")


def send(pid: int | None, number: int) -> None:
    """Sends a signal to a process, if there still is one."""
    if pid is not None:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.kill(pid, number)
