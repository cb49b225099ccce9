"""Looks after the runs: who waits, who learns, who must end, and what is kept."""

import atexit
import logging
import re
import shutil
import signal
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

from gecat.files import AnyPath, asset, remove_unfinished
from gecat.jobs.command import command_to_train, data_of
from gecat.jobs.job import Job, moved
from gecat.jobs.limits import JobLimits
from gecat.jobs.process import ENDING_SECONDS, Processes, holder_of, memory_of, send
from gecat.jobs.store import Runs, bytes_in
from gecat.training.run.folder import control, last_stats, read_control

TICK_SECONDS = 0.5
SWEEP_SECONDS = 60.0
CLOCK_SET = 30.0  # seconds between two clocks, of which one can be set, that are no rounding
MAKING_SECONDS = 60.0  # far longer than a new run's files take to be copied
RUN, DELETED = re.compile(r"[0-9a-f]{16}"), re.compile(r"\.[0-9a-f]{16}\.deleted")

log = logging.getLogger(__name__)


class Scheduler(Runs):
    """The runs under one root, and the processes that they learn in.

    Args:
        root: as Runs takes it.
        limits: JobLimits.
        folders: dict of names and paths of photo folders that the operator allows.
        shipped: path of the weights to fine-tune from; those that ship by default.
        command: as `command.command_to_train`.
        watch: whether to look after the runs; False only to see what another process looks after.
    """

    def __init__(
        self,
        root: AnyPath,
        limits: JobLimits | None = None,
        folders: Mapping[str, AnyPath] | None = None,
        shipped: AnyPath | None = None,
        command: Callable[[Job, Path, AnyPath, JobLimits], list[str]] = command_to_train,
        watch: bool = True,
    ) -> None:
        super().__init__(root)
        self.limits = limits or JobLimits()
        self.folders = {name: Path(path) for name, path in (folders or {}).items()}
        self.shipped = Path(shipped) if shipped else asset("weights", "base.safetensors")
        self._command = command
        self._processes = Processes()
        self._closed = threading.Event()
        self._clocks_apart = _clocks_apart()
        if watch:
            self._adopt()
            threading.Thread(target=self._watch, name="jobs", daemon=True).start()
            atexit.register(self.close)

    def tick(self) -> None:
        """Notices who has ended, ends who must, and lets the next ones run."""
        with self.lock:
            self._follow_clock()
            self._processes.rest()
            for job in self.all():
                self._bound(self._notice(job))
            living = [job for job in self.all() if self._alive(job)]
            free = max(0, self.limits.trainings - len(living))
            # Whoever waits while its own process still ends lets the others go first.
            ready = [job for job in self._queue() if job not in living]
            for job in ready[:free]:
                self._let_run(job)
            self._make_room(living, len(ready[free:]))

    def close(self) -> None:
        """Tells every training to keep a checkpoint and end; it can be resumed later."""
        if self._closed.is_set():
            return
        self._closed.set()
        atexit.unregister(self.close)
        with self.lock:
            self._processes.end_all([(job, self.folder(job)) for job in self.all()])
            for job in self.all():
                self._notice(job)

    def sweep(self) -> None:
        """Removes runs that are too old or have learned nothing; ends those that grew too large."""
        with self.lock:
            self._remove_unknown()
            remove_unfinished(self.root, older=self.limits.kept_seconds)
            for job in self.all():
                folder, now = self.folder(job), time.time()
                if self._alive(job):
                    if bytes_in(folder) > self.limits.run_bytes:
                        self._end(job, "job.over_disk")
                elif now - (job.launched or job.created) > 86_400 * self.limits.kept_days or (
                    job.waiting_since is None
                    and not last_stats(folder)
                    and now - (folder / "job.json").stat().st_mtime > self.limits.kept_seconds
                ):
                    self._remove(job)

    def _watch(self):
        swept = time.monotonic()
        while not self._closed.wait(TICK_SECONDS):
            try:
                self.tick()
                if time.monotonic() - swept > SWEEP_SECONDS:
                    swept = time.monotonic()
                    self.sweep()
            except Exception:  # whatever one run's folder does, the others go on
                log.exception("watching over the runs failed")

    def _follow_clock(self):
        """Takes the runs along when the machine's clock is set: no deadline passes by that."""
        apart = _clocks_apart()
        if abs(apart - self._clocks_apart) > CLOCK_SET:
            for job in self.all():
                self.save(moved(job, apart - self._clocks_apart))
            self._clocks_apart = apart

    def _adopt(self):
        """Takes over what an earlier app left: processes, and files that it was writing."""
        with self.lock:
            for job in self.all():
                folder = self.folder(job)
                # One that was killed as it began a process did not write down which.
                pid = holder_of(folder) if job.pid is None else None
                if pid is not None:
                    begun = max(job.launched or 0.0, (folder / "life").stat().st_mtime)
                    self.save(replace(job, pid=pid, launched=begun, waiting_since=None))
                elif not self._alive(job):
                    remove_unfinished(folder)
            self._remove_unknown()

    def _remove_unknown(self):
        """Removes folders of runs that were being made, or removed, when an app was killed."""
        for folder in self.root.iterdir():
            if DELETED.fullmatch(folder.name) or (
                RUN.fullmatch(folder.name)
                and not (folder / "job.json").exists()
                and time.time() - folder.stat().st_mtime > MAKING_SECONDS
            ):
                shutil.rmtree(folder, ignore_errors=True)

    def _queue(self):
        waiting = [job for job in self.all() if job.waiting_since is not None]
        return sorted(waiting, key=lambda job: job.waiting_since)

    def _alive(self, job):
        return self._processes.alive(job, self.folder(job))

    def _make_room(self, living, places):
        """Ends as many paused processes as places are wanted that nobody is leaving already."""
        leaving = sum(job.told_to_end is not None for job in living)
        paused = [job for job in living if job.asked == "pause" and job.told_to_end is None]
        paused.sort(key=lambda job: job.launched)
        for job in paused[: max(0, places - leaving)]:
            self.save(replace(job, told_to_end=time.time()))
            send(job.pid, signal.SIGTERM)

    def _notice(self, job):
        """Writes down that a process has ended, if it has; returns the Job as it stands."""
        if job.pid is None or self._alive(job):
            return job
        returncode = self._processes.forget(job.id)
        remove_unfinished(self.folder(job))
        return self.save(replace(job, pid=None, told_to_end=None, returncode=returncode))

    def _bound(self, job):
        """Notices that a single step is over; ends a process that lives too long."""
        if not self._alive(job):
            return
        if job.told_to_end is not None:
            if time.time() - job.told_to_end > ENDING_SECONDS:
                send(job.pid, signal.SIGKILL)
        elif bound := self._bound_passed(job):
            self._end(job, bound)
        elif job.asked != "pause" and read_control(self.folder(job))[0] == "pause":
            self.save(replace(job, asked="pause"))

    def _bound_passed(self, job):
        if time.time() - job.launched > self.limits.wall_clock:
            return "job.over_deadline"
        return "job.over_memory" if memory_of(job.pid) > self.limits.memory_bytes else None

    def _end(self, job, bound=None):
        now = time.time()
        self.save(replace(job, asked="stop", waiting_since=None, told_to_end=now, ended_for=bound))
        send(job.pid, signal.SIGTERM)

    def _let_run(self, job):
        folder = self.folder(job)
        control(folder, job.pace, job.part)
        data = data_of(job, folder, self.folders)
        words = self._command(job, folder, data, self.limits)
        pid = self._processes.begin(job.id, words, folder)
        self.save(
            replace(
                job,
                waiting_since=None,
                launched=time.time(),
                pid=pid,
                told_to_end=None,
                returncode=None,
            )
        )

    def _remove(self, job):
        self._processes.kill(job, self.folder(job))
        self._processes.forget(job.id)
        self.discard(job)


def _clocks_apart():
    """Seconds between the clock that can be set and the one that cannot."""
    return time.time() - time.monotonic()
