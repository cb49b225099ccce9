import json

import pytest

from gecat.config import preset
from gecat.evaluation.bench.speed import PARTS, accelerator, network, paper, photo
from gecat.evaluation.bench.speed.comparison import Figures, in_turn
from gecat.files import PACKAGE


def test_ratios_are_of_figures_taken_in_turn(capsys):
    order = []

    def figure(name, value):
        order.append(name)
        return value * len(order)

    ours, theirs = in_turn(2, lambda: figure("a", 1.0), lambda: figure("b", 2.0))
    assert order == ["a", "b"] * 3
    assert (ours, theirs) == ([3.0, 5.0], [8.0, 12.0])  # the first round only warms up
    figures = Figures()
    figures.compare("ours", ours, "theirs", theirs, "s")
    (found,) = figures.to_dict().values()
    assert found["ratio"]["low"] == pytest.approx(3 / 8)
    assert found["ratio"]["high"] == pytest.approx(5 / 12)
    assert json.loads(json.dumps(found)) == found
    assert "ratio 0.40 (0.38 to 0.42)" in capsys.readouterr().out


def test_a_process_is_told_by_its_time_and_memory():
    spent, worked, megabytes = photo.run_process(["-c", "x = bytearray(60_000_000)"])
    assert 0 < worked <= spent * 2
    assert 60 < megabytes < 200
    with pytest.raises(RuntimeError, match="failed"):
        photo.run_process(["-c", "raise SystemExit(3)"])


def test_a_networks_convolutions_are_counted():
    import keras

    x = keras.Input((None, None, 3))
    y = keras.layers.Conv2D(8, 3, 2, padding="same")(x)
    model = keras.Model(x, keras.layers.UpSampling2D(2)(keras.layers.Conv2D(5, 1)(y)))
    expected = 2 * (9 * 3 * 8 + 8 * 5) * 16 * 24
    assert network.convolutions_of(model, (32, 48)) == expected
    assert network.operations_of(model, (32, 48)) == expected + 9 * 5 * 32 * 48


def test_a_floor_is_of_operations_or_of_bytes():
    import keras

    x = keras.Input((None, None, 3))
    y = keras.layers.ReLU()(keras.layers.Conv2D(8, 3, 2, padding="same")(x))
    model = keras.Model(x, keras.layers.Conv2D(5, 1)(y))
    through = 32 * 48 * 3 + 16 * 24 * (8 + 8 + 5)
    assert accelerator.numbers_through(model, (32, 48)) == through
    config = preset("small")
    by_operations, by_bytes = (
        accelerator.floor_of(config, *rates) for rates in ((1e9, 1e30), (1e30, 1e9))
    )
    both = accelerator.floor_of(config, 1e9, 1e9)
    assert both == max(by_operations, by_bytes) > 0
    twice = config.replace(batch_size=2 * config.batch_size)
    assert accelerator.floor_of(twice, 1e9, 1e9) == 2 * both


@pytest.mark.slow
def test_a_device_is_told_by_its_ceilings_and_its_floor(monkeypatch, capsys):
    monkeypatch.setattr(accelerator, "PRESETS", ("small",))
    monkeypatch.setattr(accelerator, "BATCHES", (16,))
    told = []
    figures = Figures(report=lambda found: told.append(len(found)))
    accelerator.measure(figures, 1)
    found = figures.to_dict()
    assert told == list(range(1, len(found) + 1))
    assert found["the device: a large matrix product"]["value"] > 0
    assert 0 < found["small, batch of 16: the floor's share of such a step"]["value"] < 100


def test_a_gradient_goes_round_the_gpus_and_then_round_the_machines():
    assert paper.seconds_to_sum(8e6, 1) == 0.0
    # 14 steps of 1 MB.
    assert paper.seconds_to_sum(8e6, 8) == pytest.approx(14 * (1e6 / 450e9 + 5e-6))
    between = 14 * (1e6 / 50e9 + 20e-6)
    assert paper.seconds_to_sum(8e6, 64) == pytest.approx(paper.seconds_to_sum(8e6, 8) + between)


def test_every_part_has_a_file():
    folder = PACKAGE / "evaluation" / "bench" / "speed"
    others = {"__init__", "comparison", "figure", "portrait", "torch_loop"}
    assert {path.stem for path in folder.glob("*.py")} == {*PARTS, *others}
