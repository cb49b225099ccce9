"""The race on the page: what is shown of it, and what may be asked; the processes are real."""

import html
import json
import re

import gradio as gr
import numpy as np
import pytest

from gecat.app.train.actions import TrainActions
from gecat.app.train.race.actions import RECORDED, SECONDS, RaceActions, number_of
from gecat.app.train.race.views import film_html, recorded_sentence, status_html
from gecat.errors import JobError, RunError
from gecat.files import asset, write_png
from gecat.i18n import words
from gecat.jobs.command import command_to_repeat, command_to_train
from gecat.jobs.job import Job, new_key
from gecat.jobs.limits import JobLimits
from gecat.jobs.requests import RunRequest
from gecat.training.race.entries import EVALUATIONS, METHOD, NUMBERS, PLAIN, SIDES
from gecat.training.race.film import film_of, recorded, recorded_ends, recorded_start
from gecat.training.race.folder import SCENES_PICTURE, checkpoint_of

ENGLISH, CHINESE = words("en"), words("zh")
JOB = Job("ab12", "owner", "Race 1", 0.0, "scenes", "small", "random", 60, {"seed": 4}, race=1e-3)


@pytest.fixture
def actions(open_jobs):
    return RaceActions(ENGLISH, open_jobs())


@pytest.fixture
def visitor():
    return {"key": new_key(), "run": None}


def look(cycle, method, plain):
    sides = {
        side: {
            "asked": 10 * cycle,
            "iou": iou,
            "change": 0.01 * cycle,
            "stands": True,
            **dict.fromkeys(("generator_loss", "discriminator_loss"), [1.0] * cycle),
            **dict.fromkeys(("score_real", "score_wrong"), [0.5] * cycle),
        }
        for side, iou in zip(SIDES, (method, plain), strict=True)
    }
    return {"cycle": cycle, "seconds": 3.0 * cycle, "sides": sides}


