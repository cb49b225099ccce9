"""Who waits, who runs, what is kept; the processes are real."""

import os
import signal
import subprocess
import sys
import time
import zipfile
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from gecat.errors import ImageError, JobError, UserError
from gecat.jobs.command import command_to_train
from gecat.jobs.job import new_key
from gecat.jobs.limits import JobLimits
from gecat.jobs.requests import RunRequest, folders_by_name
from gecat.training.run.folder import last_stats, read_description, read_stats, skipped_of

from ..stand_in import STAND_IN, wait_for

TINY = {
    "generator_widths": (8, 16),
    "discriminator_widths": (8, 16),
    "batch_size": 8,
    "generator_steps": 1,
    "discriminator_steps": 1,
    "anchor_share": 0.3,
}
LONG = RunRequest(seconds=600)
SHORT = RunRequest(seconds=1)


@pytest.fixture
def key():
    return new_key()


@contextmanager
def refused(code, **values):
    """What stands inside is refused with a JobError of this code and these values."""
    with pytest.raises(JobError) as caught:
        yield
    assert caught.value.code == f"job.{code}"
    assert values.items() <= caught.value.values.items()


def reaches(jobs, key, run, state):
    wait_for(lambda: jobs.state(jobs.get(key, run)) == state)


def learned(jobs, key, run):
    return len(read_stats(jobs.folder(jobs.get(key, run))))


def test_a_run_is_done_when_its_budget_is_spent(open_jobs, key):
    jobs = open_jobs()
    run = jobs.start(key, SHORT)
    reaches(jobs, key, run, "done")
    assert jobs.spent(jobs.get(key, run)) == 1.0
    with refused("budget_spent"):
        jobs.resume(key, run)


def test_a_second_run_waits_for_the_first(open_jobs, key):
    jobs = open_jobs()
    first, second, third = (jobs.start(key, LONG) for _ in range(3))
    assert [jobs.position(jobs.get(key, run)) for run in (first, second, third)] == [0, 1, 2]
    assert jobs.state(jobs.get(key, second)) == "queued"
    jobs.stop(key, second)
    assert jobs.position(jobs.get(key, third)) == 1
    jobs.stop(key, first)
    reaches(jobs, key, third, "running")
    assert jobs.state(jobs.get(key, first)) == "stopped"


def test_more_places_let_more_run(open_jobs, key):
    jobs = open_jobs(limits=JobLimits(trainings=2))
    runs = [jobs.start(key, LONG) for _ in range(3)]
    assert [jobs.state(jobs.get(key, run)) for run in runs] == ["running", "running", "queued"]


def test_a_paused_run_learns_nothing_and_gives_its_place_away(open_jobs, key):
    jobs = open_jobs()
    first, second = jobs.start(key, LONG), jobs.start(key, LONG)
    wait_for(lambda: learned(jobs, key, first) > 1)
    jobs.pause(key, first)
    reaches(jobs, key, second, "running")
    wait_for(lambda: learned(jobs, key, second) > 1)
    before = learned(jobs, key, first)
    jobs.resume(key, first)
    assert jobs.state(jobs.get(key, first)) == "queued"
    assert learned(jobs, key, first) == before
    jobs.stop(key, second)
    wait_for(lambda: learned(jobs, key, first) > before)
    assert jobs.state(jobs.get(key, first)) == "running"


def test_a_paused_process_counts_until_it_has_ended(open_jobs, key):
    jobs = open_jobs()
    living = []
    for _ in range(3):
        run = jobs.start(key, LONG)
        reaches(jobs, key, run, "running")
        living.append(sum(map(jobs._alive, jobs.all())))
        wait_for(lambda run=run: learned(jobs, key, run) > 1)
        jobs.pause(key, run)
    assert living == [1, 1, 1]
    assert [jobs.state(job) for job in jobs.all()] == ["paused"] * 3


