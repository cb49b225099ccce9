"""The operator's list of all visitors' runs, from outside of the app that looks after them."""

from gecat.jobs.job import new_key, owner_of
from gecat.jobs.listing import list_runs
from gecat.jobs.requests import RunRequest

from ..stand_in import wait_for


def test_every_visitors_run_is_listed_with_its_state(open_jobs):
    jobs = open_jobs()
    keys = new_key(), new_key()
    first = jobs.start(keys[0], RunRequest(seconds=600, name="Roses"))
    second = jobs.start(keys[1], RunRequest(seconds=300, name="Horses"))
    wait_for(lambda: "running" in list_runs(jobs.root))
    head, newest, oldest = list_runs(jobs.root).splitlines()
    assert head.split()[0] == "run"
    assert newest.split()[:2] == [second, owner_of(keys[1])[:8]]
    assert "queued" in newest and "0 of 300 s" in newest and newest.endswith("Horses")
    assert oldest.startswith(first) and "running" in oldest and oldest.endswith("Roses")
    assert jobs.state(jobs.get(keys[1], second)) == "queued"  # a look lets nobody run


def test_an_empty_folder_is_said(tmp_path):
    assert list_runs(tmp_path) == f"no runs in {tmp_path}"