@pytest.fixture
def film(tmp_path):
    lines = [look(0, 0.6, 0.6), look(1, 0.65, 0.62), look(2, 0.66, 0.41)]
    (tmp_path / "stats.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    (tmp_path / "config.json").write_text(json.dumps({"race": 1e-2, "config": {"seed": 4}}))
    write_png(tmp_path / "pictures" / "scenes.png", np.zeros((64, 256, 3), np.uint8))
    for line in lines:
        masks = np.full((128, 256), 100 * line["cycle"], np.uint8)
        write_png(tmp_path / "pictures" / f"{line['cycle']:06d}.png", masks)
    return film_of(tmp_path)


@pytest.mark.parametrize("language", [ENGLISH, CHINESE], ids=["en", "zh"])
def test_a_film_shows_both_sides_and_which_one_broke(film, language):
    shown = film_html(film, language.train)
    assert re.findall(r'data-verdict="(\w+)"', shown) == ["holds", "broken"]
    assert re.findall(r'class="iou">([\d.]+)<', shown) == ["0.66", "0.41"]
    assert shown.count('class="tile"') == 2 * 4 and shown.count("<figure") == 4
    assert "--rows:7;" in shown and "--size:400% 700%" in shown
    assert 'max="2"' in shown and language.train.race.plain in shown
    frames = json.loads(html.unescape(re.search('data-frames="([^"]+)"', shown)[1]))
    assert [frame["share"] for frame in frames] == [0.0, 0.5, 1.0]
    assert [side["verdict"] for side in frames[1]["sides"]] == ["open", "open"]
    assert film_html(None, language.train) == ""
    moving = film_html(film, language.train, moving=True)
    assert moving.count('data-learning="both"') == 2 and 'data-learning="both"' not in shown


def told(shown):
    """What is told of both sides at each frame."""
    frames = json.loads(html.unescape(re.search('data-frames="([^"]+)"', shown)[1]))
    return [[(side["verdict"], side["said"]) for side in frame["sides"]] for frame in frames]


def test_a_side_is_judged_at_the_end_alone(film):
    race = ENGLISH.train.race
    at_start, at_best = ("open", race.at_start), ("open", race.best_so_far)
    low = ("open", "0.21 below its best so far")
    broken = ("broken", "broken: more than 0.1 below its best")
    assert told(film_html(film, ENGLISH.train)) == [
        [at_start, at_start],
        [at_best, at_best],
        [("holds", race.holds), broken],
    ]
    going = film_html(film, ENGLISH.train, over=False)
    assert told(going)[-1] == [at_best, low] and race.holds not in going
    film.lines[1]["sides"][PLAIN]["stands"] = False
    assert told(film_html(film, ENGLISH.train, over=False))[1] == [at_best, ("lost", race.lost)]


def test_the_default_race_says_broken_at_no_moment():
    """Plain training is at one time 0.17 below its best, and ends 0.06 below."""
    frames = told(film_html(recorded(1e-2), ENGLISH.train))
    assert {verdict for sides in frames[:-1] for verdict, _ in sides} == {"open"}
    assert [verdict for verdict, _ in frames[-1]] == ["holds", "holds"]
    assert "0.17 below its best so far" in [said for _, (_, said) in frames]


@pytest.mark.parametrize("number", NUMBERS)
def test_no_number_of_a_race_has_an_e(number):
    for language in (ENGLISH, CHINESE):
        film = recorded(number)
        read = re.sub(r"<[^>]*>", " ", film_html(film, language.train))
        assert not re.search(r"\de[-+]?\d", read)
        assert language.train.race.rate.format(number=f"{number:.5f}".rstrip("0")) in read


def test_a_mask_that_has_not_moved_is_no_change_of_zero():
    """At 1e-5 one long cycle of the method fills two rounds."""
    film = recorded(1e-5)
    shown = film_html(film, ENGLISH.train)
    change = re.findall(r'<polyline class="line-0" points="([^"]*)"', shown)[1]
    x = [point.split(",")[0] for point in change.split()]
    assert len(x) == len(set(x)) == len(film.lines) - 2  # nor is there any at the start


def test_a_race_says_how_it_stands():
    def said(state, now=None, reason=None, job=JOB):
        return status_html(job, state, 15.0, now or {}, reason, 2, ENGLISH.train)

    racing = said("running", {"doing": "learning"})
    assert "width:25.0%" in racing and "45 s left" in racing
    assert "process is starting" in said("running")
    starting = said("running", {"doing": "starting_line", "done": 5, "total": 50})
    assert "5 of 50" in starting and "width:10.0%" in starting
    assert "45 s of racing to come" in starting and "45 s left" not in starting
    assert "Both stand at the start" in said("running", {"doing": "preparing"})
    reading = said("running", {"doing": "reading", "done": 3, "total": 512})
    assert "scenes" in reading and "3 of 512" in reading and "photos" not in reading.lower()
    assert ENGLISH.train.race.tell.learning in said("running", {"doing": "learning"})
    assert "Number 2 in the queue" in said("queued")
    assert "was killed" in said("interrupted", reason=JobError("job.killed"))
    assert "not live for longer" in said("stopped", reason=JobError("job.over_deadline"))
    for state in ("paused", "stopping", "stopped", "done"):
        assert said(state).count("data-state") == 1


def test_every_number_of_the_slider_has_a_recorded_race_and_all_are_small():
    films = [recorded(number) for number in NUMBERS]
    assert [film.number for film in films] == list(NUMBERS)
    for film in films:
        first, last = film.lines[0]["sides"], film.lines[-1]["sides"]
        assert first[METHOD] == first[PLAIN]
        assert min(last[side]["asked"] for side in SIDES) >= EVALUATIONS
    ends = recorded_ends()
    said = recorded_sentence(recorded_start(), ends, ENGLISH.train.race)
    assert f"both begin at an IoU of {first[METHOD]['iou']:.2f}" in said
    assert f"{min(ends[METHOD]):.2f} to {max(ends[METHOD]):.2f}, plain" in said
    assert f"{min(ends[PLAIN]):.2f} to {max(ends[PLAIN]):.2f}." in said
    assert sum(path.stat().st_size for path in asset("races").iterdir()) < 1_000_000


def test_the_recorded_race_follows_the_slider(actions, visitor):
    first = actions.refresh(visitor, RECORDED, -2, None)
    assert 'data-number="0.01"' in first["film"] and first["start"]["interactive"]
    assert not first["stop"]["interactive"] and first["own"] == gr.update(visible=False)
    assert set(actions.refresh(visitor, RECORDED, -2, first["seen"])) == {"seen"}
    moved = actions.refresh(visitor, RECORDED, -5, first["seen"])
    assert set(moved) == {"film", "seen"} and 'data-number="1e-05"' in moved["film"]
    for odd in (None, "many", [], -99, float("nan")):
        assert 'data-number="0.01"' in actions.refresh(visitor, RECORDED, odd, None)["film"]
    stranger = actions.refresh(None, "gone", -2, None)
    assert not stranger["start"]["interactive"] and stranger["shown"]["value"] == RECORDED


@pytest.mark.parametrize("power", [None, "many", [], {}, -6, 0, 1e9, float("nan"), float("inf")])
def test_a_power_beyond_the_slider_is_refused_in_words(actions, visitor, power):
    with pytest.raises(Exception, match="0.1"):
        actions.start(visitor, power)
    with pytest.raises(RunError):
        number_of(power)
    assert actions.jobs.runs(visitor["key"]) == []


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({"race": 1.0}, "run.race_number"),
        ({"race": "x"}, "run.race_number"),
        ({"race": 1e-2, "data": "photos"}, "job.no_such_data"),
        ({"race": 1e-2, "changes": {"size": 160}}, "job.not_steerable"),
        ({"race": 1e-2, "changes": {"seed": "x"}}, "job.bad_setting"),
        ({"race": 1e-2, "seconds": 601}, "job.bad_seconds"),
    ],
)
def test_a_race_asks_for_nothing_but_its_number(actions, visitor, asked, code):
    with pytest.raises((JobError, RunError)) as caught:
        actions.jobs.start(visitor["key"], RunRequest(**asked))
    assert caught.value.code == code