def test_a_pause_keeps_its_process_while_nobody_waits(open_jobs, key):
    jobs = open_jobs()
    run = jobs.start(key, LONG)
    wait_for(lambda: learned(jobs, key, run) > 1)
    pid = jobs.get(key, run).pid
    jobs.pause(key, run)
    jobs.tick()
    jobs.resume(key, run)
    assert jobs.state(jobs.get(key, run)) == "running"
    assert jobs.get(key, run).pid == pid


def test_a_process_of_an_earlier_app_counts_from_its_first_moment(open_jobs, key):
    def sleep(job, folder, data, limit):  # as one that still imports: it holds no folder yet
        return [sys.executable, "-c", "import time; time.sleep(600)"]

    jobs = open_jobs(command=sleep)
    run = jobs.start(key, LONG)
    jobs._closed.set()
    heir = open_jobs()
    waiting = heir.start(key, LONG)
    heir.tick()
    assert heir.state(heir.get(key, run)) == "running"
    assert heir.state(heir.get(key, waiting)) == "queued"


def test_closing_ends_what_an_earlier_app_started(open_jobs, key):
    jobs = open_jobs()
    run = jobs.start(key, LONG)
    wait_for(lambda: learned(jobs, key, run) > 0)
    pid = jobs.get(key, run).pid
    jobs._closed.set()
    heir = open_jobs()
    heir.close()
    wait_for(lambda: not jobs._alive(jobs.get(key, run)))  # its parent, which is this process
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
    assert heir.get(key, run).pid is None
    again = open_jobs()
    assert again.state(again.get(key, run)) == "interrupted"


def test_a_killed_run_is_noticed_and_goes_on_where_it_was(open_jobs, key):
    jobs = open_jobs()
    run = jobs.start(key, LONG)
    wait_for(lambda: learned(jobs, key, run) > 2)
    os.kill(jobs.get(key, run).pid, signal.SIGKILL)
    reaches(jobs, key, run, "interrupted")
    before = learned(jobs, key, run)
    jobs.resume(key, run)
    wait_for(lambda: learned(jobs, key, run) > before)
    seconds = [line["seconds"] for line in read_stats(jobs.folder(jobs.get(key, run)))]
    assert seconds == sorted(set(seconds))


def test_a_step_is_one_cycle_and_the_next_may_run(open_jobs, key):
    jobs = open_jobs()
    run, other = jobs.start(key, LONG), jobs.start(key, LONG)
    jobs.pause(key, run)
    wait_for(lambda: jobs.state(jobs.get(key, other)) == "running")
    jobs.stop(key, other)
    wait_for(lambda: jobs.state(jobs.get(key, other)) == "stopped")
    wait_for(lambda: jobs.state(jobs.get(key, run)) == "paused")
    before = learned(jobs, key, run)
    jobs.resume(key, run, pace="step", part="discriminator")
    reaches(jobs, key, run, "paused")
    assert learned(jobs, key, run) == before + 1
    assert last_stats(jobs.folder(jobs.get(key, run)))["part"] == "discriminator"


def test_a_run_continues_longer(open_jobs, key):
    jobs = open_jobs()
    run = jobs.start(key, SHORT)
    reaches(jobs, key, run, "done")
    jobs.resume(key, run, seconds=2)
    reaches(jobs, key, run, "done")
    assert jobs.spent(jobs.get(key, run)) == 2.0


def test_a_run_belongs_to_its_visitor(open_jobs, key):
    jobs = open_jobs()
    run = jobs.start(key, LONG)
    stranger = new_key()
    assert jobs.runs(stranger) == []
    for act in (jobs.get, jobs.pause, jobs.stop, jobs.resume, jobs.delete):
        with refused("no_such_run"):
            act(stranger, run)
    with refused("no_such_run"):
        jobs.start(stranger, RunRequest(start=run))
    with refused("no_key"):
        jobs.runs("")
    assert [job.id for job in jobs.runs(key)] == [job.id for job in jobs.all()] == [run]
    assert key not in (jobs.folder(jobs.get(key, run)) / "job.json").read_text()


