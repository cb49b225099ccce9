"""Weights files: what is written comes back, and nothing else is read."""

import json

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

from gecat.config import preset
from gecat.errors import WeightsError
from gecat.model import weights
from gecat.model.registry import build_discriminator, build_generator
from gecat.model.weights import load_weights, save_weights, take_weights


def test_what_is_saved_is_loaded(tmp_path):
    config = preset("small", batch_size=6)
    generator, discriminator = build_generator(config), build_discriminator(config)
    path = tmp_path / "w.safetensors"
    save_weights(path, config, generator, discriminator, {"seconds": 3})
    loaded = load_weights(path)
    assert loaded.config == config
    assert loaded.facts == {"seconds": 3}
    for before, after in [
        (generator, loaded.generator),
        (discriminator, loaded.discriminator),
    ]:
        for one, two in zip(before.get_weights(), after.get_weights(), strict=True):
            np.testing.assert_array_equal(one, two)
    assert [file.name for file in tmp_path.iterdir()] == ["w.safetensors"]  # no leftovers


def test_arrays_go_by_their_names(small_weights):
    assert "generator/head/bias" in load_file(small_weights)


def test_a_file_that_numbers_its_arrays_is_still_read(tmp_path, small_weights):
    wanted, arrays = load_weights(small_weights), {}
    for name in ("generator", "discriminator"):
        values = getattr(wanted, name).get_weights()
        arrays |= {f"{name}/{index:03d}": value for index, value in enumerate(values)}
    path = tmp_path / "numbered.safetensors"
    save_file(arrays, path, {"gecat": json.dumps({"config": wanted.config.to_dict()})})
    found = load_weights(path)
    for one, two in zip(wanted.generator.weights, found.generator.weights, strict=True):
        np.testing.assert_array_equal(one, two)


def test_a_missing_file_is_said(tmp_path):
    with pytest.raises(WeightsError, match=r"nowhere\.safetensors"):
        load_weights(tmp_path / "nowhere.safetensors")


@pytest.mark.parametrize("content", [b"", b"nonsense", b"\x80\x04pickle", b"\xff" * 64])
def test_what_is_no_weights_file_is_refused(tmp_path, content):
    path = tmp_path / "bad.safetensors"
    path.write_bytes(content)
    with pytest.raises(WeightsError, match="not a weights file"):
        load_weights(path)


def test_other_safetensors_are_refused(tmp_path):
    path = tmp_path / "other.safetensors"
    save_file({"a": np.zeros(3, np.float32)}, path)
    with pytest.raises(WeightsError, match="not a weights file"):
        load_weights(path)


def test_settings_out_of_range_are_refused(tmp_path, small_weights):
    config = {**preset("small").to_dict(), "generator_widths": [10**6, 10**6]}
    path = tmp_path / "huge.safetensors"
    metadata = {"gecat": json.dumps({"config": config})}
    save_file(load_file(small_weights), path, metadata)
    with pytest.raises(WeightsError, match="widths"):
        load_weights(path)


def test_another_architecture_is_refused(tmp_path, small_weights):
    config = preset("small", generator_widths=(8, 16, 32)).to_dict()
    path = tmp_path / "other.safetensors"
    save_file(load_file(small_weights), path, {"gecat": json.dumps({"config": config})})
    with pytest.raises(WeightsError, match="another architecture"):
        load_weights(path)


@pytest.mark.parametrize(
    "changes",
    [
        {"generator_widths": (512,) * 6, "generator_blocks": (6,) * 5},
        {"discriminator_widths": (512,) * 6},
        {"architecture": "article", "generator_widths": (8, 8, 3), "discriminator_widths": (8, 64)},
    ],
)
def test_settings_beyond_the_file_are_refused_before_they_are_built(tmp_path, monkeypatch, changes):
    """A kilobyte could otherwise ask for gigabytes."""
    for builder in ("build_generator", "build_discriminator"):
        monkeypatch.setattr(weights, builder, lambda _: pytest.fail("networks were built"))
    config = preset("small", **changes, size=512, inference_size=512).to_dict()
    path = tmp_path / "greedy.safetensors"
    save_file({"a": np.zeros(9, np.float32)}, path, {"gecat": json.dumps({"config": config})})
    with pytest.raises(WeightsError, match=r"another architecture.*Received: [\d,]+ bytes"):
        load_weights(path)


@pytest.mark.parametrize(
    "described",
    ['{"config": []}', "[]", '{"config": {"seed": Infinity}}', '{"config": {}, "facts": 3}'],
)
def test_a_description_of_another_form_is_refused(tmp_path, described):
    path = tmp_path / "odd.safetensors"
    save_file({"a": np.zeros(9, np.float32)}, path, {"gecat": described})
    with pytest.raises(
        WeightsError, match=r"(This is not a weights file|The settings in).*odd\.safetensors"
    ):
        load_weights(path)


def test_weights_that_are_no_numbers_are_refused(tmp_path, small_weights):
    loaded = load_weights(small_weights)
    head = loaded.generator.get_layer("head")
    head.bias.assign([np.nan])
    path = tmp_path / "spoiled.safetensors"
    save_weights(path, loaded.config, loaded.generator, loaded.discriminator)
    with pytest.raises(WeightsError, match="NaN or infinity in generator/head/bias"):
        load_weights(path)


def test_a_network_that_grows_keeps_what_it_knows():
    """Fresh attention adds nothing, so the larger network predicts as the smaller one did."""
    size = {"generator_widths": (8, 8, 16, 16)}
    before = build_generator(preset("small", **size))
    after = build_generator(preset("small", **size, generator_attention=1))
    pictures = np.random.default_rng(0).uniform(-1, 1, (1, 64, 64, 3)).astype(np.float32)
    wanted = before(pictures, training=False)
    assert np.abs(after(pictures, training=False) - wanted).max() > 1e-3
    take_weights(after, before)
    assert len(after.weights) > len(before.weights)
    np.testing.assert_allclose(after(pictures, training=False), wanted, atol=1e-5)


def test_weights_without_a_place_are_refused():
    """A start from narrower networks would otherwise throw away what they know, silently."""
    narrow = build_generator(preset("small", generator_widths=(8, 8, 16)))
    wide = build_generator(preset("small", generator_widths=(8, 16, 16)))
    with pytest.raises(WeightsError, match=r"other settings. Received: \d+ arrays"):
        take_weights(wide, narrow)
