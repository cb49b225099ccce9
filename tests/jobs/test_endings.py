"""How a training may end, and what is said of it; the processes are real."""

import os
import shutil
import signal
import sys

import numpy as np
import pytest
from PIL import Image

from gecat.errors import Status, UserError
from gecat.i18n import say
from gecat.jobs.command import command_to_train
from gecat.jobs.job import new_key
from gecat.jobs.requests import RunRequest
from gecat.training.run.folder import read_stats

from ..stand_in import stand_in, wait_for

LONG = RunRequest(seconds=600)
# What the command `train` does around learning, where learning itself fails in some way.
FAILING = """
import os, signal, sys
import numpy as np
from gecat import __main__
from gecat.commands import train
from gecat.errors import RunError
def learn(options):
    {how}
train._train = learn
sys.exit(__main__.main(["train", "--run", sys.argv[1], "--cycles", "1", *sys.argv[2:]]))
"""


def failing(how):
    """A command whose learning does this."""

    def command(job, folder, data, limit):
        code = FAILING.format(how=how)
        return [sys.executable, "-c", code, folder, "--error-file", str(folder / "error.json")]

    return command


def ends(jobs, key, run):
    """Waits until a run's process has ended and returns (state, returncode, error)."""
    wait_for(lambda: jobs.get(key, run).pid is None)
    job = jobs.get(key, run)
    return jobs.state(job), job.returncode, jobs.reason(job)


def begin(open_jobs, command=stand_in):
    """Starts a run and waits until it learns, where it does."""
    jobs, key = open_jobs(command=command), new_key()
    run = jobs.start(key, LONG)
    if command is stand_in:
        wait_for(lambda: read_stats(jobs.folder(jobs.get(key, run))))
    return jobs, key, run


@pytest.mark.parametrize(
    ("how", "status", "code"),
    [
        ('raise RunError("run.no_data")', Status.WRONG_USE, "run.no_data"),
        ('open("photos/nowhere.png")', Status.WRONG_USE, "file.missing"),
        ("np.empty(1 << 45)", Status.FAILED, "system.out_of_memory"),
        (
            "import tensorflow; tensorflow.zeros((1 << 22, 1 << 22))",
            Status.FAILED,
            "system.out_of_memory",
        ),
        (
            "import jax.numpy; jax.numpy.zeros((1 << 22, 1 << 22))",
            Status.FAILED,
            "system.out_of_memory",
        ),
        ('raise KeyError("secret detail")', Status.FAILED, "job.crashed"),
    ],
)
def test_a_run_that_cannot_go_on_has_failed_and_says_why(open_jobs, how, status, code):
    jobs, key, run = begin(open_jobs, failing(how))
    state, returncode, error = ends(jobs, key, run)
    assert (state, returncode, error.code) == ("failed", status, code)
    log = (jobs.folder(jobs.get(key, run)) / "log.txt").read_text()
    assert ("Traceback" in log) == (code == "job.crashed")
    assert "secret" not in str(error)


@pytest.mark.parametrize(
    ("number", "code"),
    [
        (signal.SIGKILL, "job.killed"),  # as the system does when memory runs out
        (signal.SIGABRT, "job.aborted"),
    ],
)
def test_a_run_that_a_signal_ends_is_interrupted(open_jobs, number, code):
    jobs, key, run = begin(open_jobs)
    os.kill(jobs.get(key, run).pid, number)
    state, returncode, error = ends(jobs, key, run)
    assert (state, returncode, error.code) == ("interrupted", -number, code)


def test_a_run_that_is_told_to_end_before_it_can_obey_is_interrupted(open_jobs):
    jobs, key, run = begin(open_jobs, failing("signal.pause()"))
    os.kill(jobs.get(key, run).pid, signal.SIGTERM)
    state, returncode, error = ends(jobs, key, run)
    assert (state, returncode, error.code) == ("interrupted", -signal.SIGTERM, "job.told_to_end")


def test_a_run_that_is_stopped_is_stopped(open_jobs):
    jobs, key, run = begin(open_jobs)
    jobs.stop(key, run)
    assert ends(jobs, key, run)[:2] == ("stopped", Status.DONE)


def test_a_run_that_left_photos_out_and_is_stopped_is_stopped(open_jobs):
    jobs, key, run = begin(open_jobs, failing("return 1"))
    jobs.pause(key, run)
    assert ends(jobs, key, run)[:2] == ("paused", Status.SOME_SKIPPED)


@pytest.mark.parametrize(
    ("how", "state"),
    [
        ('raise KeyError("secret detail")', "failed"),
        ("os.kill(os.getpid(), signal.SIGSEGV)", "interrupted"),
    ],
)
def test_a_crash_under_pause_is_not_shown_as_paused(open_jobs, how, state):
    jobs, key, run = begin(open_jobs, failing(how))
    jobs.pause(key, run)
    assert ends(jobs, key, run)[0] == state


def test_what_an_earlier_process_said_is_forgotten(open_jobs):
    jobs, key, run = begin(open_jobs, failing('raise RunError("run.no_data")'))
    assert ends(jobs, key, run)[2].code == "run.no_data"
    jobs._command = failing('raise KeyError("another")')
    jobs.resume(key, run)
    assert ends(jobs, key, run)[2].code == "job.crashed"


def test_a_process_that_an_earlier_app_started_may_have_ended_in_any_way(open_jobs):
    jobs, key, run = begin(open_jobs)
    jobs._closed.set()  # as if the app had been killed: nobody tells the child
    heir = open_jobs()
    os.kill(jobs.get(key, run).pid, signal.SIGKILL)
    wait_for(lambda: heir.state(heir.get(key, run)) == "interrupted")
    _, returncode, error = ends(heir, key, run)
    assert (returncode, error.code) == (None, "job.vanished")


def test_photos_that_are_gone_are_told_by_their_folders_name(open_jobs, tmp_path):
    """A real training; a stand-in keeps the only place until the photos are gone."""

    def command(job, folder, data, limit):
        return (command_to_train if job.data == "photos" else stand_in)(job, folder, data, limit)

    jobs, key, first = begin(open_jobs, command)
    picture = tmp_path / "a.png"
    Image.fromarray(np.zeros((8, 8, 3), np.uint8)).save(picture)
    files = [(f"{number}.png", picture) for number in range(8)]
    run = jobs.start(key, RunRequest(data="photos", files=files, seconds=9))
    shutil.rmtree(jobs.folder(jobs.get(key, run)) / "photos")
    jobs.stop(key, first)
    wait_for(lambda: jobs.get(key, run).pid is not None)
    state, returncode, error = ends(jobs, key, run)
    assert (state, returncode, error.code) == ("failed", 2, "image.unknown_source")
    assert isinstance(error, UserError) and str(tmp_path) not in str(error)
    assert say(error, "zh").endswith("收到：photos。")
