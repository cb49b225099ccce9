"""What is exported says what the networks say, to whoever runs it without this project."""

import numpy as np
import pytest

from gecat.__main__ import main
from gecat.config import preset
from gecat.model.export import export
from gecat.model.registry import architecture_of, build_discriminator, build_generator
from gecat.model.weights import litert_name, load_weights, save_weights

MODELS = {
    "unet": preset(
        "small",
        generator_widths=(4, 8, 8, 12),
        discriminator_widths=(4, 8, 8, 12),
        generator_attention=True,
        generator_mixture=True,
    ),
    "article": preset("article", generator_widths=(6, 4, 3), discriminator_widths=(4, 4)),
}


def write_weights(folder, name):
    import keras

    keras.utils.set_random_seed(0)
    config = MODELS[name]
    path = folder / "w.safetensors"
    save_weights(path, config, build_generator(config), build_discriminator(config))
    return path


def picture(side):
    return np.random.default_rng(0).uniform(-1, 1, (1, side, side, 3)).astype(np.float32)


@pytest.mark.parametrize("name", sorted(MODELS))
def test_a_litert_file_is_called_by_its_weights_and_takes_any_size(name, tmp_path, capsys):
    from ai_edge_litert.interpreter import Interpreter

    weights, out = write_weights(tmp_path, name), tmp_path / "out"
    out.mkdir()
    words = ["export", "--weights", str(weights), "--to", "litert", "--out", str(out)]
    assert main(words) == 0
    assert "differ by" in capsys.readouterr().out
    (path,) = out.iterdir()
    assert path.name == litert_name(weights)
    run = Interpreter(model_path=str(path)).get_signature_runner("generator")
    generator = load_weights(weights).generator
    for side in (32, 64, 32):
        found = run(image=picture(side))["logits"]
        np.testing.assert_allclose(found, generator(picture(side), training=False), atol=1e-4)


@pytest.mark.slow
def test_a_saved_model_takes_many_pictures_at_a_time(tmp_path):
    import tensorflow as tf

    weights = write_weights(tmp_path, "unet")
    assert export(weights, "saved_model", tmp_path / "new" / "model") < 1e-4
    signatures = tf.saved_model.load(str(tmp_path / "new" / "model")).signatures
    pictures = np.concatenate([picture(48), -picture(48), picture(48)])
    found = signatures["generator"](image=tf.constant(pictures))["logits"].numpy()
    generator = load_weights(weights).generator
    np.testing.assert_allclose(found, generator(pictures, training=False), atol=1e-4)
    pictures, masks = np.repeat(picture(48), 2, 0), np.ones((2, 48, 48, 1), np.float32)
    verdicts = signatures["discriminator"](image=tf.constant(pictures), mask=tf.constant(masks))
    assert verdicts["score"].shape == (2, 1)
    assert verdicts["score_map"].shape == masks.shape


@pytest.mark.parametrize("name", sorted(MODELS))
def test_onnx_files_take_any_number_of_pictures_of_any_size(name, tmp_path):
    runtime = pytest.importorskip("onnxruntime")
    pytest.importorskip("tf2onnx")
    weights = write_weights(tmp_path, name)
    assert export(weights, "onnx", tmp_path / "new" / "files") < 1e-4
    files = sorted((tmp_path / "new" / "files").iterdir())
    assert [path.name for path in files] == ["discriminator.onnx", "generator.onnx"]
    discriminator, generator = map(runtime.InferenceSession, files)
    (image,) = generator.get_inputs()
    assert (image.name, image.shape) == ("image", ["batch", "height", "width", 3])
    networks = load_weights(weights)
    for pictures in (picture(32), np.concatenate([picture(64), -picture(64), picture(64)])):
        (found,) = generator.run(["logits"], {"image": pictures})
        expected = networks.generator(pictures, training=False)
        np.testing.assert_allclose(found, expected, atol=1e-4)
    side = architecture_of(networks.config).judged_side(networks.config) or 48
    pictures, masks = np.repeat(picture(side), 2, 0), np.ones((2, side, side, 1), np.float32)
    found = discriminator.run(["score", "score_map"], {"image": pictures, "mask": masks})
    for one, other in zip(found, networks.discriminator([pictures, masks]), strict=True):
        np.testing.assert_allclose(one, other, atol=1e-4)
