import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gecat.training.run.diagnosis import diagnose, score_gap
from gecat.training.run.history import RECENT, Break, History


def line(cycle, **figures):
    row = {"cycle": cycle, "seconds": cycle / 2, "stage": "adversarial", **figures}
    return json.dumps(row) + "\n"


def write(folder, *lines):
    (folder / "stats.jsonl").write_text("".join(lines))


def append(folder, text):
    with (folder / "stats.jsonl").open("a") as file:
        file.write(text)


def test_nothing_is_known_of_a_run_that_wrote_nothing(tmp_path):
    history = History(tmp_path).read()
    assert history.cycles == [] and history.last == {}
    assert history.seconds_at(3) == 0.0 and history.value_at("iou", 3) is None


def test_figures_become_curves(tmp_path):
    write(
        tmp_path,
        line(1, probe_iou=0.25, step_lengths=[1.0, 3.0], betas=[0.0, 0.5]),
        line(2, generator_loss=0.5, evaluations=7, restarts=1),
    )
    history = History(tmp_path).read()
    assert history.seconds == [0.5, 1.0]
    assert history.curves["iou"] == [0.25, None]
    assert history.curves["step"] == [2.0, None]
    assert history.curves["beta"] == [0.25, None]
    assert history.curves["generator_loss"] == [None, 0.5]
    assert (history.curves["evaluations"][1], history.curves["restarts"][1]) == (7, 1)
    assert history.value_at("iou", 1) == 0.25 and history.value_at("iou", 9) is None
    assert [history.seconds_at(cycle) for cycle in (0, 1, 2, 9)] == [0.0, 0.5, 1.0, 1.0]


@given(st.lists(st.integers(1, 400), max_size=6))
@settings(max_examples=30, deadline=None)
def test_however_a_file_grows_each_line_is_read_once(tmp_path_factory, sizes):
    folder = tmp_path_factory.mktemp("run")
    text = "".join(line(cycle, probe_iou=cycle / 100) for cycle in range(1, 12))
    history, start = History(folder), 0
    for size in [*sizes, len(text)]:
        append(folder, text[start : start + size])
        start += size
        history.read()
    assert history.cycles == list(range(1, 12))
    assert history.curves["iou"] == [cycle / 100 for cycle in range(1, 12)]


def test_a_long_file_is_not_read_again(tmp_path):
    write(tmp_path, *(line(cycle) for cycle in range(1, 100)))
    history = History(tmp_path).read()
    with (tmp_path / "stats.jsonl").open("r+") as file:
        file.write("spoiled")  # whoever reads it again stumbles
    append(tmp_path, line(100))
    assert history.read().cycles == list(range(1, 101))
    assert len(history.recent) == RECENT and history.last["cycle"] == 100


def test_a_resumed_run_that_cut_its_cycles_is_read_anew(tmp_path):
    write(tmp_path, *(line(cycle, probe_iou=0.1) for cycle in range(1, 20)))
    history = History(tmp_path).read()
    write(tmp_path, *(line(cycle, probe_iou=0.2) for cycle in range(1, 40)))
    assert history.read().cycles == list(range(1, 40))
    assert history.curves["iou"] == [0.2] * 39
    write(tmp_path, line(1))
    assert history.read().cycles == [1]
    (tmp_path / "stats.jsonl").unlink()
    assert history.read().cycles == []


def test_breaks_are_remembered(tmp_path):
    broken = line(41, healed="collapse", healed_from=30, broken_area=0.02)
    write(tmp_path, line(40), broken, line(42))
    assert History(tmp_path).read().breaks == [Break(41, 20.5, "collapse", 30, 0.02)]


def history_of(folder, *lines):
    write(folder, *lines)
    return History(folder).read()


def scored(cycle, real, wrong, **figures):
    return line(cycle, discriminator_score_real=real, discriminator_score_wrong=wrong, **figures)


def test_a_run_is_told_by_its_stage_until_both_play(tmp_path):
    assert diagnose(History(tmp_path).read()) == ("preparing", {})
    assert diagnose(history_of(tmp_path, line(1, stage="anchor")))[0] == "anchor"
    assert diagnose(history_of(tmp_path, scored(1, 0.9, 0.1, stage="warm-up")))[0] == "warm-up"


@pytest.mark.parametrize(
    ("real", "wrong", "word"),
    [
        (0.9, 0.1, "critic_wins"),
        (0.5, 0.48, "generator_wins"),
        (0.6, 0.9, "generator_wins"),
        (0.7, 0.4, "balanced"),
    ],
)
def test_the_scores_say_who_wins(tmp_path, real, wrong, word):
    history = history_of(tmp_path, *(scored(cycle, real, wrong) for cycle in range(1, 5)))
    assert diagnose(history) == (word, {"gap": pytest.approx(real - wrong)})


def test_masks_that_stand_still_are_settled(tmp_path):
    lines = [scored(cycle, 0.7, 0.4, probe_drift=0.0005, probe_area=0.2) for cycle in (1, 3, 5)]
    assert diagnose(history_of(tmp_path, lines[0], line(2), lines[1], line(4), lines[2]))[0] == (
        "settled"
    )
    moving = scored(7, 0.7, 0.4, probe_drift=0.1, probe_area=0.2)
    assert diagnose(history_of(tmp_path, *lines, moving))[0] == "balanced"


def test_a_break_is_told_for_a_while(tmp_path):
    broken = line(41, healed="collapse", healed_from=30, broken_area=0.02)
    told = {"cycle": 30, "area": 0.02}
    assert diagnose(history_of(tmp_path, broken, line(45))) == ("collapse", told)
    assert diagnose(history_of(tmp_path, broken, line(100)))[0] == "balanced"


def test_a_generator_that_learns_alone_has_no_gap():
    assert score_gap([{"generator_loss": 1.0}]) is None
    rows = [{"discriminator_score_real": 0.75, "discriminator_score_wrong": 0.5}, {}]
    assert score_gap(rows) == 0.25
