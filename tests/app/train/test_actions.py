"""What happens when something is clicked on the Train tab; the processes are real."""

import json
import zipfile
from pathlib import Path

import gradio as gr
import numpy as np
import pytest
from PIL import Image

from gecat.app.segment.own_weights import OwnWeights
from gecat.app.train.actions import TERMS, TrainActions, changed_settings
from gecat.i18n import words
from gecat.inference.segmenter import Segmenter
from gecat.jobs.requests import Caps
from gecat.training.run.folder import read_control, read_stats

from ...stand_in import wait_for

ENGLISH, CHINESE = words("en"), words("zh")
SETTINGS = ("small", 64, "conjugate", 4, "PR+", "second_moment", list(TERMS))
STATUS, COMPARED, RUNS, OTHERS, PAUSE, RESUME, STOP, TIMER = 0, 7, 8, 9, 10, 11, 12, 13


@pytest.fixture
def actions(open_jobs):
    return TrainActions(ENGLISH, ENGLISH.train, open_jobs())


@pytest.fixture
def visitor(actions):
    return actions.arrive(None)[0]


def start(actions, visitor, seconds=600, data="scenes", files=None, begin="random", run=None):
    return actions.start(visitor, run, data, files, seconds, begin, *SETTINGS)


def look(actions, visitor, seen=None, others=()):
    return actions.look(visitor, visitor["run"], 100, list(others), seen)


def learned(actions, visitor):
    job = actions.jobs.get(visitor["key"], visitor["run"])
    return len(read_stats(actions.jobs.folder(job)))


def test_a_visitor_is_known_again(actions):
    visitor, runs, button = actions.arrive(None)
    assert button["interactive"]
    assert len(visitor["key"]) >= 16 and visitor["run"] is None and runs["choices"] == []
    visitor, runs = start(actions, visitor)
    assert runs["value"] == visitor["run"] == runs["choices"][0][1]
    assert actions.arrive(visitor)[0] == visitor
    # Whoever looked at a run that is gone sees the newest.
    assert actions.arrive({**visitor, "run": "gone"})[0] == visitor
    stranger = actions.arrive(None)[0]
    assert stranger["key"] != visitor["key"] and stranger["run"] is None


def test_only_what_has_changed_is_sent(actions, visitor):
    visitor, _ = start(actions, visitor)
    *first, seen = look(actions, visitor)
    assert "Run 1" in first[STATUS] and first[TIMER] == gr.update(value=1.0, active=True)
    assert first[PAUSE]["interactive"] and not first[RESUME]["interactive"]
    actions.pause(visitor, visitor["run"])
    *second, seen = look(actions, visitor, seen)
    assert ENGLISH.train.states["paused"] in second[STATUS]
    assert second[RESUME] == gr.update(interactive=True, variant="primary")
    assert second[STOP] == gr.skip() and second[TIMER] == gr.skip()
    *third, _ = look(actions, visitor, seen)
    assert third[PAUSE] == third[RESUME] == third[RUNS] == gr.skip()


def test_what_has_ended_is_looked_at_less_often(actions, visitor):
    visitor, _ = start(actions, visitor, seconds=1)
    wait_for(lambda: ENGLISH.train.states["done"] in look(actions, visitor)[STATUS])
    shown = look(actions, visitor)
    assert shown[TIMER] == gr.update(value=5.0, active=True) and not shown[STOP]["interactive"]
    actions.longer(visitor, visitor["run"], 600)
    assert look(actions, visitor)[TIMER]["value"] == 1.0


def test_a_second_window_follows_the_first(actions, visitor):
    second = visitor
    visitor, _ = start(actions, visitor)
    shown = look(actions, second)
    assert "Run 1" in shown[STATUS] and shown[RUNS]["value"] == visitor["run"]
    assert "value" not in look(actions, visitor)[RUNS]
    newer, _ = start(actions, visitor)
    actions.delete(visitor, visitor["run"])
    shown = look(actions, visitor)
    assert "Run 2" in shown[STATUS] and shown[RUNS]["value"] == newer["run"]
    actions.delete(newer, newer["run"])
    shown = look(actions, newer)
    assert ENGLISH.train.no_runs in shown[STATUS] and shown[RUNS]["value"] is None


def test_steps_and_paces_reach_the_run(actions, visitor):
    visitor, _ = start(actions, visitor)
    folder = actions.jobs.folder(actions.jobs.get(visitor["key"], visitor["run"]))
    wait_for(lambda: learned(actions, visitor) > 0)
    actions.go(visitor, visitor["run"], "discriminator", "slow")
    assert read_control(folder) == ("slow", "discriminator")
    actions.go(visitor, visitor["run"], "generator", "run")
    assert read_control(folder) == ("run", "generator")
    actions.stop(visitor, visitor["run"])
    wait_for(lambda: ENGLISH.train.states["stopped"] in look(actions, visitor)[STATUS])
    actions.rename(visitor, visitor["run"], "mine")
    assert "mine" in look(actions, visitor)[STATUS]
    visitor, runs = actions.delete(visitor, visitor["run"])
    assert visitor["run"] is None and runs["choices"] == []