def test_a_restarted_app_finds_its_runs(open_jobs, key):
    jobs = open_jobs()
    run, waiting = jobs.start(key, LONG), jobs.start(key, SHORT)
    jobs.rename(key, run, "  my  first ")
    wait_for(lambda: learned(jobs, key, run) > 0)
    jobs.close()
    again = open_jobs()
    assert [job.id for job in again.runs(key)] == [waiting, run]
    assert again.get(key, run).name == "my first"
    assert again.state(again.get(key, run)) == "interrupted"
    reaches(again, key, waiting, "done")
    again.resume(key, run)
    reaches(again, key, run, "running")


def test_a_run_that_outlived_the_app_is_taken_over(open_jobs, key):
    jobs = open_jobs()
    run = jobs.start(key, LONG)
    wait_for(lambda: learned(jobs, key, run) > 0)
    jobs._closed.set()  # as if the app had been killed: nobody tells the child
    heir = open_jobs()
    assert heir.state(heir.get(key, run)) == "running"
    heir.stop(key, run)
    wait_for(lambda: jobs.state(jobs.get(key, run)) != "running")
    reaches(heir, key, run, "stopped")


def test_deleting_ends_the_process_and_leaves_nothing(open_jobs, key):
    jobs = open_jobs()
    run = jobs.start(key, LONG)
    wait_for(lambda: learned(jobs, key, run) > 0)
    pid = jobs.get(key, run).pid
    jobs.delete(key, run)
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
    assert [path.name for path in jobs.root.iterdir()] == []
    with refused("no_such_run"):
        jobs.get(key, run)


def test_a_process_may_not_live_for_ever(open_jobs, key):
    jobs = open_jobs()
    run = jobs.start(key, LONG)
    wait_for(lambda: learned(jobs, key, run) > 0)
    jobs.pause(key, run)
    jobs.limits = replace(jobs.limits, wall_clock=1)
    reaches(jobs, key, run, "stopped")


@pytest.mark.parametrize("days", [1, 60, -60])
def test_a_clock_that_is_set_ends_no_training_and_removes_no_run(open_jobs, key, days, monkeypatch):
    jobs = open_jobs()
    run = jobs.start(key, LONG)
    wait_for(lambda: learned(jobs, key, run) > 0)
    before, now = jobs.get(key, run), time.time
    monkeypatch.setattr(time, "time", lambda: now() + 86_400 * days)
    jobs.tick()
    jobs.sweep()
    assert jobs.state(jobs.get(key, run)) == "running"
    assert jobs.get(key, run).created == pytest.approx(before.created + 86_400 * days, abs=5)


def test_a_run_that_grows_too_large_is_ended(open_jobs, key):
    jobs = open_jobs(limits=JobLimits(run_bytes=1000))
    run = jobs.start(key, LONG)
    wait_for(lambda: learned(jobs, key, run) > 50)
    jobs.sweep()
    reaches(jobs, key, run, "stopped")


def test_a_run_that_takes_too_much_memory_is_ended(open_jobs, key):
    jobs = open_jobs(limits=JobLimits(memory_bytes=1000))
    run = jobs.start(key, LONG)
    reaches(jobs, key, run, "stopped")


def test_a_training_knows_how_long_it_may_live(open_jobs, key):
    def ends_itself(job, folder, data, limits):
        ending = (
            f"from gecat.training.run.deadline import end_after\nend_after({limits.wall_clock})\n"
        )
        return [sys.executable, "-c", ending + STAND_IN, str(folder), str(job.seconds)]

    jobs = open_jobs(command=ends_itself, limits=JobLimits(wall_clock=2))
    jobs._closed.set()  # as if the app had been killed: nobody watches
    run = jobs.start(key, LONG)
    wait_for(lambda: not jobs._alive(jobs.get(key, run)))
    assert jobs._processes.forget(run) == 0  # told to end, and it kept what it had learned
    words = command_to_train(
        jobs.get(key, run), jobs.folder(jobs.get(key, run)), "scenes", jobs.limits
    )
    assert words[words.index("--deadline") + 1] == "2"


