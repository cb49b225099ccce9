"""The benches of learning, cut down to seconds."""

import json
from pathlib import Path

import keras
import numpy as np
import pytest
from PIL import Image

from gecat.__main__ import main
from gecat.config import preset
from gecat.evaluation.bench import ablation, semisupervised
from gecat.evaluation.bench.scenes import write_held_out
from gecat.images.scenes import draw_scenes
from gecat.model.registry import build_discriminator, build_generator
from gecat.model.weights import save_weights

TINY = {
    "generator_widths": (4, 8),
    "discriminator_widths": (4, 8),
    "batch_size": 8,
    "generator_steps": 1,
    "discriminator_steps": 1,
    "size": 32,
}


@pytest.fixture
def begun(monkeypatch):
    """What each run of a bench is begun with: pairs of its Config and its Photos."""
    runs = []
    for bench in (ablation, semisupervised):

        def start_run(folder, config, photos, start_run=bench.start_run, **options):
            runs.append((config, photos))
            return start_run(folder, config, photos, **options)

        monkeypatch.setattr(bench, "start_run", start_run)
    return runs


@pytest.fixture(scope="module")
def photos(tmp_path_factory):
    """(images folder, masks folder) of drawn scenes."""
    return write_held_out(tmp_path_factory.mktemp("scenes"), 40)


@pytest.fixture(scope="module")
def start(tmp_path_factory):
    path = tmp_path_factory.mktemp("start") / "start.safetensors"
    config = preset("small", **TINY)
    keras.utils.set_random_seed(0)
    save_weights(path, config, build_generator(config), build_discriminator(config))
    return path


def test_scenes_are_written_as_they_are_drawn(photos):
    images, masks = draw_scenes(2, 64, seed=2**31)
    written = np.asarray(Image.open(photos[0] / "scene-001.png"))
    mask = np.asarray(Image.open(photos[1] / "scene-001.png"))
    np.testing.assert_array_equal(written, images[1])
    np.testing.assert_array_equal(mask > 127, masks[1])


@pytest.mark.slow
def test_an_ablation_has_a_score_a_row_and_seed(photos, start, monkeypatch, begun):
    monkeypatch.setattr(ablation, "ROWS", {"anchor": ablation.ROWS["anchor"]})
    result = ablation.ablate(
        photos[0],
        *photos,
        cycles=2,
        seeds=2,
        start=start,
        limit=16,
        scored=6,
        changes={"generator_steps": "1", "learning_rate": "0.1", "average_decay": "0"},
    )
    first, second = result["rows"]["anchor"]
    assert [config.seed for config, _ in begun] == [0, 1]
    parts = ablation.FROM_TRAINED | ablation.ROWS["anchor"]
    assert all(config == config.replace(**parts) for config, _ in begun)
    assert all(0.0 <= first[name] <= 1.0 for name in ("iou", "boundary_f", "refined_iou"))
    assert first["gradients"] == first["cycles"] == 2
    lines = ablation.table(result).splitlines()
    assert [line.split("  ")[0] for line in lines[1:]] == ["before", "anchor"]
    assert f"({min(first['iou'], second['iou']):.3f}-" in lines[2]


def test_every_row_differs_from_the_whole_in_its_part_alone():
    whole = preset("small")
    for name, parts in ablation.ROWS.items():
        changed = preset("small", **parts)
        differing = {key for key in parts if getattr(changed, key) != getattr(whole, key)}
        assert differing == set(parts), name


@pytest.mark.slow
def test_masks_of_one_half_teach_and_the_other_half_scores(photos, start, begun):
    result = semisupervised.learn_from_masks(
        *photos,
        start=start,
        teacher=start,
        cycles=1,
        shares=(0.0, 0.01, 0.05, 0.5),  # of 20 masks, 1% is one, as 5% are
        changes={"learning_rate": "0.1", "average_decay": "0"},
    )
    assert (result["teaching"], result["scoring"]) == (20, 20)
    assert [row["masks"] for row in result["rows"]] == [0, 1, 10]
    assert [shown.has_mask.sum() for _, shown in begun] == [0, 1, 10]
    teaching = [path.stem for path in sorted(photos[0].iterdir())][::2]
    assert all([Path(name).stem for name in shown.names] == teaching for _, shown in begun)
    text = semisupervised.table(result)
    for said in ("0.01: 1 mask ", "0.5: 10 masks", f"{result['before']['iou']:.3f}"):
        assert said in text


def test_the_command_teaches_with_the_shares_that_are_asked_for(monkeypatch, capsys):
    asked = {}
    row = {"iou": 0.5, "iou_interval": (0.4, 0.6), "boundary_f": 0.3}
    found = {"before": row, "rows": [], "teaching": 1, "scoring": 1}
    monkeypatch.setattr(
        semisupervised, "learn_from_masks", lambda *_, **given: asked.update(given) or found
    )
    words = ["bench", "semisupervised", "--images", "a", "--masks", "b", "--cycles", "1"]
    assert main([*words, "--share", "0", "--share", "0.5"]) == 0
    assert asked["shares"] == [0.0, 0.5]
    assert main(words) == 0
    assert asked["shares"] == semisupervised.SHARES
    for wrong in ("nan", "-0.1", "1.5", "half"):
        with pytest.raises(SystemExit):
            main([*words, f"--share={wrong}"])
        assert f"from 0 to 1, received {wrong}" in capsys.readouterr().err


def test_one_photo_cannot_teach_and_score(tmp_path, start):
    with pytest.raises(ValueError, match="Received: 1"):
        semisupervised.learn_from_masks(
            *write_held_out(tmp_path, 1), start=start, teacher=start, cycles=1
        )


def test_the_command_scores_scenes_and_writes_them(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(ablation, "ROWS", {"anchor": ablation.ROWS["anchor"]})
    settings = ["--set=generator_widths=4,8", "--set=discriminator_widths=4,8"]
    path = tmp_path / "scores.json"
    words = ["--data", "scenes", "--cycles", "1", "--seeds", "1", "--limit", "16"]
    assert main(["bench", "ablation", *words, "--scored", "4", "--json", str(path), *settings]) == 0
    assert list(json.loads(path.read_text())["rows"]) == ["anchor"]
    assert "anchor" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (["--data", "scenes", "--images", "photos"], "no --images"),
        (["--data", "photos"], "--start"),
        (["--data", "scenes", "--set", "seed"], "KEY=VALUE"),
    ],
)
def test_words_that_do_not_go_together_are_said(words, reason, capsys):
    assert main(["bench", "ablation", "--seconds", "1", *words]) == 2
    assert reason in capsys.readouterr().err
