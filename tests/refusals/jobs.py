"""How each refusal of the trainings that the app starts is provoked."""

import signal
from dataclasses import replace

from gecat.app.train.actions import TrainActions
from gecat.errors import Status
from gecat.i18n import words
from gecat.jobs.job import new_key
from gecat.jobs.limits import JobLimits
from gecat.jobs.requests import RunRequest
from gecat.training.run.folder import last_stats

from ..stand_in import wait_for

LONG = RunRequest(seconds=600)


def start(*wishes, **options):
    """Starts a run for each request, one visitor's all."""

    def provoke(tools):
        jobs, key = tools.jobs(**options), new_key()
        for request in wishes:
            jobs.start(key, request)

    return provoke


def neighbours(**limits):
    """Starts three runs from one address, each by a visitor of its own."""

    def provoke(tools):
        jobs = tools.jobs(limits=JobLimits(**limits))
        for key in (new_key(), new_key(), new_key()):
            jobs.start(key, LONG, "203.0.113.1")

    return provoke


def photos(count, **options):
    def provoke(tools):
        (tools.place / "given.png").write_bytes(b"x" * 1_600_000)
        files = [("given.png", tools.place / "given.png")] * count
        tools.jobs(**options).start(new_key(), RunRequest(data="photos", files=files))

    return provoke


def photos_and_an_archive(tools):
    (tools.place / "given.zip").touch()
    files = [("given.zip", tools.place / "given.zip")] * 2
    tools.jobs().start(new_key(), RunRequest(data="photos", files=files))


def no_weights_to_begin_from(tools):
    jobs = tools.jobs(shipped=tools.place / "none.safetensors")
    jobs.start(new_key(), RunRequest(start="shipped"))


def nothing_learned_yet(tools):
    jobs, key = tools.jobs(command=lambda *_: ["sleep", "60"]), new_key()
    run = jobs.start(key, LONG)
    jobs.rename(key, run, "given")
    jobs.weights(jobs.get(key, run))


def its_time_is_over(tools):
    jobs, key = tools.jobs(), new_key()
    run = jobs.start(key, RunRequest(seconds=1))
    wait_for(lambda: jobs.state(jobs.get(key, run)) == "done")
    jobs.resume(key, run)


def no_run_selected(tools):
    TrainActions(words("en"), tools.jobs())._selected(None)


def ended(returncode):
    """Raises what is told of a run whose process ended so; tests/jobs has the processes."""

    def provoke(tools):
        jobs, key = tools.jobs(), new_key()
        job = jobs.get(key, jobs.start(key, LONG))
        raise jobs.reason(replace(job, returncode=returncode))

    return provoke


def ended_for(**limits):
    """Raises what is told of a run that has gone over a limit."""

    def provoke(tools):
        jobs, key = tools.jobs(), new_key()
        run = jobs.start(key, LONG)
        wait_for(lambda: last_stats(jobs.folder(jobs.get(key, run))))
        jobs.limits = JobLimits(**limits)
        jobs.sweep()
        wait_for(lambda: jobs.state(jobs.get(key, run)) == "stopped")
        raise jobs.ending(jobs.get(key, run))

    return provoke


RECIPES = {
    "job.no_key": lambda tools: tools.jobs().runs("short"),
    "job.no_such_run": lambda tools: tools.jobs().get(new_key(), "given"),
    "job.too_many_runs": start(LONG, LONG, limits=JobLimits(runs=1)),
    "job.queue_full": start(LONG, LONG, LONG, limits=JobLimits(waiting=1)),
    "job.quota_full": start(LONG, LONG, limits=JobLimits(visitor_bytes=1)),
    "job.address_waits": neighbours(origin_waiting=1),
    "job.address_runs": neighbours(origin_runs=1),
    "job.address_full": neighbours(origin_bytes=1),
    "job.disk_full": start(LONG, LONG, limits=JobLimits(disk_bytes=100)),
    "job.bad_seconds": start(RunRequest(seconds="given")),
    "job.bad_setting": start(RunRequest(changes={"size": 65})),
    "job.not_steerable": start(RunRequest(changes={"given": 3})),
    "job.too_large": start(RunRequest(changes={"generator_widths": (1024, 1024)})),
    "job.no_such_data": start(RunRequest(data="given")),
    "job.no_photos": start(RunRequest(data="photos")),
    "job.upload_too_large": photos(9, limits=JobLimits(upload_bytes=3_000_000)),
    "job.one_archive": photos_and_an_archive,
    "job.too_few_photos": photos(2),
    "job.too_many_photos": photos(9, limits=JobLimits(photos=8)),
    "job.no_shipped_weights": no_weights_to_begin_from,
    "job.nothing_learned": nothing_learned_yet,
    "job.budget_spent": its_time_is_over,
    "job.no_run": no_run_selected,
    "job.crashed": ended(Status.FAILED),
    "job.killed": ended(-signal.SIGKILL),
    "job.told_to_end": ended(-signal.SIGTERM),
    "job.aborted": ended(-signal.SIGABRT),
    "job.vanished": ended(None),
    "job.over_deadline": ended_for(wall_clock=0),
    "job.over_memory": ended_for(memory_bytes=1),
    "job.over_disk": ended_for(run_bytes=1),
}