def test_one_that_does_not_end_when_told_is_killed(tmp_path):
    deaf = (
        "import signal, time\nfrom gecat.training.run.deadline import end_after\n"
        "signal.signal(signal.SIGTERM, signal.SIG_IGN)\nend_after(0.1, grace=0.1)\ntime.sleep(600)"
    )
    assert subprocess.run([sys.executable, "-c", deaf], timeout=60).returncode == -signal.SIGKILL


def test_runs_that_learned_nothing_are_dropped(open_jobs, key):
    jobs = open_jobs(limits=JobLimits(kept_seconds=0.0))
    run, waiting = jobs.start(key, SHORT), jobs.start(key, LONG)
    nothing = jobs.start(key, LONG)
    jobs.stop(key, nothing)
    jobs.sweep()
    assert [job.id for job in jobs.runs(key)] == [waiting, run]
    reaches(jobs, key, run, "done")
    jobs.sweep()
    assert run in [job.id for job in jobs.runs(key)]


def test_old_runs_are_removed(open_jobs, key):
    jobs = open_jobs(limits=JobLimits(kept_days=0.0))
    run = jobs.start(key, SHORT)
    reaches(jobs, key, run, "done")
    jobs.sweep()
    assert jobs.runs(key) == []


def test_a_fork_begins_with_what_another_run_has_learned(open_jobs, key):
    jobs = open_jobs()
    parent = jobs.start(key, SHORT)
    reaches(jobs, key, parent, "done")
    child = jobs.start(key, RunRequest(start=parent, seconds=1))
    jobs.delete(key, parent)
    start = jobs.folder(jobs.get(key, child)) / "start.safetensors"
    assert start.read_text() == "weights"
    words = command_to_train(jobs.get(key, child), start.parent, "scenes", JobLimits(photos=9))
    assert words[words.index("--start") + 1] == str(start)


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        (RunRequest(seconds=601), "bad_seconds"),
        (RunRequest(seconds=0), "bad_seconds"),
        (RunRequest(seconds="soon"), "bad_seconds"),
        (RunRequest(preset="huge"), "bad_setting"),
        (RunRequest(changes={"size": 65}), "bad_setting"),
        (RunRequest(changes={"inference_size": 1024}), "not_steerable"),
        (RunRequest(changes={"size": 192}), "too_large"),
        (RunRequest(changes={"batch_size": 512}), "too_large"),
        (RunRequest(changes={"generator_widths": (1024, 1024)}), "too_large"),
        (RunRequest(data="/etc"), "no_such_data"),
        (RunRequest(data="photos"), "no_photos"),
        (RunRequest(start="shipped"), "no_shipped_weights"),
        (RunRequest(start="../../etc"), "no_such_run"),
    ],
)
def test_what_is_too_much_is_refused_and_leaves_nothing(open_jobs, key, tmp_path, asked, code):
    jobs = open_jobs(shipped=tmp_path / "none.safetensors")
    with refused(code):
        jobs.start(key, asked)
    assert jobs.all() == [] and list(jobs.root.iterdir()) == []


def test_the_caps_of_room_hold(open_jobs, key):
    jobs = open_jobs(limits=JobLimits(runs=2, waiting=2))
    jobs.start(key, LONG), jobs.start(key, LONG)
    with refused("too_many_runs", limit=2):
        jobs.start(key, LONG)
    jobs.start(new_key(), LONG)
    with refused("queue_full"):
        jobs.start(new_key(), LONG)
    full = open_jobs(limits=JobLimits(disk_bytes=0))
    with refused("disk_full"):
        full.start(new_key(), LONG)


def photo_files(folder, names):
    for name in names:
        Image.fromarray(np.zeros((8, 8, 3), np.uint8)).save(folder / name)
    return [(name, folder / name) for name in names]


