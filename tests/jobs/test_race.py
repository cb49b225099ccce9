"""A race as a job: one process, held, killed, gone on with and stopped like any training's."""

import os
import signal

import pytest

from gecat.jobs.command import command_to_train
from gecat.jobs.job import new_key
from gecat.jobs.limits import JobLimits
from gecat.jobs.requests import RunRequest
from gecat.training.race.folder import has_checkpoint
from gecat.training.run.folder import read_stats

from ..stand_in import wait_for

TINY = ["--start-cycles", "2", "--set", "batch_size=8"]
TINY += ["--set", "generator_widths=8,16", "--set", "discriminator_widths=8,16"]


def tiny(job, folder, data, limits):
    """The real command, with networks and a start that are soon ready."""
    words = command_to_train(job, folder, data, limits)
    begins = [] if "--resume" in words else TINY
    return [*words, *begins]


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_a_race_is_held_killed_gone_on_with_and_stopped(open_jobs):
    jobs, key = open_jobs(command=tiny, limits=JobLimits(photos=24)), new_key()
    race = jobs.start(key, RunRequest(seconds=600, race=1e-2, changes={"seed": 4}))
    folder = jobs.folder(jobs.get(key, race))

    def state():
        return jobs.state(jobs.get(key, race))

    def goes_on():
        seen = len(read_stats(folder))
        wait_for(lambda: len(read_stats(folder)) > seen, patience=250)

    goes_on()
    jobs.pause(key, race)
    wait_for(lambda: state() == "paused")
    jobs.resume(key, race)
    goes_on()
    assert has_checkpoint(folder)
    os.kill(jobs.get(key, race).pid, signal.SIGKILL)
    wait_for(lambda: state() == "interrupted")
    before = read_stats(folder)
    jobs.resume(key, race)
    wait_for(lambda: read_stats(folder) != before, patience=250)
    goes_on()
    assert read_stats(folder)[0] == before[0]  # from one start
    jobs.stop(key, race)
    wait_for(lambda: state() == "stopped")
    assert jobs.ending(jobs.get(key, race)) is None
    jobs.delete(key, race)
    assert not folder.exists()
