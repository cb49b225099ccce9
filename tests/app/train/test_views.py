"""What the Train tab shows of runs, by hand-made folders; no process runs."""

import html
import json
import re
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from gecat.app.train.comparison import comparison_html, settings_html
from gecat.app.train.run_pictures import count_columns, sheet_style, tiles_html
from gecat.app.train.snapshot import Snapshot
from gecat.app.train.views import (
    CHARTS,
    curves_html,
    histogram_html,
    lights_html,
    masks_html,
    pairs_html,
    status_html,
    status_sentence,
)
from gecat.config import PRESETS, preset
from gecat.errors import ImageError, JobError
from gecat.i18n import words
from gecat.jobs.command import command_to_repeat, command_to_train
from gecat.jobs.job import Job
from gecat.jobs.limits import JobLimits
from gecat.training.run.history import CURVES, History

ENGLISH, CHINESE = words("en"), words("zh")
JOB = Job("ab12", "owner", "Run 1", 0.0, "scenes", "small", "random", 60, {})


def snapshot_of(folder, state="running", lines=(), now=None, job=JOB, reason=None, **described):
    rows = [{"seconds": row["cycle"] * 2.0, "stage": "adversarial", **row} for row in lines]
    (folder / "stats.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    history = History(folder).read()
    return Snapshot(job, state, 2, folder, now or {}, history, described, reason)


def draw(folder, name, columns, level=128):
    (folder / "pictures").mkdir(exist_ok=True)
    sheet = np.full((48, 16 * columns, 3), level, np.uint8)
    Image.fromarray(sheet).save(folder / "pictures" / f"{name}.png")


def test_every_chart_has_its_words_and_its_curve():
    for name, lines, *_ in CHARTS:
        assert name in ENGLISH.train.charts
        for line, curve in lines:
            assert line in ENGLISH.train.lines and curve in CURVES


@pytest.mark.parametrize(
    ("state", "now", "reason", "said"),
    [
        ("queued", {}, None, "Number 2 in the queue"),
        ("running", {}, None, "process is starting"),
        ("running", {"doing": "reading", "done": 3, "total": 9}, None, "3 of 9"),
        ("running", {"doing": "preparing"}, None, "networks are being built"),
        ("running", {"doing": "learning"}, None, "critic and generator keep"),
        ("paused", {"doing": "paused"}, None, "Paused"),
        ("interrupted", {"doing": "learning"}, JobError("job.killed"), "was killed"),
        ("failed", {}, ImageError("image.none_read", received="a.zip"), "no photo"),
        ("done", {}, None, "Done"),
    ],
)
def test_a_sentence_says_what_is_going_on(tmp_path, state, now, reason, said):
    snapshot = snapshot_of(tmp_path, state, [{"cycle": 1}], now, reason=reason)
    assert said.lower() in status_sentence(snapshot, ENGLISH.train).lower()
    assert not re.search(
        "[A-Za-z]{2}", status_sentence(snapshot, CHINESE.train).replace("a.zip", "")
    )


def test_scenes_are_drawn_and_photos_are_read(tmp_path):
    now = {"doing": "reading", "done": 3, "total": 9}
    said = status_html(snapshot_of(tmp_path, now=now), ENGLISH.train)
    assert "Drawing scenes" in said and "Scenes are drawn" in said and "hotos" not in said
    photos = replace(snapshot_of(tmp_path, now=now), job=replace(JOB, data="photos"))
    said = status_html(photos, ENGLISH.train)
    assert "Reading photos" in said and "Photos are read" in said and "cenes" not in said


def test_a_run_that_ended_before_the_game_says_so(tmp_path):
    anchored, played = (
        status_sentence(
            snapshot_of(tmp_path, "done", [{"cycle": 1, "stage": stage}]), ENGLISH.train
        )
        for stage in ("anchor", "adversarial")
    )
    assert "before generator and critic met" in anchored and "critic" not in played


def test_a_collapse_is_told_with_the_cycle_it_goes_on_from(tmp_path):
    lines = [{"cycle": 44, "healed": "collapse", "healed_from": 40, "broken_area": 0.021}]
    snapshot = snapshot_of(tmp_path, lines=lines, now={"doing": "learning"})
    said = status_sentence(snapshot, ENGLISH.train)
    assert "masks covered 2%" in said and "cycle 40" in said
    assert "1 × healed" in status_html(snapshot, ENGLISH.train)


def test_progress_is_the_share_of_the_seconds(tmp_path):
    shown = status_html(snapshot_of(tmp_path, lines=[{"cycle": 15}]), ENGLISH.train)
    assert "width:50.0%" in shown and "cycle 15" in shown
    assert "30 s learned" in shown and "30 s left" in shown
    reading = snapshot_of(tmp_path, now={"doing": "reading", "done": 1, "total": 4})
    assert "width:25.0%" in status_html(reading, ENGLISH.train)


def test_in_slow_motion_the_stage_that_runs_is_lit(tmp_path):
    now = {"doing": "learning", "light": "generator", "slow": True}
    shown = status_html(snapshot_of(tmp_path, lines=[{"cycle": 1}], now=now), ENGLISH.train)
    assert f'<li class="lit">{ENGLISH.train.lights["generator"]}' in shown
    quick = snapshot_of(tmp_path, lines=[{"cycle": 1}], now={**now, "slow": False})
    assert "lit" not in status_html(quick, ENGLISH.train)
    assert lights_html(quick, ENGLISH.train) == lights_html(None, ENGLISH.train) == ""


def test_what_was_left_out_is_named_and_harmless(tmp_path):
    skipped = [["<img src=x>.png", "no picture"]] + [[f"{n}.png", "cut"] for n in range(20)]
    shown = status_html(snapshot_of(tmp_path, skipped=skipped), ENGLISH.train)
    assert "21 left out" in shown and "&lt;img src=x&gt;.png" in shown and "<img" not in shown
    assert shown.count("<li><b>") == 12 and "…" in shown
    why = ImageError("image.empty", accepted=["PNG"]).to_dict()
    chinese = status_html(snapshot_of(tmp_path, skipped=[["1.png", why]]), CHINESE.train)
    assert "<li><b>1.png</b>: 文件是空的。可用：PNG。收到：0 字节。</li>" in chinese
    named = replace(JOB, name="<b>x</b>")
    assert "<b>x" not in status_html(snapshot_of(tmp_path, job=named), ENGLISH.train)


def test_the_slider_goes_back_through_the_pictures(tmp_path):
    for cycle in (0, 5, 10):
        draw(tmp_path, f"{cycle:06d}", 8)
    snapshot = snapshot_of(tmp_path, lines=[{"cycle": 5}, {"cycle": 10, "probe_iou": 0.625}])
    shown = [masks_html(snapshot, back, ENGLISH.train) for back in (0, 50, 100)]
    assert [re.search(r'data-cycle="(\d+)"', part)[1] for part in shown] == ["0", "5", "10"]
    assert "10 s learned" in shown[1] and "never used in learning" not in shown[1]
    assert "never used in learning" in shown[2] and "<b>0.62</b>" in shown[2]
    assert shown[2].count('class="tile"') == 8


def test_nothing_is_shown_as_nothing(tmp_path):
    snapshot = snapshot_of(tmp_path)
    for part in (
        masks_html(None, 100, ENGLISH.train),
        masks_html(snapshot, 100, ENGLISH.train),
        pairs_html(snapshot, ENGLISH.train),
        curves_html(snapshot, ENGLISH.train),
    ):
        assert ENGLISH.train.nothing_yet in part
    assert curves_html(None, ENGLISH.train) == histogram_html(None, ENGLISH.train) == ""


@pytest.mark.parametrize(("cycle", "warned"), [(18, True), (170, False)])
def test_a_training_of_few_cycles_is_no_success(tmp_path, cycle, warned):
    snapshot = snapshot_of(tmp_path, "done", [{"cycle": cycle}])
    said = status_sentence(snapshot, ENGLISH.train)
    assert (f"{cycle} cycles only" in said) == warned
    assert (said == ENGLISH.train.tell.done) != warned


def test_each_curve_says_what_it_means(tmp_path):
    snapshot = snapshot_of(
        tmp_path, lines=[{"cycle": 1, "probe_iou": 0.2}, {"cycle": 2, "probe_iou": 0.4}]
    )
    drawn = curves_html(snapshot, ENGLISH.train)
    assert ENGLISH.train.chart_meanings.iou in drawn
    assert ENGLISH.train.chart_meanings.beta not in drawn  # of no value nothing is drawn
    assert {*ENGLISH.train.chart_meanings} == {name for name, *_ in CHARTS}


def test_tiles_show_each_part_of_a_picture_once(tmp_path):
    draw(tmp_path, "pairs", 3)
    path = tmp_path / "pictures" / "pairs.png"
    assert count_columns(path) == 3
    shown = tiles_html(path, 1, 2, [0.25, 0.5])
    places = re.findall(r"background-position:([\d.]+)% (\d+)%", shown)
    assert places == [(x, y) for x in ("50.000", "100.000") for y in ("0", "50", "100")]
    assert "<b>25%</b>" in shown and "<b>50%</b>" in shown
    style = sheet_style(path)
    assert "data:image/webp" in style and "--size:300% 300%" in style
    draw(tmp_path, "pairs", 3, level=20)
    assert sheet_style(path) != style


def test_pairs_carry_the_critics_scores(tmp_path):
    draw(tmp_path, "pairs", 12)
    scores = {"real": [0.9] * 8, "generated": [0.5] * 8, "spoiled": [0.1] * 8}
    snapshot = snapshot_of(tmp_path, lines=[{"cycle": 1, "probe_area": 0.2, "pair_scores": scores}])
    shown = pairs_html(snapshot, ENGLISH.train)
    assert shown.count("data:image/webp") == 1
    assert re.findall(r"<b>(\d+)%</b>", shown) == ["90"] * 4 + ["50"] * 4 + ["10"] * 4
    assert histogram_html(snapshot, ENGLISH.train).count("<rect") == 30


def test_a_critic_that_has_not_begun_to_learn_explains_nothing(tmp_path):
    draw(tmp_path, "pairs", 12)
    for cycle in (0, 1, 2):
        draw(tmp_path, f"{cycle:06d}", 8)
    anchor = {"cycle": 1, "stage": "anchor", "probe_area": 0.2}
    judged = {"cycle": 2, "stage": "warm-up", "probe_area": 0.2, "discriminator_score_real": 0.5}
    legend, idle = ENGLISH.train.rows[2], ENGLISH.train.critic_idle
    early = snapshot_of(tmp_path, lines=[anchor])
    shown = masks_html(early, 100, ENGLISH.train)
    assert idle in shown and legend not in shown and idle in pairs_html(early, ENGLISH.train)
    later = snapshot_of(tmp_path, lines=[anchor, judged])
    shown = masks_html(later, 100, ENGLISH.train)
    assert legend in shown and idle not in shown and idle not in pairs_html(later, ENGLISH.train)
    assert idle in masks_html(later, 50, ENGLISH.train)  # back in time
    forked = snapshot_of(tmp_path, lines=[anchor], job=replace(JOB, start="shipped"))
    assert idle not in masks_html(forked, 100, ENGLISH.train)


def test_settings_that_differ_come_first_and_are_marked(tmp_path):
    snapshots = []
    for number, size in enumerate((64, 96)):
        folder = tmp_path / str(number)
        folder.mkdir()
        config = preset("small", size=size).to_dict()
        job = replace(JOB, id=str(number), name=f"Run {number}")
        lines = [{"cycle": 1, "probe_iou": 0.5}]
        snapshots.append(snapshot_of(folder, lines=lines, job=job, config=config))
    table = settings_html(snapshots, ENGLISH)
    size, widths = (ENGLISH.settings[name] for name in ("size", "generator_widths"))
    assert re.findall(r'<tr class="differs"><th>([^<]+)</th>', table) == [size]
    assert table.index(size) < table.index("<details>") < table.index(widths)
    assert f"{len(config) + 2} settings are equal" in table  # three more are told, one differs
    assert "<td>64</td><td>96</td>" in table
    charts = comparison_html(snapshots, ENGLISH.train)
    assert "Run 0" in charts and "Run 1" in charts and charts.count("<polyline") == 2


@pytest.mark.parametrize(("start", "unknown"), [("random", False), ("shipped", True)])
def test_a_run_that_has_not_begun_differs_in_what_was_asked_alone(tmp_path, start, unknown):
    begun = snapshot_of(tmp_path, config=preset("small").to_dict())
    asked = replace(JOB, id="cd34", name="Run 2", start=start, changes={"generator_steps": 8})
    table = settings_html([begun, snapshot_of(tmp_path, "queued", job=asked)], ENGLISH)
    marked = map(html.unescape, re.findall(r'<tr class="differs"><th>([^<]+)</th>', table))
    names = {ENGLISH.settings.generator_steps} | ({ENGLISH.train.begin_with} if unknown else set())
    assert set(marked) == names
    assert ("<td>–</td>" in table) == unknown


@pytest.mark.parametrize("name", PRESETS)
def test_no_setting_is_shown_by_its_raw_name(tmp_path, name):
    snapshot = snapshot_of(tmp_path, config=preset(name).to_dict())
    told = re.sub("<[^>]*>", " ", settings_html([snapshot], CHINESE))
    # Names of methods, and the run's.
    assert set(re.findall("[A-Za-z_]{2,}", told)) <= {"Adam", "Armijo", "Net", "PR", "Run"}


def test_the_command_repeats_the_run(tmp_path):
    assert command_to_repeat(JOB, tmp_path, 500) == (
        "python -m gecat train --data scenes --run 'runs/Run 1' --preset small --seconds 60 "
        "--limit 500"
    )
    (tmp_path / "photos.zip").write_bytes(b"")
    job = replace(JOB, data="photos", start="shipped", changes={"size": 96})
    words = command_to_repeat(job, tmp_path, 500)
    assert "--data photos.zip" in words and "--set size=96" in words
    shipped = "assets/weights/base.safetensors"
    assert words.endswith(f"--start {shipped} --teacher {shipped}")
    assert str(tmp_path) not in words
    assert "--preset" not in words  # the weights bring theirs


def test_the_page_names_what_a_run_learns_on(tmp_path):
    gpus = ["NVIDIA <H100>", "NVIDIA <H100>"]
    shown = status_html(snapshot_of(tmp_path, devices=gpus), ENGLISH.train)
    assert "on 2 × NVIDIA &lt;H100&gt;" in shown
    assert "使用 CPU" in status_html(snapshot_of(tmp_path, devices=["CPU"]), CHINESE.train)
    assert (
        " on " not in status_html(snapshot_of(tmp_path), ENGLISH.train).partition("facts")[2][:60]
    )


def test_presets_differ_in_nothing_that_the_page_shows_beside_the_weights():
    shown = ("update_rule", "generator_steps", "beta_rule", "preconditioner")
    assert len({tuple(getattr(preset(name), key) for key in shown) for name in PRESETS}) == 1


def test_a_run_is_resumed_with_nothing_but_more_time(tmp_path):
    job = replace(JOB, start="shipped", data="photos", changes={"size": 96}, seconds=90)
    (tmp_path / "checkpoints").mkdir()
    (tmp_path / "checkpoints" / "state.safetensors").write_bytes(b"")
    words = command_to_train(job, tmp_path, tmp_path / "photos", JobLimits())
    assert [word for word in words if word.startswith("--")] == [
        "--error-file",
        "--deadline",
        "--teacher",
        "--data",
        "--run",
        "--seconds",
        "--resume",
    ]
    assert words[words.index("--seconds") + 1] == "90"