def test_nobody_sees_or_touches_the_run_of_another(actions, visitor):
    visitor, _ = start(actions, visitor)
    stranger = {**actions.arrive(None)[0], "run": visitor["run"]}
    shown = look(actions, stranger, others=[visitor["run"]])
    assert ENGLISH.train.no_runs in shown[STATUS] and shown[RUNS]["choices"] == []
    assert "Run 1" not in json.dumps(shown)
    for act in (
        actions.pause,
        actions.resume,
        actions.stop,
        actions.delete,
        actions.take,
        lambda *who: actions.go(*who, "both", "run"),
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
    Path(photo["path"]).touch()
    jobs = open_jobs(caps=Caps(seconds=30, photos=2))
    chinese = TrainActions(CHINESE, CHINESE.train, jobs)
    visitor = chinese.arrive(None)[0]
    with pytest.raises(gr.Error, match="1 到 30 秒，收到：900"):
        start(chinese, visitor, seconds=900)
    english = TrainActions(ENGLISH, ENGLISH.train, jobs)
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
        english.start(visitor, None, "scenes", None, 9, "random", "small", 512, *SETTINGS[2:])
    assert jobs.all() == []


def test_settings_are_told_only_where_they_differ():
    assert changed_settings("random", *SETTINGS) == {}
    assert changed_settings("random", "base", 160, *SETTINGS[2:]) == {}
    assert changed_settings("shipped", "small", 96, *SETTINGS[2:]) == {}
    changed = changed_settings(
        "random", "small", 96, "adam", 4, "HZ", "identity", ["anchor_weight"]
    )
    off = dict.fromkeys(set(TERMS) - {"anchor_weight"}, 0.0)
    assert changed == {
        "size": 96,
        "update_rule": "adam",
        "beta_rule": "HZ",
        "preconditioner": "identity",
        **off,
    }


def test_runs_are_compared(actions, visitor):
    first, _ = start(actions, visitor)
    second, _ = start(actions, first)
    wait_for(lambda: learned(actions, first) > 0)
    shown = look(actions, second, others=[first["run"], "no run"])
    assert [value for _, value in shown[OTHERS]["choices"]] == [first["run"]]
    assert "<th>Run 2</th><th>Run 1</th>" in shown[COMPARED]


@pytest.fixture
def finished(actions, visitor, small_weights):
    """A visitor whose run has real weights and pictures."""
    visitor, _ = start(actions, visitor, seconds=1)
    wait_for(lambda: ENGLISH.train.states["done"] in look(actions, visitor)[STATUS])
    folder = actions.jobs.folder(actions.jobs.get(visitor["key"], visitor["run"]))
    (folder / "weights.safetensors").write_bytes(small_weights.read_bytes())
    (folder / "pictures").mkdir()
    Image.fromarray(np.zeros((48, 128, 3), np.uint8)).save(folder / "pictures" / "000001.png")
    return visitor


def path_of(button):
    return button.value["path"] if isinstance(button.value, dict) else button.value


def test_a_run_is_taken_home(actions, finished, small_weights):
    weights, parcel, movie, shown, command = actions.take(finished, finished["run"])
    assert Path(path_of(weights)).read_bytes() == small_weights.read_bytes()
    with zipfile.ZipFile(path_of(parcel)) as archive:
        assert {"command.txt", "film.webp", "stats.jsonl", "weights.safetensors"} <= set(
            archive.namelist()
        )
        assert archive.read("command.txt").decode().strip() == command
    with Image.open(path_of(movie)) as picture:
        assert picture.format == "WEBP"
    assert str(shown).endswith("Run-1.webp")
    assert command.startswith("python -m gecat train --data scenes")


def test_without_a_run_there_is_nothing_to_take(actions, visitor):
    *downloads, shown, command = actions.take(visitor, None)
    assert downloads == [gr.update(value=None, interactive=False)] * 3
    assert shown is None and command is None


def test_what_has_learned_nothing_cannot_be_taken(actions, finished):
    job = actions.jobs.get(finished["key"], finished["run"])
    (actions.jobs.folder(job) / "weights.safetensors").unlink()
    with pytest.raises(gr.Error, match="has learned nothing yet"):
        actions.take(finished, finished["run"])


def test_own_weights_segment_for_their_visitor_only(actions, finished):
    own = OwnWeights(ENGLISH, ENGLISH.train, actions.jobs)
    assert own.segmenter(None) is None
    assert own.arrive(None) == (None, gr.update(visible=False), "")
    used, row, note, _ = own.use(finished, finished["run"])
    assert row["visible"] and "Run 1" in note
    segmenter = own.segmenter(used)
    assert isinstance(segmenter, Segmenter) and own.segmenter(used) is segmenter
    assert own.arrive(used)[0] == used
    stolen = {**used, "key": actions.arrive(None)[0]["key"]}
    for no_use in (stolen, {"key": None}, "used"):
        assert own.segmenter(no_use) is None
    assert own.arrive(stolen) == (None, gr.update(visible=False), "")
    with pytest.raises(gr.Error, match="There is no such run"):
        own.use({"key": stolen["key"]}, finished["run"])
    actions.delete(finished, finished["run"])
    assert own.arrive(used)[0] is None
    assert own.segmenter(used) is None  # those that ship, then
