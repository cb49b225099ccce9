"""A run's folder: budgets, checkpoints, resuming, stopping, steering."""

import json
import shutil
import threading
import time
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest

from gecat.config import preset
from gecat.errors import ImageError, RunError
from gecat.images.batches import shuffled_batch
from gecat.images.datasets import load_photos
from gecat.model.registry import build_discriminator, build_generator
from gecat.model.weights import load_weights, save_weights
from gecat.training.engine import Engine
from gecat.training.loop import meets_generator, stage_at, weights_at
from gecat.training.run.folder import control, read_stats
from gecat.training.run.resume import longer
from gecat.training.start import start_run
from gecat.training.state import SCHOOLED
from gecat.training.train import train

TINY = {
    "generator_widths": (8, 16),
    "discriminator_widths": (8, 16),
    "batch_size": 8,
    "generator_steps": 2,
    "discriminator_steps": 1,
    "anchor_share": 0.3,
    "warmup_share": 0.2,
}


@pytest.fixture(scope="module")
def photos():
    return load_photos("scenes", 64, prior="barrier", limit=24, seed=1)


@pytest.fixture(scope="module")
def config():
    return preset("small", **TINY)


@pytest.fixture(scope="module")
def finished(tmp_path_factory, config, photos):
    """The folder of a run that has ended, not to be changed, and the State at its end."""
    folder = tmp_path_factory.mktemp("finished")
    return folder, start_run(folder, config, photos, cycles=6)


@pytest.fixture
def finished_copy(tmp_path, finished):
    return Path(shutil.copytree(finished[0], tmp_path / "run"))


def test_stages_follow_each_other():
    config = preset("small", anchor_share=0.5, warmup_share=0.2)
    stages = [stage_at(config, progress) for progress in (0.0, 0.49, 0.5, 0.69, 0.7, 1.0)]
    assert stages == ["anchor"] * 2 + ["warm-up"] * 2 + ["adversarial"] * 2


def test_the_anchors_weight_falls_to_its_floor():
    config = preset("small", anchor_share=0.2, warmup_share=0.0, anchor_floor=0.25)
    assert weights_at(config, 0.1)["anchor"] == 1.0
    assert weights_at(config, 0.6)["anchor"] == pytest.approx(0.625)
    assert weights_at(config, 1.0)["anchor"] == pytest.approx(0.25)
    assert weights_at(config, 0.1)["adversarial"] == 0.0 < weights_at(config, 0.6)["adversarial"]


def test_a_fresh_discriminator_meets_spoiled_masks_alone_first():
    config = preset("small", anchor_share=0.5, warmup_share=0.2)
    met = [meets_generator(config, progress, 0) for progress in (0.5, 0.54, 0.56, 0.9)]
    assert met == [False, False, True, True]
    assert meets_generator(config, 0.5, SCHOOLED)


def test_a_run_leaves_what_its_folder_promises(finished, config):
    folder, state = finished
    stats = read_stats(folder)
    assert [line["cycle"] for line in stats] == [1, 2, 3, 4, 5, 6]
    assert {line["stage"] for line in stats} == {"anchor", "warm-up", "adversarial"}
    assert 0.0 <= stats[0]["probe_iou"] <= 1.0
    assert list((folder / "pictures").glob("*.png"))
    assert list(folder.glob("events.*"))
    described = json.loads((folder / "config.json").read_text())
    assert described["devices"]
    assert described["config"] == config.to_dict()
    loaded = load_weights(folder / "weights.safetensors")
    assert loaded.facts["cycles"] == 6
    average = np.concatenate([w.numpy().ravel() for w in loaded.generator.trainable_variables])
    np.testing.assert_array_equal(average, state.average)


def stop(folder):
    control(folder, "stop")


def fail(folder):
    raise OSError(f"nothing can be written; received {folder}")