def test_a_race_is_one_job_beside_the_trainings(actions, visitor):
    started = actions.start(visitor, -3)["shown"]
    assert len(started["choices"]) == 2 and "0.001" in started["choices"][1][0]
    race = started["value"]
    job = actions.jobs.get(visitor["key"], race)
    assert (job.race, job.seconds, set(job.changes)) == (1e-3, SECONDS, {"seed"})
    trainings = TrainActions(ENGLISH, actions.jobs)
    assert trainings.arrive(visitor)["runs"]["choices"] == []
    seen = trainings.refresh(visitor, None, 100, [], None)
    assert seen["runs"]["choices"] == [] and seen["timer"]["value"] == 1.0
    second = actions.start(visitor, -1)["shown"]["value"]  # it waits: a race counts as one
    shown = actions.refresh(visitor, second, -2, None)
    assert 'data-state="queued"' in shown["status"]["value"] and "--number 0.1" in shown["command"]
    assert shown["stop"]["interactive"] and not shown["pause"]["interactive"]
    assert shown["film"] == ""
    scenes = actions.jobs.folder(actions.jobs.get(visitor["key"], second))
    write_png(scenes / "pictures" / SCENES_PICTURE, np.zeros((64, 384, 3), np.uint8))
    shown = actions.refresh(visitor, second, -2, None)["film"]
    assert 'class="scenes"' in shown and "Their masks follow" in shown
    actions.stop(visitor, second)
    deleted = actions.delete(visitor, second)["shown"]
    assert deleted["value"] == RECORDED and len(deleted["choices"]) == 2
    with pytest.raises(Exception, match="Select a run"):
        actions.stop(visitor, RECORDED)
    stranger = {"key": new_key()}
    with pytest.raises(Exception, match="no such run"):
        actions.delete(stranger, race)
    assert actions.refresh(stranger, race, -2, None)["shown"]["value"] == RECORDED


def test_a_race_is_begun_and_gone_on_with_by_its_command(tmp_path):
    assert command_to_repeat(JOB, tmp_path, 500) == (
        "python -m gecat race --run 'runs/Race 1' --number 0.001 --seconds 60 --seed 4 --limit 500"
    )
    words = command_to_train(JOB, tmp_path, "scenes", JobLimits())
    assert words[3] == "race" and "--number" in words and "--resume" not in words
    for side in SIDES:
        checkpoint_of(tmp_path, side).parent.mkdir(exist_ok=True)
        checkpoint_of(tmp_path, side).touch()
    words = command_to_train(JOB, tmp_path, "scenes", JobLimits())
    assert "--resume" in words and "--number" not in words and "--deadline" in words
