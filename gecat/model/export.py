"""Weights as files that other programs run; safetensors stay what they are made of.

A SavedModel and a LiteRT file hold two signatures each, and ONNX two files, of float32 arrays by
name:

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
from gecat.model.exportable import exportable
from gecat.model.onnx import require_onnx, run_onnx, to_onnx
from gecat.model.registry import architecture_of
from gecat.model.weights import Loaded, load_weights
from gecat.quiet import no_standard_error

KINDS = ("litert", "saved_model", "onnx")
SIGNATURES = ("generator", "discriminator")
TOLERANCE = 1e-4  # between probabilities of both
SIDES = ((4, 6), (7, 3))  # of the pictures that are compared, in strides

# From a signature's name and its inputs to its outputs, both by name.
Run = Callable[..., dict[str, Any]]


def export(weights: AnyPath, kind: str, out: AnyPath) -> float:
    """Writes the networks of a weights file in another form, once it was seen to say the same.

    Args:
        weights: path of a weights file.
        kind: one of KINDS.
        out: path of the file to write, or for a SavedModel or ONNX of the new folder.

    Returns:
        the largest difference found between probabilities of both.

    Raises:
        WeightsError: if the weights cannot be read.
        UserError: if another backend than TensorFlow computes, if what ONNX needs is missing, if
            the folder exists, or if what was made does not say what the networks say.
    """
    import keras

    if keras.backend.backend() != "tensorflow":
        raise UserError("export.backend", received=keras.backend.backend())
    out = Path(out)
    if kind == "onnx":
        require_onnx()
    if kind != "litert" and out.exists():
        raise UserError("export.exists", received=name_of(out))
    loaded = load_weights(weights)
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "saved_model"
        save_model(loaded, folder, count=1 if kind == "litert" else None)
        if kind == "litert":
            data = to_litert(folder)
            difference = _checked(loaded, _run_litert(data))
            write_atomically(out, data)
            return difference
        if kind == "onnx":
            to_onnx(folder, SIGNATURES, Path(place) / "onnx")
            folder = Path(place) / "onnx"
            difference = _checked(loaded, run_onnx(folder))
        else:
            difference = _checked(loaded, _run_saved_model(folder))
        out.parent.mkdir(parents=True, exist_ok=True)
        shutil.move(folder, out)
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

    networks = exportable(loaded.generator), exportable(loaded.discriminator)

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


def to_litert(folder: AnyPath) -> bytes:
    """Converts a SavedModel of one picture at a time to a LiteRT file, in float32."""
    import tensorflow as tf

    converter = tf.lite.TFLiteConverter.from_saved_model(
        str(folder), signature_keys=list(SIGNATURES)
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
