"""Masks become as large as the teacher's; nothing else changes."""

import numpy as np
import pytest
from PIL import Image

from gecat.config import preset
from gecat.errors import ImageError, WeightsError
from gecat.inference.segmenter import Segmenter
from gecat.model.registry import build_discriminator, build_generator
from gecat.model.weights import load_weights, save_weights
from gecat.training.calibration import calibrate, logit_shift


def test_the_shift_leaves_the_share_above_zero():
    logits = np.arange(10.0)
    assert np.mean(logits - logit_shift(logits, 0.3) > 0) == pytest.approx(0.3)
    assert np.mean(logits - logit_shift(logits, 0.8) > 0) == pytest.approx(0.8)


@pytest.mark.slow
def test_a_shift_is_taken_back(tmp_path, small_weights):
    """Weights made too large by hand come out with the size that their teacher has."""
    loaded = load_weights(small_weights)
    head = loaded.generator.get_layer("head")
    head.bias.assign(head.bias + 3.0)
    large, out = tmp_path / "large.safetensors", tmp_path / "out.safetensors"
    save_weights(large, loaded.config, loaded.generator, loaded.discriminator, {"logit_shift": 1.0})
    shift, _ = calibrate(large, small_weights, "scenes", out, photos=8)
    assert load_weights(out).facts["logit_shift"] == pytest.approx(1.0 + shift)
    again, _ = calibrate(out, small_weights, "scenes", tmp_path / "again.safetensors", photos=8)
    assert again == pytest.approx(0.0, abs=1e-3)
    calibrate(out, small_weights, "scenes", tmp_path / "larger.safetensors", photos=8, size=128)
    assert load_weights(tmp_path / "larger.safetensors").config.inference_size == 128
    image = np.random.default_rng(0).integers(0, 256, (64, 64, 3), np.uint8)
    size = loaded.config.inference_size
    before, after = (Segmenter(path).networks.logits(image, size) for path in (large, out))
    np.testing.assert_allclose(before - after, shift, atol=1e-3)


def test_photos_are_spread_evenly_and_bad_ones_named(tmp_path, small_weights):
    for name in "ab":
        Image.new("RGB", (64, 64), "teal").save(tmp_path / f"{name}.png")
    (tmp_path / "c.png").write_bytes(b"no picture")
    out = tmp_path / "out" / "w.safetensors"
    _, skipped = calibrate(small_weights, small_weights, tmp_path, out, photos=2)
    assert [name for name, _ in skipped] == ["c.png"]


def test_what_cannot_be_calibrated_is_refused(tmp_path, small_weights):
    config = preset("article", generator_widths=(8, 6, 3), discriminator_widths=(8, 8))
    article = tmp_path / "article.safetensors"
    save_weights(article, config, build_generator(config), build_discriminator(config))
    with pytest.raises(WeightsError, match="Received: article"):
        calibrate(article, small_weights, "scenes", tmp_path / "out.safetensors")
    (tmp_path / "photos").mkdir()
    with pytest.raises(ImageError, match="No photo"):
        calibrate(small_weights, small_weights, tmp_path / "photos", tmp_path / "out.safetensors")
