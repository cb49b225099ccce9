"""What happens when something is clicked on the Train tab; the processes are real."""

import json
import zipfile
from pathlib import Path

import gradio as gr
import numpy as np
import pytest
from PIL import Image

from gecat.app.train.actions import TERMS, TrainActions, changed_settings
from gecat.i18n import words
from gecat.jobs.limits import JobLimits
from gecat.jobs.listing import list_runs
from gecat.training.run.folder import read_control, read_stats

from ...stand_in import wait_for

ENGLISH, CHINESE = words("en"), words("zh")
SETTINGS = {
    "size": 64,
    "update_rule": "conjugate",
    "generator_steps": 4,
    "first_radius": 1e-3,
    "beta_rule": "PR+",
    "preconditioner": "second_moment",
}


@pytest.fixture
def actions(open_jobs):
    return TrainActions(ENGLISH, open_jobs())


@pytest.fixture
def visitor(actions):
    return actions.arrive(None)["visitor"]


def start(actions, visitor, run=None, **asked):
    """Starts a run of drawn scenes, unless something else is asked for."""
    request = {
        "data": "scenes",
        "files": None,
        "seconds": 600,
        "begin": "random",
        "preset": "small",
        "terms": list(TERMS),
        **SETTINGS,
    }
    return actions.start(visitor, run, **{**request, **asked})


def refresh(actions, visitor, seen=None, others=()):
    return actions.refresh(visitor, visitor["run"], 100, list(others), seen)


def learned(actions, visitor):
    job = actions.jobs.get(visitor["key"], visitor["run"])
    return len(read_stats(actions.jobs.folder(job)))


def test_a_visitor_is_known_again(actions):
    arrived = actions.arrive(None)
    visitor = arrived["visitor"]
    assert arrived["start"]["interactive"]
    assert len(visitor["key"]) >= 16 and visitor["run"] is None
    assert arrived["runs"]["choices"] == []
    started = start(actions, visitor)
    visitor, runs = started["visitor"], started["runs"]
    assert runs["value"] == visitor["run"] == runs["choices"][0][1]
    assert actions.arrive(visitor)["visitor"] == visitor
    # Whoever looked at a run that is gone sees the newest.
    assert actions.arrive({**visitor, "run": "gone"})["visitor"] == visitor
    stranger = actions.arrive(None)["visitor"]
    assert stranger["key"] != visitor["key"] and stranger["run"] is None


def test_a_bad_key_is_no_key(actions):
    for bad in ("k" * 50_000, "a key with spaces in it", ["k" * 32]):
        fresh = actions.arrive({"key": bad, "run": None})["visitor"]["key"]
        assert fresh != bad and len(fresh) == 32
        assert actions.choose({"key": bad}, None)["visitor"]["key"] is None


def test_only_what_has_changed_is_sent(actions, visitor):
    visitor = start(actions, visitor)["visitor"]
    first = refresh(actions, visitor)
    assert "Run 1" in first["status"] and first["timer"] == gr.update(value=1.0)
    assert first["pause"]["interactive"] and not first["resume"]["interactive"]
    assert set(first["seen"]) == set(first) - {"seen"}
    actions.pause(visitor, visitor["run"])
    second = refresh(actions, visitor, first["seen"])
    assert ENGLISH.train.states["paused"] in second["status"]
    assert second["resume"] == gr.update(interactive=True, variant="primary")
    assert not {"stop", "timer"} & set(second)
    third = refresh(actions, visitor, second["seen"])
    assert not {"pause", "resume", "runs"} & set(third)


def test_what_has_ended_is_looked_at_less_often(actions, visitor):
    visitor = start(actions, visitor, seconds=1)["visitor"]
    wait_for(lambda: ENGLISH.train.states["done"] in refresh(actions, visitor)["status"])
    shown = refresh(actions, visitor)
    assert shown["timer"] == gr.update(value=5.0)
    assert not shown["stop"]["interactive"]
    actions.longer(visitor, visitor["run"], 600)
    assert refresh(actions, visitor)["timer"]["value"] == 1.0


def test_a_second_window_follows_the_first(actions, visitor):
    second = visitor
    visitor = start(actions, visitor)["visitor"]
    shown = refresh(actions, second)
    assert "Run 1" in shown["status"] and shown["runs"]["value"] == visitor["run"]
    assert "value" not in refresh(actions, visitor)["runs"]
    newer = start(actions, visitor)["visitor"]
    actions.delete(visitor, visitor["run"])
    shown = refresh(actions, visitor)
    assert "Run 2" in shown["status"] and shown["runs"]["value"] == newer["run"]
    actions.delete(newer, newer["run"])
    shown = refresh(actions, newer)
    assert ENGLISH.train.no_runs in shown["status"] and shown["runs"]["value"] is None