@pytest.mark.parametrize(
    ("rule", "end"),
    [("conjugate", stop), pytest.param("adam", fail, marks=pytest.mark.slow)],
)
def test_resuming_continues_bit_for_bit(tmp_path, photos, rule, end):
    config = preset("small", **{**TINY, "update_rule": rule})
    whole = start_run(tmp_path / "whole", config, photos, cycles=8)

    def end_at_the_fifth(figures):
        if figures["cycle"] == 5:
            end(tmp_path / "parts")

    with suppress(OSError):
        start_run(tmp_path / "parts", config, photos, cycles=8, report=end_at_the_fifth)
    assert load_weights(tmp_path / "parts" / "weights.safetensors").facts["cycles"] == 5
    resumed = start_run(tmp_path / "parts", config, photos, cycles=8, resume=True)
    for name in ("generator", "generator_statistics", "average", "discriminator"):
        np.testing.assert_array_equal(getattr(whole, name), getattr(resumed, name), err_msg=name)
    for one, other in zip(whole.generator_memory, resumed.generator_memory, strict=True):
        np.testing.assert_array_equal(one, other)
    assert [line["cycle"] for line in read_stats(tmp_path / "parts")] == list(range(1, 9))


def test_seconds_bound_a_run(tmp_path, config, photos):
    state = start_run(tmp_path, config, photos, seconds=4)
    assert state.seconds >= 4 and read_stats(tmp_path)[-1]["progress"] == 1.0


def test_pause_holds_a_run_until_it_is_told_to_go_on(tmp_path, config, photos):
    def pause(figures):
        if figures["cycle"] == 2:
            control(tmp_path, "pause")

    thread = threading.Thread(
        target=start_run, args=(tmp_path, config, photos), kwargs={"cycles": 4, "report": pause}
    )
    thread.start()
    while len(read_stats(tmp_path)) < 2:
        time.sleep(0.1)
    time.sleep(1.0)
    assert len(read_stats(tmp_path)) == 2
    control(tmp_path, "run")
    thread.join(timeout=60)
    assert len(read_stats(tmp_path)) == 4


def test_a_folder_with_a_run_is_not_overwritten(finished_copy, config, photos):
    before = {path: path.read_bytes() for path in finished_copy.rglob("*") if path.is_file()}
    with pytest.raises(RunError, match="resume it or name another"):
        start_run(finished_copy, config, photos, cycles=1)
    assert before == {
        path: path.read_bytes() for path in finished_copy.rglob("*") if path.is_file()
    }


def test_nothing_to_resume_is_said(tmp_path, config, photos):
    with pytest.raises(RunError, match="no checkpoint"):
        start_run(tmp_path, config, photos, cycles=1, resume=True)


def test_a_damaged_checkpoint_is_said(finished_copy, config, photos):
    (finished_copy / "checkpoints" / "state.safetensors").write_bytes(b"nonsense")
    with pytest.raises(RunError, match="cannot be read"):
        start_run(finished_copy, config, photos, cycles=8, resume=True)


@pytest.mark.parametrize("budget", [{}, {"cycles": 1, "seconds": 1}])
def test_both_budgets_or_none_are_refused_before_anything_is_written(
    tmp_path, config, photos, budget
):
    with pytest.raises(ValueError, match="either cycles or seconds"):
        start_run(tmp_path / "run", config, photos, **budget)
    with pytest.raises(ValueError, match="either cycles or seconds"):
        train("scenes", tmp_path / "run", **budget)
    assert not (tmp_path / "run").exists()


def test_an_unknown_command_is_refused(tmp_path):
    with pytest.raises(ValueError, match="'jump'"):
        control(tmp_path, "jump")


def test_too_few_photos_are_refused(tmp_path):
    np.save(tmp_path / "few.npy", np.zeros((7, 64, 64, 3), np.uint8))
    with pytest.raises(ImageError, match="7 usable"):
        train(tmp_path / "few.npy", tmp_path / "run", changes=TINY, cycles=1)


def test_training_goes_on_from_given_weights(tmp_path, small_weights):
    weights = train(
        "scenes",
        tmp_path / "run",
        start=small_weights,
        limit=16,
        cycles=1,
        changes={"batch_size": 8},
    )
    assert load_weights(weights).config.batch_size == 8


