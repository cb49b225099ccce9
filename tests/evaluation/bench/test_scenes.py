"""The bench of drawn scenes, cut down to seconds."""

import pytest

from gecat.evaluation.bench import scenes
from gecat.evaluation.bench.scenes import learn_scenes, table

TINY = {
    "generator_widths": (8, 16),
    "discriminator_widths": (8, 16),
    "batch_size": 8,
    "anchor_share": 1.0,
    "warmup_share": 0.0,
    "generator_steps": 1,
}


@pytest.mark.slow
def test_every_seed_is_a_run_of_its_own_scored_beside_the_rivals(monkeypatch):
    taught, train = [], scenes.train

    def watched(*words, changes, **options):
        path = train(*words, changes=changes, **options)
        taught.append((changes["seed"], path.read_bytes()))
        return path

    monkeypatch.setattr(scenes, "train", watched)
    result = learn_scenes(seeds=2, cycles=6, changes=TINY, limit=32, held_out=12)
    assert [run["seed"] for run in result["runs"]] == [0, 1]
    first, second = result["runs"]
    assert [seed for seed, _ in taught] == [0, 1]
    assert taught[0][1] != taught[1][1]
    assert all(0.0 < run["iou"] < 1.0 and run["cycles"] == 6 for run in result["runs"])
    assert first["curve"][0][0] < first["seconds"] < first["wall"]
    assert list(result["rivals"]) == ["otsu", "kmeans", "grabcut", "barrier", "teacher: texture"]
    assert all(0.0 < score < 1.0 for score in result["rivals"].values())
    text = table(result)
    assert f"{first['iou']:.3f}  6 cycles" in text
    assert "12 scenes held out" in text


@pytest.mark.slow
def test_the_game_is_told_beside_the_same_training_without_it():
    played = {**TINY, "anchor_share": 0.4, "warmup_share": 0.2}
    result = learn_scenes(seeds=1, cycles=5, changes=played, limit=32, held_out=16, control=True)
    game = result["runs"][0]["game"]
    assert 0.0 < game["time"] < 1.0 and game["pull"] > 0.0
    assert all(0.0 < game[name] < 1.0 for name in ("exact", "corrupted", "own"))
    assert "game" not in result["controls"][0] and result["controls"][0]["cycles"] == 5
    text = table(result)
    assert "without the game" in text and "of the gradient" in text
