"""Weights as files that other programs run; safetensors stay what they are made of.

A SavedModel and a LiteRT file hold two signatures each, of float32 arrays by name:

generator       image (N, H, W, 3) in [-1, 1] -> logits (N, H, W, 1)
discriminator   image (N, H, W, 3), mask (N, H, W, 1) in [0, 1] -> score (N, 1), score_map
                (N, H, W, 1), both as logits

H and W are multiples of the architecture's stride; N is 1 in LiteRT. What was made is run beside
the Keras networks, and nothing is written that says something else.
"""

import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from gecat.errors import UserError, name_of
from gecat.files import AnyPath, write_atomically
from gecat.model.registry import architecture_of
from gecat.model.weights import Loaded, load_weights
from gecat.quiet import no_standard_error

KINDS = ("litert", "saved_model")
TOLERANCE = 1e-4  # between probabilities of both
SIDES = ((4, 6), (7, 3))  # of the pictures that are compared, in strides

# From a signature's name and its inputs to its outputs, both by name.
Run = Callable[..., dict[str, Any]]


def export(weights: AnyPath, kind: str, out: AnyPath) -> float:
    """Writes the networks of a weights file in another form, once it was seen to say the same.

    Args:
        weights: path of a weights file.
        kind: one of KINDS.
        out: path of the file to write, or of the new folder of a SavedModel.

    Returns:
        the largest difference found between probabilities of both.

    Raises:
        WeightsError: if the weights cannot be read.
        UserError: if another backend than TensorFlow computes, if a SavedModel's folder exists, or
            if what was made does not say what the networks say.
    """
    import keras

    if keras.backend.backend() != "tensorflow":
        raise UserError("export.backend", received=keras.backend.backend())
    out = Path(out)
    if kind == "saved_model" and out.exists():
        raise UserError("export.exists", received=name_of(out))
    loaded = load_weights(weights)
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "saved_model"
        if kind == "saved_model":
            save_model(loaded, folder)
            difference = _checked(loaded, _run_saved_model(folder))
            out.parent.mkdir(parents=True, exist_ok=True)
            shutil.move(folder, out)
        else:
            save_model(loaded, folder, count=1)
            data = to_litert(folder)
            difference = _checked(loaded, _run_litert(data))
            write_atomically(out, data)
    return difference


def save_model(loaded: Loaded, folder: AnyPath, count: int | None = None) -> None:
    """Writes both networks as a SavedModel.

    Args:
        loaded: of `load_weights`; folder: to be made.
        count: pictures at a time, or None for any number.
    """
    import keras
    import tensorflow as tf

    side = architecture_of(loaded.config).judged_side(loaded.config)

    def spec(channels, side, name):
        return tf.TensorSpec((count, side, side, channels), tf.float32, name)

    networks = _of_any_size(loaded.generator), _of_any_size(loaded.discriminator)

    def generator(image):
        return {"logits": networks[0](image, training=False)}

    def discriminator(image, mask):
        score, score_map = networks[1]([image, mask], training=False)
        return {"score": score, "score_map": score_map}

    archive = keras.export.ExportArchive()
    for network in networks:
        archive.track(network)
    archive.add_endpoint("generator", generator, [spec(3, None, "image")])
    pair = [spec(3, side, "image"), spec(1, side, "mask")]
    archive.add_endpoint("discriminator", discriminator, pair)
    archive.write_out(str(folder), verbose=False)


def _of_any_size(network):
    """The same network, whose layers that double pictures can be traced without knowing their size.

    Those of Keras 3.15 ask in Python whether a size is positive, which only a number can answer.
    """
    import keras
    import tensorflow as tf

    class Doubling(keras.layers.Layer):
        def call(self, x):
            return tf.image.resize(x, 2 * tf.shape(x)[1:3], "bilinear")

        def compute_output_shape(self, shape):
            count, height, width, channels = shape
            return count, height and 2 * height, width and 2 * width, channels

    def replace(layer):
        doubles = isinstance(layer, keras.layers.UpSampling2D)
        return Doubling(name=layer.name) if doubles else layer

    # A clone shares the layers that are not replaced, and so the weights.
    return keras.models.clone_model(network, clone_function=replace)


def to_litert(folder: AnyPath) -> bytes:
    """Converts a SavedModel of one picture at a time to a LiteRT file, in float32."""
    import tensorflow as tf

    converter = tf.lite.TFLiteConverter.from_saved_model(
        str(folder), signature_keys=["generator", "discriminator"]
    )
    return bytes(converter.convert())


def _checked(loaded: Loaded, run: Run) -> float:
    """The largest difference between probabilities of the networks and of what was made of them."""
    rules = architecture_of(loaded.config)
    stride, side = rules.stride(loaded.config), rules.judged_side(loaded.config)
    random = np.random.default_rng(0)
    distances = []
    for rows, columns in SIDES:
        image, mask = _picture(random, rows * stride, columns * stride)
        logits = loaded.generator(image, training=False)
        distances.append(_distance(logits, run("generator", image=image)["logits"]))
        if side is not None:
            image, mask = _picture(random, side, side)
        verdicts = loaded.discriminator([image, mask], training=False)
        found = run("discriminator", image=image, mask=mask)
        for name, verdict in zip(("score", "score_map"), verdicts, strict=True):
            distances.append(_distance(verdict, found[name]))
    worst = float(np.max(distances))  # NaN if any is
    if not worst <= TOLERANCE:
        raise UserError("export.differs", limit=TOLERANCE, received=f"{worst:.2g}")
    return worst


def _picture(random, height, width):
    """A soft picture (1, H, W, 3) in [-1, 1], and a mask (1, H, W, 1) in [0, 1]."""
    down = np.linspace(0.0, 3.0, height)[:, None, None] + np.linspace(0.0, 5.0, width)[:, None]
    image = np.sin(down + random.uniform(0.0, 6.0, 3)) + random.normal(0.0, 0.1, (height, width, 3))
    mask = random.uniform(0.0, 1.0, (1, height, width, 1))
    return np.clip(image, -1.0, 1.0)[None].astype(np.float32), mask.astype(np.float32)


def _distance(logits, others):
    """The largest difference between the probabilities of two arrays of logits."""
    expected, found = (np.tanh(0.5 * np.asarray(x, np.float64)) / 2.0 for x in (logits, others))
    return float(np.abs(expected - found).max())


def _run_saved_model(folder):
    import tensorflow as tf

    model = tf.saved_model.load(str(folder))

    def run(signature, **inputs):
        tensors = {name: tf.constant(array) for name, array in inputs.items()}
        found = model.signatures[signature](**tensors)
        return {name: array.numpy() for name, array in found.items()}

    return run


def _run_litert(data):
    from ai_edge_litert.interpreter import Interpreter

    interpreter = Interpreter(model_content=data)

    def run(signature, **inputs):
        with no_standard_error():  # where it tells what computes
            return interpreter.get_signature_runner(signature)(**inputs)

    return run