def test_folders_of_one_name_are_told_apart():
    paths = [Path("/a/cats"), Path("/b/cats"), Path("/a/photos"), Path("/a/scenes")]
    assert folders_by_name(paths) == dict(
        zip(["cats", "cats-2", "photos-2", "scenes-2"], paths, strict=True)
    )


def test_uploads_are_bounded_and_copied_under_their_names(open_jobs, key, tmp_path):
    jobs = open_jobs(limits=JobLimits(photos=8))
    files = photo_files(tmp_path, [f"{letter}.png" for letter in "abcdefghi"])
    with refused("too_many_photos", limit=8, received=9):
        jobs.start(key, RunRequest(data="photos", files=files))
    with refused("too_few_photos", limit=8, received=7):
        jobs.start(key, RunRequest(data="photos", files=files[:7]))
    with refused("one_archive"):
        jobs.start(key, RunRequest(data="photos", files=[*files[:1], ("x.zip", files[1][1])]))
    named = [("../../a.png", files[0][1]), ("a.png", files[1][1]), *files[2:8]]
    run = jobs.start(key, RunRequest(data="photos", files=named, seconds=1))
    copied = {path.name for path in (jobs.folder(jobs.get(key, run)) / "photos").iterdir()}
    assert copied == {"a.png", "a-2.png", *(name for name, _ in files[2:8])}
    small = open_jobs(limits=JobLimits(upload_bytes=10))
    with refused("upload_too_large"):
        small.start(key, RunRequest(data="photos", files=files))


def test_what_is_no_photo_is_refused_before_it_is_kept(open_jobs, key, tmp_path):
    jobs = open_jobs()
    junk = tmp_path / "junk.npy"
    junk.write_bytes(os.urandom(100_000))
    files = [*photo_files(tmp_path, [f"{letter}.png" for letter in "abcdefg"]), ("h.png", junk)]
    with zipfile.ZipFile(tmp_path / "photos.zip", "w") as archive:
        for name, path in files:
            archive.write(path, name)
    with pytest.raises(ImageError, match="damaged or unsafe"):
        jobs.start(key, RunRequest(data="photos", files=[("junk.npy", junk)]))
    with refused("too_few_photos", limit=8, received=7):
        jobs.start(key, RunRequest(data="photos", files=[("photos.zip", tmp_path / "photos.zip")]))
    with refused("too_few_photos", limit=8, received=7):
        jobs.start(key, RunRequest(data="photos", files=files))
    assert list(jobs.root.iterdir()) == []


def archive_of(folder, name, files, **options):
    """A (name, path) of an archive that holds files, a dict of names and bytes."""
    with zipfile.ZipFile(folder / name, "w", **options) as archive:
        for member, data in files.items():
            archive.writestr(member, data)
    return name, folder / name


def test_an_archive_that_gives_no_photos_says_why(open_jobs, key, tmp_path):
    jobs = open_jobs()
    picture = photo_files(tmp_path, ["a.png"])[0][1].read_bytes()
    pictures = {f"{number}.png": picture for number in range(9)}

    def told(given):
        with pytest.raises(UserError) as caught:
            jobs.start(key, RunRequest(data="photos", files=[given]))
        return str(caught.value)

    packed = told(archive_of(tmp_path, "packed.zip", pictures, compression=zipfile.ZIP_BZIP2))
    assert "Received: 0. 9 of 9 that were looked at" in packed and "stored or deflated" in packed
    mixed = dict(list(pictures.items())[:4]) | {f"{n}.txt": b"only words" for n in range(50)}
    mixed = told(archive_of(tmp_path, "mixed.zip", mixed))
    assert "no picture that can be read" in mixed and "of 40 that were looked at" in mixed
    name, path = archive_of(tmp_path, "locked.zip", pictures)
    data = bytearray(path.read_bytes())
    for sign, place in ((b"PK\x01\x02", 8), (b"PK\x03\x04", 6)):
        at = data.find(sign)
        while at >= 0:
            data[at + place] |= 1
            at = data.find(sign, at + 4)
    path.write_bytes(data)
    assert "9 of 9 that were looked at: This member of the archive is locked" in told((name, path))
    whole = archive_of(tmp_path, "cut.zip", pictures)[1]
    whole.write_bytes(whole.read_bytes()[:-60])
    assert told(("cut.zip", whole)).startswith("The archive is damaged, cut short")
    assert told(archive_of(tmp_path, "empty.zip", {})).endswith("Received: 0.")


