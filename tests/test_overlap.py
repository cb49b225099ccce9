"""Work on several items at once, in order, with few ahead."""

import os
import signal
import subprocess
import sys
import threading
from contextlib import closing, suppress
from contextvars import ContextVar
from pathlib import Path

import pytest

from gecat.overlap import overlapped, processes, usable_cores

from .conftest import ROOT
from .stand_in import wait_for

WHO = ContextVar("who", default="nobody")


@pytest.mark.parametrize("workers", [1, 2, 5])
def test_results_come_in_order_of_the_items(workers):
    assert list(overlapped(lambda x: x * x, range(20), workers)) == [x * x for x in range(20)]


def test_two_are_worked_on_at_a_time():
    both = threading.Barrier(2, timeout=60)  # each waits for the other
    assert list(overlapped(lambda _: both.wait() < 2, range(6), 2)) == [True] * 6


def test_few_are_begun_ahead_and_none_after_the_end():
    begun = []
    with closing(overlapped(begun.append, range(100), 2)) as results:
        next(results)
    assert len(begun) <= 3


@pytest.mark.parametrize("workers", [1, 3])
def test_what_goes_wrong_is_raised_in_its_turn(workers):
    def work(x):
        if x == 3:
            raise OSError("disk full")
        return x

    results = overlapped(work, range(9), workers)
    assert [next(results) for _ in range(3)] == [0, 1, 2]
    with pytest.raises(OSError, match="disk full"):
        next(results)


def test_what_belongs_to_a_request_goes_along():
    token = WHO.set("a visitor")
    try:
        assert set(overlapped(lambda _: WHO.get(), range(4), 2)) == {"a visitor"}
    finally:
        WHO.reset(token)


@pytest.mark.parametrize(
    ("told", "cores"), [("100000 100000", 1), ("50000 100000", 1), ("max 100000", None), ("", None)]
)
def test_a_container_has_its_share_of_the_cores(tmp_path, told, cores):
    share = tmp_path / "cpu.max"
    share.write_text(told)
    assert usable_cores(share) == (cores or usable_cores(tmp_path / "missing"))


# A worker says who it is, and then takes long.
KILLED = """
import os, time
from gecat.overlap import processes

if __name__ == "__main__":
    with processes(1) as pool:
        print(pool.submit(os.getpid).result(), flush=True)
        pool.submit(time.sleep, 600).result()
"""


def test_processes_begin_as_they_are_told():
    with processes(1, os.putenv, "GECAT_TOLD", "yes") as pool:
        asked = [sys.executable, "-c", "import os; print(os.environ['GECAT_TOLD'])"]
        told = pool.submit(subprocess.check_output, asked, text=True).result()
    assert told.strip() == "yes"


@pytest.mark.skipif(not Path("/proc/self/cmdline").exists(), reason="it looks into /proc")
def test_processes_end_with_one_that_is_killed(tmp_path):
    (tmp_path / "killed.py").write_text(KILLED)
    command, there = [sys.executable, tmp_path / "killed.py"], {"PYTHONPATH": str(ROOT)}
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=os.environ | there) as run:
        worker = int(run.stdout.readline())
        words = Path(f"/proc/{worker}/cmdline")
        assert words.read_bytes()
        run.kill()
    try:
        # One that nobody has buried has no words.
        wait_for(lambda: not words.exists() or not words.read_bytes(), patience=30)
    finally:
        with suppress(ProcessLookupError):
            os.kill(worker, signal.SIGKILL)