def test_steps_and_paces_reach_the_run(actions, visitor):
    visitor = start(actions, visitor)["visitor"]
    folder = actions.jobs.folder(actions.jobs.get(visitor["key"], visitor["run"]))
    wait_for(lambda: learned(actions, visitor) > 0)
    actions.slow_motion(visitor, visitor["run"], "discriminator")
    assert read_control(folder) == ("slow", "discriminator")
    actions.full_speed(visitor, visitor["run"], "generator")
    assert read_control(folder) == ("run", "generator")
    actions.stop(visitor, visitor["run"])
    wait_for(lambda: ENGLISH.train.states["stopped"] in refresh(actions, visitor)["status"])
    actions.rename(visitor, visitor["run"], "mine")
    assert "mine" in refresh(actions, visitor)["status"]
    deleted = actions.delete(visitor, visitor["run"])
    assert deleted["visitor"]["run"] is None and deleted["runs"]["choices"] == []


def test_nobody_sees_or_touches_the_run_of_another(actions, visitor):
    visitor = start(actions, visitor)["visitor"]
    stranger = {**actions.arrive(None)["visitor"], "run": visitor["run"]}
    shown = refresh(actions, stranger, others=[visitor["run"]])
    assert ENGLISH.train.no_runs in shown["status"] and shown["runs"]["choices"] == []
    assert "Run 1" not in json.dumps(shown)
    for act in (
        actions.pause,
        actions.resume,
        actions.stop,
        actions.delete,
        actions.prepare_downloads,
        actions.use,
        lambda *who: actions.one_cycle(*who, "both"),
        lambda *who: actions.slow_motion(*who, "both"),
        lambda *who: actions.full_speed(*who, "both"),
        lambda *who: actions.rename(*who, "mine now"),
        lambda *who: actions.longer(*who, 600),
    ):
        with pytest.raises(gr.Error, match="There is no such run"):
            act(stranger, visitor["run"])
    with pytest.raises(gr.Error, match="There is no such run"):
        start(actions, stranger, begin="run", run=visitor["run"])
    for nobody in (None, {}, {"key": None}, {"key": "short"}, {"key": 7}, "key"):
        with pytest.raises(gr.Error, match="no key yet"):
            actions.pause(nobody, visitor["run"])


def test_what_is_refused_is_told_in_the_language_of_the_page(open_jobs, tmp_path):
    photo = {"path": str(tmp_path / "photo.png")}
    Image.fromarray(np.zeros((40, 60, 3), np.uint8)).save(photo["path"])
    jobs = open_jobs(limits=JobLimits(seconds=30, photos=2))
    chinese = TrainActions(CHINESE, jobs)
    visitor = chinese.arrive(None)["visitor"]
    with pytest.raises(gr.Error, match="1 到 30 秒，收到：900"):
        start(chinese, visitor, seconds=900)
    english = TrainActions(ENGLISH, jobs)
    for refused, reason in (
        ({"data": "<b>etc"}, "Received: &lt;b&gt;etc"),
        ({"data": "photos"}, "Choose some photos"),
        ({"data": "photos", "files": [photo] * 3}, "At most 2 photos"),
        ({"data": "photos", "files": [photo] * 2}, "At least 8 photos are needed. Received: 2"),
        ({"data": "photos", "files": [{"path": __file__}]}, "given as an uploaded file"),
        ({"begin": "run"}, "Select a run first"),
    ):
        with pytest.raises(gr.Error, match=reason):
            start(english, visitor, **{"seconds": 10, **refused})
    with pytest.raises(gr.Error, match="160 at most here: Side of a training picture"):
        start(english, visitor, seconds=9, size=512)
    assert jobs.all() == []


def test_settings_are_told_only_where_they_differ():
    terms = list(TERMS)
    assert changed_settings("random", "small", terms, **SETTINGS) == {}
    assert changed_settings("random", "base", terms, **{**SETTINGS, "size": 160}) == {}
    assert changed_settings("shipped", "small", terms, **{**SETTINGS, "size": 96}) == {}
    asked = {
        "size": 96,
        "update_rule": "adam",
        "generator_steps": 4,
        "first_radius": 1e-3,
        "beta_rule": "HZ",
        "preconditioner": "identity",
    }
    changed = changed_settings("random", "small", ["anchor_weight"], **asked)
    off = dict.fromkeys(set(TERMS) - {"anchor_weight"}, 0.0)
    assert changed == {
        "size": 96,
        "update_rule": "adam",
        "beta_rule": "HZ",
        "preconditioner": "identity",
        **off,
    }


def test_runs_are_compared(actions, visitor):
    first = start(actions, visitor)["visitor"]
    second = start(actions, first)["visitor"]
    wait_for(lambda: learned(actions, first) > 0)
    shown = refresh(actions, second, others=[first["run"], "no run"])
    assert [value for _, value in shown["others"]["choices"]] == [first["run"]]
    assert "<th>Run 2</th><th>Run 1</th>" in shown["settings"]


