"""A run's folder as watchers see it."""

import multiprocessing
import threading

import pytest

from gecat.errors import RunError
from gecat.training.run import folder as run_folder
from gecat.training.run.control import Steering
from gecat.training.run.folder import (
    control,
    hold,
    is_held,
    last_stats,
    read_control,
    read_description,
    read_now,
    read_stats,
    tell,
)


def test_a_command_is_read_as_it_was_given(tmp_path):
    assert read_control(tmp_path) == ("run", "both")
    for command in run_folder.COMMANDS:
        for part in run_folder.PARTS:
            control(tmp_path, command, part)
            assert read_control(tmp_path) == (command, part)
    with pytest.raises(ValueError, match="'jump'"):
        control(tmp_path, "jump")
    with pytest.raises(ValueError, match="'nobody'"):
        control(tmp_path, "run", "nobody")


def test_a_control_file_of_nonsense_lets_the_run_go_on(tmp_path):
    (tmp_path / "control").write_text("format disk")
    assert read_control(tmp_path) == ("run", "both")


def test_what_is_told_is_read(tmp_path):
    assert read_now(tmp_path) == {}
    tell(tmp_path, "reading", done=3, total=9)
    now = read_now(tmp_path)
    assert (now["doing"], now["done"], now["total"]) == ("reading", 3, 9)


def test_the_last_line_is_read_alone_and_a_torn_one_left_out(tmp_path):
    assert read_stats(tmp_path) == [] and last_stats(tmp_path) == {}
    lines = "".join(f'{{"cycle": {cycle}}}\n' for cycle in range(20_000))
    (tmp_path / "stats.jsonl").write_text(lines + '{"cyc')
    assert last_stats(tmp_path) == {"cycle": 19_999} == read_stats(tmp_path)[-1]


def test_no_run_is_said(tmp_path):
    with pytest.raises(RunError, match="no run in this folder"):
        read_description(tmp_path)


def _hold_until(path, held, release):
    with hold(path):
        held.set()
        release.wait(60)


@pytest.mark.parametrize("system", ["this", "one without fcntl, as Windows is"])
def test_a_folder_is_held_as_long_as_its_process_lives(tmp_path, monkeypatch, system):
    if system != "this":
        monkeypatch.setattr(run_folder, "fcntl", None)
    context = multiprocessing.get_context("spawn")
    held, release = context.Event(), context.Event()
    process = context.Process(target=_hold_until, args=(tmp_path / "run", held, release))
    assert not is_held(tmp_path / "run")
    process.start()
    assert held.wait(60)
    assert is_held(tmp_path / "run")
    with pytest.raises(RunError, match="under way"), hold(tmp_path / "run"):
        pass
    process.kill()
    process.join()
    assert not is_held(tmp_path / "run")
    with hold(tmp_path / "run"):
        assert is_held(tmp_path / "run")
        with pytest.raises(RunError, match="under way"), hold(tmp_path / "run"):
            pass
    assert not is_held(tmp_path / "run")


def test_a_look_needs_no_right_to_write_and_leaves_no_file(tmp_path):
    pytest.importorskip("fcntl")
    assert not is_held(tmp_path)
    assert list(tmp_path.iterdir()) == []
    with hold(tmp_path):
        pass
    before = {path.name: path.stat().st_mtime_ns for path in tmp_path.iterdir()}
    assert not is_held(tmp_path)
    assert before == {path.name: path.stat().st_mtime_ns for path in tmp_path.iterdir()}


def test_a_look_keeps_no_run_from_starting(tmp_path):
    fcntl = pytest.importorskip("fcntl")
    with (tmp_path / "lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_SH)  # as `is_held` does, caught in the middle
        assert not is_held(tmp_path)  # one who looks is no run
        looked = threading.Timer(0.2, fcntl.flock, (file, fcntl.LOCK_UN))
        looked.start()
        with hold(tmp_path):
            assert is_held(tmp_path)
        looked.join()


def test_a_step_turns_into_a_pause_and_a_stop_ends(tmp_path):
    interrupted = threading.Event()
    control(tmp_path, "step", "generator")
    steering = Steering(tmp_path, interrupted)
    assert (steering.command, steering.part) == ("step", "generator")
    interrupted.set()  # so that the pause does not last
    assert not steering.obey()
    assert read_control(tmp_path) == ("pause", "generator")
    interrupted.clear()
    control(tmp_path, "run", "discriminator")
    assert steering.obey() and steering.part == "discriminator"
    control(tmp_path, "stop")
    assert not steering.obey()


def test_slow_motion_lights_each_stage_and_costs_no_budget(tmp_path, monkeypatch):
    monkeypatch.setattr("gecat.training.run.control.SLOW_SECONDS", 0.2)
    control(tmp_path, "slow")
    steering = Steering(tmp_path, threading.Event())
    before = steering.clock()
    for light in ("discriminator", "generator"):
        steering.enter(light)
        now = read_now(tmp_path)
        assert (now["light"], now["slow"]) == (light, True)
    assert steering._waited >= 0.4
    assert steering.clock() >= before
