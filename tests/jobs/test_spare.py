"""The process that waits for a training: one at most, for as long as somebody may want it."""

import socket
import sys

import pytest

from gecat.__main__ import main
from gecat.jobs import spare
from gecat.jobs.job import new_key
from gecat.jobs.limits import JobLimits
from gecat.jobs.requests import RunRequest

from ..stand_in import wait_for


@pytest.fixture
def room(monkeypatch, tmp_path):
    """Says how much memory the machine and its container have: kilobytes, and three of bytes."""

    def write(available, most, taken, cached=0):
        (tmp_path / "meminfo").write_text(f"MemTotal: 99 kB\nMemAvailable: {available} kB\n")
        for name, text in (
            ("max", most),
            ("current", taken),
            ("stat", f"anon 5\ninactive_file {cached}\n"),
        ):
            (tmp_path / f"memory.{name}").write_text(str(text))
        monkeypatch.setattr(spare, "MEMORY", tmp_path / "meminfo")
        monkeypatch.setattr(spare, "CONTAINER", tmp_path)

    return write


@pytest.mark.parametrize(
    ("given", "enough"),
    [
        ((3_000_000, "max", 0), True),
        ((1_900_000, "max", 0), False),
        ((9_000_000, 4_000_000_000, 1_000_000_000), True),
        ((9_000_000, 4_000_000_000, 2_500_000_000), False),
        ((9_000_000, 4_000_000_000, 2_500_000_000, 1_000_000_000), True),  # the last is a cache
    ],
)
def test_there_is_room_where_machine_and_container_have_it(room, given, enough):
    room(*given)
    assert spare.is_room() is enough


def test_where_nobody_can_tell_there_is_no_room(monkeypatch, tmp_path):
    monkeypatch.setattr(spare, "MEMORY", tmp_path / "missing")
    assert not spare.is_room()


def test_there_is_one_at_most_and_only_where_a_run_could_begin(open_jobs, room, monkeypatch):
    room(1_000_000, "max", 0)
    jobs = open_jobs(limits=JobLimits(trainings=1))
    jobs.expect()
    assert jobs._processes._spare is None
    room(9_000_000, "max", 0)
    jobs.expect()
    first = jobs._processes._spare.process
    jobs.expect()
    assert jobs._processes._spare.process is first
    # What is no command line of ours gets a process of its own.
    key = new_key()
    run = jobs.start(key, RunRequest(seconds=600))
    assert jobs.get(key, run).pid != first.pid and first.poll() is None
    monkeypatch.setattr(spare, "IDLE_SECONDS", 0.0)
    wait_for(lambda: not jobs._processes._spare.lives())
    assert first.poll() is not None
    jobs.expect()
    assert not jobs._processes._spare.lives()  # no second training would be let in


def test_it_ends_with_the_app(open_jobs):
    jobs = open_jobs()
    jobs.expect()
    process = jobs._processes._spare.process
    jobs.close()
    assert process.poll() is not None


def test_a_run_begins_where_the_spare_process_has_died(open_jobs):
    jobs = open_jobs(command=lambda *_: [*spare.COMMAND, "export", "--help"])
    jobs.expect()
    jobs._processes._spare.process.kill()
    jobs._processes._spare.process.wait()
    key = new_key()
    run = jobs.start(key, RunRequest(seconds=600))
    wait_for(lambda: jobs.get(key, run).returncode == 0)
    assert "usage" in (jobs.folder(jobs.get(key, run)) / "log.txt").read_text()


@pytest.mark.skipif(sys.platform == "win32", reason="it is asked through a Unix socket")
def test_it_ends_where_the_app_is_gone():
    ours, theirs = socket.socketpair()
    ours.close()
    assert main(["spare", str(theirs.detach())]) == 0
