"""Trainings as child processes: what visitors may do with theirs, and how each of them stands."""

import secrets
import shutil
import signal
import time
from dataclasses import replace

from gecat.errors import JobError, Status, UserError
from gecat.jobs.job import START, Job, next_name, origin_hash, owner_of, tidy_name
from gecat.jobs.requests import (
    RunRequest,
    check_files,
    check_request,
    check_seconds,
    copy_files,
)
from gecat.jobs.room import check_queue, check_room
from gecat.jobs.scheduler import Scheduler
from gecat.training.run.folder import control, last_stats


class Jobs(Scheduler):
    """The runs under one root, the processes that they learn in, and what visitors ask of them.

    Args: as for `scheduler.Scheduler`.
    """

    def start(self, key: object, request: RunRequest, address: str = "") -> str:
        """Puts a run in the queue and returns its id.

        Args:
            key: the visitor's; request: what is asked for.
            address: that it comes from, since keys are made up freely; "" where there is none.

        Raises:
            JobError: if it is more than is allowed, or makes no sense.
        """
        check_request(request, self.limits, self.folders)
        files = request.files if request.data == "photos" else ()
        origin = origin_hash(address)
        with self.lock:
            check_room(self, self.runs(key), self._queue(), origin, files, self.limits)
        if request.data == "photos":
            check_files(files, self.limits)  # it takes its time, and nobody waits for it
        with self.lock:
            mine, now = self.runs(key), time.time()
            check_room(self, mine, self._queue(), origin, files, self.limits)
            job = Job(
                id=secrets.token_hex(8),
                owner=owner_of(key),
                origin=origin,
                created=now,
                waiting_since=now,
                name=tidy_name(request.name) or next_name(job.name for job in mine),
                data=request.data,
                preset=request.preset,
                start=request.start,
                seconds=int(request.seconds),
                changes=dict(request.changes),
                race=None if request.race is None else float(request.race),
            )
            self.folder(job).mkdir()
            try:
                self._copy_needed(key, request, self.folder(job))
            except BaseException:
                shutil.rmtree(self.folder(job))
                raise
            self.save(job)
        self.tick()
        return job.id

    def expect(self) -> None:
        """Makes ready for a run that somebody may start, so that it learns at once."""
        with self.lock:
            if sum(map(self._alive, self.all())) < self.limits.trainings:
                self._processes.expect()

    def pause(self, key: object, run: str) -> None:
        """Holds a run after its cycle.

        Its process keeps its place until somebody waits for one; then it ends with its checkpoint.
        """
        self._ask(key, run, "pause")

    def stop(self, key: object, run: str) -> None:
        """Ends a run after its cycle; what it has learned is kept."""
        self._ask(key, run, "stop")

    def resume(
        self,
        key: object,
        run: str,
        pace: str = "run",
        part: str = "both",
        seconds: float | None = None,
    ) -> None:
        """Lets a run go on, from its last checkpoint where its process is gone.

        Args:
            key: the visitor's; run: the run's id.
            pace: "run", "slow" or "step"; part: "both", "discriminator" or "generator".
            seconds: a new budget in all, to continue longer; None keeps the old one.

        Raises:
            JobError: if the budget is spent, or more than is allowed, or the queue is full.
        """
        with self.lock:
            job = self.get(key, run)
            if seconds is not None:
                check_seconds(seconds, self.limits)
                job = replace(job, seconds=int(seconds))
            if not self._alive(job) and self.spent(job) >= job.seconds:
                raise JobError("job.budget_spent", seconds=job.seconds)
            going = self._alive(job) and job.told_to_end is None
            if not going and job.waiting_since is None:
                check_queue(self._queue(), job.origin, self.limits)
            waiting = None if going else job.waiting_since or time.time()
            self.save(
                replace(
                    job, asked="run", pace=pace, part=part, waiting_since=waiting, ended_for=None
                )
            )
            if going:
                control(self.folder(job), pace, part)
        self.tick()

    def rename(self, key: object, run: str, name: str) -> None:
        """Gives a run another name."""
        with self.lock:
            job = self.get(key, run)
            self.save(replace(job, name=tidy_name(name) or job.name))

    def delete(self, key: object, run: str) -> None:
        """Ends a run at once and removes all that it left, uploaded photos included."""
        with self.lock:
            self._remove(self.get(key, run))
        self.tick()

    def state(self, job: Job) -> str:
        """Returns "queued", "running", "paused", "stopping", "stopped", "done", "failed" where its
        process could not go on, or "interrupted" where it was ended and nobody had asked for that.
        """
        with self.lock:
            if job.waiting_since is not None:
                return "queued"
            if self._alive(job):
                return {"pause": "paused", "stop": "stopping"}.get(job.asked, "running")
        if job.returncode in (Status.WRONG_USE, Status.FAILED):
            return "failed"
        if self.spent(job) >= job.seconds:
            return "done"
        if job.asked == "stop":
            return "stopped"
        # One that is told to end before it can learn has no checkpoint to keep.
        ended_well = job.returncode in (None, Status.DONE, Status.SOME_SKIPPED, -signal.SIGTERM)
        return "paused" if job.asked == "pause" and ended_well else "interrupted"

    def ending(self, job: Job) -> UserError | None:
        """Returns why a run has ended, where that was neither asked for nor its budget's end."""
        ended = {"failed", "interrupted"} | ({"stopped"} if job.ended_for else set())
        return self.reason(job) if self.state(job) in ended else None

    def position(self, job: Job) -> int:
        """Returns a queued run's place in the queue, from 1; 0 for the others."""
        with self.lock:
            queue = [waiting.id for waiting in self._queue()]
        return queue.index(job.id) + 1 if job.id in queue else 0

    def _ask(self, key, run, asked):
        with self.lock:
            job = replace(self.get(key, run), asked=asked, waiting_since=None)
            self.save(job)
            if self._alive(job):
                control(self.folder(job), asked, job.part)
                if asked == "stop" and not last_stats(self.folder(job)).get("cycle"):
                    self._end(job)  # nothing is learned yet: nothing is worth waiting for
        self.tick()

    def _copy_needed(self, key, request, folder):
        """Copies what the run needs into its folder, so that nothing else need be kept."""
        if request.start == "shipped":
            if not self.shipped.is_file():
                raise JobError("job.no_shipped_weights")
            shutil.copyfile(self.shipped, folder / START)
        elif request.start != "random":
            shutil.copyfile(self.weights(self.get(key, request.start)), folder / START)
        if request.data == "photos":
            copy_files(request.files, folder)