@pytest.fixture
def finished(actions, visitor, small_weights):
    """A visitor whose run has real weights and pictures."""
    visitor = start(actions, visitor, seconds=1)["visitor"]
    wait_for(lambda: ENGLISH.train.states["done"] in refresh(actions, visitor)["status"])
    folder = actions.jobs.folder(actions.jobs.get(visitor["key"], visitor["run"]))
    (folder / "weights.safetensors").write_bytes(small_weights.read_bytes())
    (folder / "pictures").mkdir()
    Image.fromarray(np.zeros((48, 128, 3), np.uint8)).save(folder / "pictures" / "000001.png")
    return visitor


def test_a_run_is_taken_home(actions, finished, small_weights):
    taken = actions.prepare_downloads(finished, finished["run"])
    assert Path(taken["weights_file"]["value"]).read_bytes() == small_weights.read_bytes()
    with zipfile.ZipFile(taken["run_file"]["value"]) as archive:
        assert {"command.txt", "film.webp", "stats.jsonl", "weights.safetensors"} <= set(
            archive.namelist()
        )
        assert archive.read("command.txt").decode().strip() == taken["command"]
    with Image.open(taken["film_file"]["value"]) as picture:
        assert picture.format == "WEBP"
    assert str(taken["film"]).endswith("Run-1.webp")
    assert taken["command"].startswith("python -m gecat train --data scenes")


def test_a_run_without_pictures_has_no_film(actions, finished):
    job = actions.jobs.get(finished["key"], finished["run"])
    (actions.jobs.folder(job) / "pictures" / "000001.png").unlink()
    taken = actions.prepare_downloads(finished, finished["run"])
    assert taken["film_file"] == gr.update(value=None, interactive=False)
    assert taken["film"] is None and taken["run_file"]["interactive"]


def test_without_a_run_there_is_nothing_to_take(actions, visitor):
    taken = actions.prepare_downloads(visitor, None)
    for name in ("weights_file", "run_file", "film_file"):
        assert taken[name] == gr.update(value=None, interactive=False)
    assert taken["film"] is None and taken["command"] is None


def test_what_has_learned_nothing_cannot_be_taken_or_used(actions, finished):
    job = actions.jobs.get(finished["key"], finished["run"])
    (actions.jobs.folder(job) / "weights.safetensors").unlink()
    # Whoever opens the view has asked for nothing yet; whoever presses the button has.
    assert actions.prepare_downloads(finished, finished["run"]) == actions.clear_downloads()
    assert refresh(actions, finished)["use"] == gr.update(variant="secondary")
    with pytest.raises(gr.Error, match="has learned nothing yet"):
        actions.use(finished, finished["run"])


def test_a_run_that_is_stopped_before_it_learns_keeps_nothing(open_jobs):
    actions = TrainActions(ENGLISH, open_jobs(command=lambda *_: ["sleep", "60"]))
    visitor = start(actions, actions.arrive(None)["visitor"])["visitor"]
    actions.stop(visitor, visitor["run"])
    wait_for(lambda: ENGLISH.train.states["stopped"] in refresh(actions, visitor)["status"])
    status = refresh(actions, visitor)["status"]
    assert ENGLISH.train.tell.stopped_early in status and "is kept" not in status


def test_a_run_that_took_too_much_says_so(actions, visitor):
    visitor = start(actions, visitor)["visitor"]
    wait_for(lambda: learned(actions, visitor) > 0)
    actions.jobs.limits = JobLimits(memory_bytes=1000)
    wait_for(lambda: ENGLISH.train.states["stopped"] in refresh(actions, visitor)["status"])
    status = refresh(actions, visitor)["status"]
    assert ENGLISH.errors.job.over_memory in status and ENGLISH.train.tell.stopped in status
    listed = list_runs(actions.jobs.root)
    assert ENGLISH.errors.job.over_memory in listed
    actions.jobs.limits = JobLimits()
    actions.resume(visitor, visitor["run"])
    wait_for(lambda: ENGLISH.train.states["running"] in refresh(actions, visitor)["status"])
    actions.stop(visitor, visitor["run"])
    wait_for(lambda: ENGLISH.train.states["stopped"] in refresh(actions, visitor)["status"])
    assert "took more memory" not in refresh(actions, visitor)["status"]


def test_a_runs_weights_are_chosen_anew_each_time(actions, finished):
    first, second = (actions.use(finished, finished["run"]) for _ in range(2))
    assert first["run_in_use"] == second["run_in_use"] == finished
    assert first["weights_chosen"] != second["weights_chosen"]
    assert first["tabs"].selected == "segment"