def test_a_visitor_has_a_share_of_the_disk(open_jobs, key, tmp_path):
    jobs = open_jobs(limits=JobLimits(visitor_bytes=30_000))
    noise = np.random.default_rng(0).integers(0, 256, (8, 24, 24, 3), np.uint8)
    np.save(tmp_path / "photos.npy", noise)  # 14 kB
    request = RunRequest(data="photos", files=[("photos.npy", tmp_path / "photos.npy")])
    jobs.start(key, request)
    jobs.start(key, request)
    with refused("quota_full", limit=0.03):
        jobs.start(key, request)
    jobs.start(new_key(), request)


ADDRESS, ANOTHER = "203.0.113.1", "203.0.113.2"


def test_made_up_keys_fill_no_more_than_their_address_may(open_jobs):
    jobs = open_jobs(limits=JobLimits(origin_waiting=2))
    for _ in range(3):  # one runs, two wait
        jobs.start(new_key(), LONG, ADDRESS)
    with refused("address_waits", limit=2):
        jobs.start(new_key(), LONG, ADDRESS)
    jobs.start(new_key(), LONG, ANOTHER)
    assert ADDRESS not in "".join(path.read_text() for path in jobs.root.glob("*/job.json"))
    jobs.close()
    with refused("address_waits"):  # a restart forgets nothing
        open_jobs(limits=JobLimits(origin_waiting=2)).start(new_key(), LONG, ADDRESS)


def test_an_address_has_a_share_of_runs_and_of_the_disk(open_jobs, tmp_path):
    jobs = open_jobs(limits=JobLimits(origin_runs=2))
    for _ in range(2):
        jobs.start(new_key(), LONG, ADDRESS)
    with refused("address_runs", limit=2):
        jobs.start(new_key(), LONG, ADDRESS)
    jobs.start(new_key(), LONG, ANOTHER)
    jobs.limits = JobLimits(origin_bytes=1)
    with refused("address_full"):
        jobs.start(new_key(), LONG, ADDRESS)


def test_whoever_resumes_waits_in_the_same_queue(open_jobs, key):
    jobs = open_jobs(limits=JobLimits(waiting=2))
    runs = [jobs.start(key, LONG) for _ in range(2)]
    jobs.stop(key, runs[1])
    for _ in range(2):
        jobs.start(key, LONG)
    with refused("queue_full", limit=2):
        jobs.resume(key, runs[1])
    jobs.limits = JobLimits(waiting=3)
    jobs.resume(key, runs[1])
    jobs.resume(key, runs[1])  # who waits already takes no other place


@pytest.mark.parametrize("bad", ["a" * 15, "a" * 65, "a" * 50_000, "ä" * 32, "a b" * 8, b"a" * 32])
def test_a_key_is_as_long_as_ours_and_of_the_same_letters(open_jobs, bad):
    with refused("no_key"):
        open_jobs().start(bad, LONG)