def test_weights_of_a_discriminators_run_do_not_hand_down_its_course(tmp_path, config):
    networks = (build_generator(config), build_discriminator(config))
    alone = config.replace(anchor_share=0.0, warmup_share=1.0)
    save_weights(tmp_path / "start.safetensors", alone, *networks)
    train("scenes", tmp_path / "run", start=tmp_path / "start.safetensors", limit=16, cycles=1)
    described = json.loads((tmp_path / "run" / "config.json").read_text())["config"]
    assert described["generator_widths"] == list(config.generator_widths)
    assert described["anchor_share"] == preset("small").anchor_share
    assert read_stats(tmp_path / "run")[0]["stage"] == "anchor"


def test_masks_beside_some_photos_take_their_teachers_place(tmp_path, config, photos):
    from PIL import Image

    (tmp_path / "images").mkdir()
    (tmp_path / "masks").mkdir()
    for index in range(12):
        Image.fromarray(photos.images[index]).save(tmp_path / "images" / f"{index}.png")
        if index % 2 == 0:
            Image.fromarray(photos.masks[index]).save(tmp_path / "masks" / f"{index}.png")
    loaded = load_photos(tmp_path, 64, prior="barrier")
    assert loaded.has_mask.sum() == 6
    engine = Engine(config.replace(supervised_weight=3.0))
    batch = shuffled_batch(loaded, 8, 0, 0)
    frozen = engine.freeze(batch, (0, 1))
    plain = slice(0, 4)  # the other half is composites
    known = batch["has_mask"][plain]
    wanted = np.where(known[:, None, None, None], batch["mask"][plain], batch["prior"][plain])
    np.testing.assert_allclose(frozen["target"][plain], wanted / 255.0, atol=1e-6)
    certainty = np.asarray(frozen["certainty"])[plain]
    assert (certainty[known] == 3.0).all() and certainty[~known].max() <= 1.0
    assert 0 < known.sum() < 4


def test_the_articles_networks_learn_from_its_own_file(tmp_path, photos):
    np.save(tmp_path / "real_images.npy", photos.images)
    train(
        tmp_path / "real_images.npy",
        tmp_path / "run",
        preset_name="article",
        cycles=16,
        changes={"batch_size": 8, "anchor_share": 0.75},
    )
    losses = [
        line["generator_anchor"]
        for line in read_stats(tmp_path / "run")
        if "generator_anchor" in line
    ]
    assert np.isfinite(losses).all()
    assert np.mean(losses[-4:]) < np.mean(losses[:2])


def test_one_network_may_learn_alone(tmp_path, config, photos):
    parts = {2: "discriminator", 3: "generator"}

    def steer(figures):
        if figures["cycle"] in parts:
            control(tmp_path, "run", parts[figures["cycle"]])

    start_run(tmp_path, config, photos, cycles=4, report=steer)
    taught = [
        ("generator_loss" in line, "discriminator_loss" in line) for line in read_stats(tmp_path)
    ]
    assert taught[2:] == [(False, True), (True, False)]


def test_a_continued_run_does_not_begin_again_with_its_hints():
    config = preset("small", anchor_share=0.6, warmup_share=0.1)
    described = {"config": config.to_dict(), "seconds": 60, "cycles": None}
    longer_config = longer(described, seconds=180)
    assert longer_config.anchor_share == pytest.approx(0.2)
    assert stage_at(longer_config, 61 / 180) == "adversarial"
    # The average labels the photos from the same second on, or never, as before.
    assert longer_config.relabel_from * 180 == pytest.approx(config.relabel_from * 60)
    never = {**described, "config": config.replace(relabel_from=1.0).to_dict()}
    assert longer(never, seconds=180).relabel_from == 1.0
    assert longer(described, seconds=60) == config
    assert longer({**described, "seconds": None, "cycles": 10}, cycles=5) == config
