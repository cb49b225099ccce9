"""What a run writes while it learns, and what a resumed one cuts."""

import json
from dataclasses import replace

import numpy as np
import pytest

from gecat.config import preset
from gecat.images.datasets import load_photos
from gecat.training.engine import Engine
from gecat.training.run.folder import read_stats
from gecat.training.run.pictures import cycle_of, picture_paths
from gecat.training.run.recorder import Recorder


@pytest.fixture(scope="module")
def parts():
    """An engine and photos for tiny networks."""
    config = preset(
        "small", size=32, generator_widths=(4, 8), discriminator_widths=(4, 8), batch_size=4
    )
    return Engine(config), load_photos("scenes", 32, prior="barrier", limit=8)


@pytest.mark.parametrize("torn", ["", '{"cycle": 4, "seco', '{"cycle": 4, "scores": {"real": 1}'])
def test_a_resumed_run_cuts_what_came_after_its_checkpoint(tmp_path, parts, torn):
    engine, photos = parts
    lines = [{"cycle": cycle, "seconds": 0.1 * cycle} for cycle in (1, 2, 3)]
    text = "".join(json.dumps(line) + "\n" for line in lines)
    (tmp_path / "stats.jsonl").write_text(text + torn)
    (tmp_path / "pictures").mkdir()
    for cycle in (1, 2, 3):
        (tmp_path / "pictures" / f"{cycle:06d}.png").write_bytes(b"")
    state = replace(engine.initial_state(), cycle=2)
    with Recorder(tmp_path, engine, photos, state) as recorder:
        assert read_stats(tmp_path) == lines[:2]
        assert [cycle_of(path) for path in picture_paths(tmp_path)] == [1, 2]
        recorder._next_look = np.inf
        recorder.record(replace(state, cycle=3), lines[2])
    assert read_stats(tmp_path) == lines


def test_a_look_adds_what_the_networks_see_to_the_figures(tmp_path, parts):
    engine, photos = parts
    state = engine.initial_state()
    (tmp_path / "pictures").mkdir()
    with Recorder(tmp_path, engine, photos, state) as recorder:
        for cycle in (1, 2):
            recorder.record(replace(state, cycle=cycle), {"cycle": cycle, "loss": 0.5})
    first, second = read_stats(tmp_path)
    assert 0.0 < first["probe_area"] < 1.0 and 0.0 <= first["probe_iou"] <= 1.0
    assert first["probe_drift"] == 0.0  # the same weights see the same
    assert len(first["probe_scores"]) == 8
    assert set(first["pair_scores"]) == {"real", "generated", "spoiled"}
    # The second comes too soon for another look.
    assert second == {"cycle": 2, "loss": 0.5}
    assert [cycle_of(path) for path in picture_paths(tmp_path)] == [0, 1]
    assert list(tmp_path.glob("events.*"))


def test_the_end_of_a_run_is_looked_at(tmp_path, parts):
    engine, photos = parts
    state = replace(engine.initial_state(), cycle=7)
    (tmp_path / "pictures").mkdir()
    with Recorder(tmp_path, engine, photos, state) as recorder:
        recorder._next_look = np.inf
        recorder.record(replace(state, cycle=8), {"cycle": 8, "loss": 0.5})
        recorder.finish(replace(state, cycle=8))
        (line,) = read_stats(tmp_path)
        assert line["loss"] == 0.5 and "probe_iou" in line
        recorder.finish(replace(state, cycle=8))
        assert read_stats(tmp_path) == [line]
    assert [cycle_of(path) for path in picture_paths(tmp_path)] == [7, 8]