@pytest.mark.slow
def test_a_real_training_is_killed_and_resumed(open_jobs, key):
    jobs = open_jobs(command=command_to_train, limits=JobLimits(photos=16))
    jobs.expect()
    spare = jobs._processes._spare.process.pid
    run = jobs.start(key, RunRequest(seconds=600, changes=TINY))
    assert jobs.get(key, run).pid == spare
    wait_for(lambda: learned(jobs, key, run) > 2)
    assert jobs._processes._spare is None
    os.kill(jobs.get(key, run).pid, signal.SIGKILL)
    reaches(jobs, key, run, "interrupted")
    jobs.resume(key, run)
    # Its only checkpoint was the first, so it begins again: cycles of the lost stretch are cut.
    wait_for(lambda: jobs.state(jobs.get(key, run)) == "running" and learned(jobs, key, run) > 2)
    jobs.stop(key, run)
    reaches(jobs, key, run, "stopped")
    assert (jobs.folder(jobs.get(key, run)) / "weights.safetensors").is_file()
    cycles = [line["cycle"] for line in read_stats(jobs.folder(jobs.get(key, run)))]
    assert cycles == list(range(1, len(cycles) + 1))


@pytest.mark.slow
def test_a_real_training_says_what_it_left_out_and_why_it_fails(open_jobs, key, tmp_path):
    (tmp_path / "few").mkdir()
    photo_files(tmp_path / "few", ["a.png"])
    jobs = open_jobs(command=command_to_train, folders={"few": tmp_path / "few"})
    archive = tmp_path / "photos.zip"
    with zipfile.ZipFile(archive, "w") as file:
        for index in range(9):
            photo_files(tmp_path, [f"{index}.png"])
            file.write(tmp_path / f"{index}.png", f"{index}.png")
        file.writestr("note.png", "only words")
    run = jobs.start(
        key, RunRequest(data="photos", files=[("photos.zip", archive)], seconds=1, changes=TINY)
    )
    empty = jobs.start(key, RunRequest(data="few", changes=TINY))
    reaches(jobs, key, run, "done")
    ((name, error),) = skipped_of(read_description(jobs.folder(jobs.get(key, run))))
    assert name == "note.png" and "Received: text" in str(error)
    reaches(jobs, key, empty, "failed")
    error = jobs.reason(jobs.get(key, empty))
    assert error.code == "image.too_few_photos"
    assert str(tmp_path) not in str(error)


def test_times_are_told(open_jobs, key):
    jobs = open_jobs()
    before = time.time()
    run = jobs.start(key, LONG)
    job = jobs.get(key, run)
    assert before <= job.created <= job.launched <= time.time()


def test_a_run_whose_app_was_killed_as_it_began_the_process_is_taken_over(open_jobs, key):
    jobs = open_jobs()
    run = jobs.start(key, LONG)
    wait_for(lambda: learned(jobs, key, run) > 0)
    jobs._closed.set()
    job = jobs.get(key, run)
    jobs.save(replace(job, pid=None, launched=None, waiting_since=time.time()))
    heir = open_jobs()
    assert heir.state(heir.get(key, run)) == "running"
    assert heir.get(key, run).pid == job.pid
    heir.stop(key, run)
    reaches(heir, key, run, "stopped")


def test_what_a_killed_app_was_making_or_removing_is_gone_with_the_next(open_jobs, tmp_path):
    root = tmp_path / "runs"
    old, new, scenes = (root / name for name in ("0123456789abcdef", "f" * 16, "scenes"))
    doomed = root / ".0123456789abcdef.deleted"
    for folder in (old, new, scenes, doomed):
        folder.mkdir(parents=True)
    for folder in (old, scenes):
        os.utime(folder, (0, 0))
    jobs = open_jobs()
    assert sorted(path.name for path in jobs.root.iterdir()) == sorted([new.name, "scenes"])


def test_half_a_checkpoint_goes_with_the_process_that_was_writing_it(open_jobs, key):
    jobs = open_jobs()
    run = jobs.start(key, LONG)
    wait_for(lambda: learned(jobs, key, run) > 0)
    half = jobs.folder(jobs.get(key, run)) / "checkpoints" / ".state.safetensors.01.part"
    half.parent.mkdir()
    half.touch()
    os.kill(jobs.get(key, run).pid, signal.SIGKILL)
    reaches(jobs, key, run, "interrupted")
    wait_for(lambda: jobs.get(key, run).pid is None)
    assert not half.exists()
