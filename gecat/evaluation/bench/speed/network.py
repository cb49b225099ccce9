"""The networks' milliseconds on one thread, beside a large convolution in the same runtime."""

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from gecat.evaluation.bench.speed.comparison import Figures, in_turn, processor_milliseconds
from gecat.inference.litert import Interpreters
from gecat.inference.runtime import Networks
from gecat.inference.segmenter import SHIPPED_WEIGHTS

if TYPE_CHECKING:
    import keras

SHAPE = (224, 288)
CHANNELS, SIDE = 128, 112  # of the convolution


def measure(figures: Figures, repeats: int) -> None:
    """Times both networks and a convolution; compares how much arithmetic a second they do."""
    networks = Networks(SHIPPED_WEIGHTS, threads=1)
    random = np.random.default_rng(0)
    photo = random.integers(0, 256, (*SHAPE, 3), np.uint8)
    mask = random.random((1, *SHAPE), np.float32)
    picture = networks.input(photo)
    convolution = large_convolution()
    x = random.random((1, SIDE, SIDE, CHANNELS), np.float32)
    models = networks.models.generator, networks.models.discriminator
    size, large = picture.shape[1:3], 2 * 9 * CHANNELS**2 * SIDE**2
    convolutions = [*(convolutions_of(model, size) for model in models), large]
    operations = [*(operations_of(model, size) for model in models), large]
    times = in_turn(
        4 * repeats,
        lambda: processor_milliseconds(lambda: networks.generate(picture)),
        lambda: processor_milliseconds(lambda: networks.verdicts(photo, mask)),
        lambda: processor_milliseconds(lambda: convolution("serving_default", x=x)),
    )
    for name, spent in zip(("generator", "discriminator"), times, strict=False):
        figures.tell(f"the {name} at {SHAPE[1]} x {SHAPE[0]}", float(np.median(spent)), "ms")
    for kind, counts in (("convolutions", convolutions), ("all operations", operations)):
        *rates, anchor = (
            [count / spent / 1e6 for spent in each]
            for count, each in zip(counts, times, strict=True)
        )
        for name, rate in zip(("generator", "discriminator"), rates, strict=True):
            figures.compare(f"{kind} of the {name}", rate, "a large one", anchor, "GFLOP/s")


def large_convolution() -> Interpreters:
    """Makes a convolution of 128 channels that LiteRT runs on one thread."""
    import keras

    x = keras.Input((SIDE, SIDE, CHANNELS), batch_size=1, name="x")
    model = keras.Model(x, keras.layers.Conv2D(CHANNELS, 3, padding="same")(x))
    folder = tempfile.mkdtemp()
    path = Path(folder) / "convolution.tflite"
    model.export(str(path), format="litert", verbose=False)
    return Interpreters(path, threads=1)


def sized(model: "keras.Model", size: tuple[int, ...]) -> "keras.Model":
    """Returns a keras model of pictures of one size, so that every layer knows its own.

    Args:
        model: keras model; size: (height, width) of a picture.
    """
    import keras

    inputs = keras.tree.map_structure(lambda x: keras.Input((*size, x.shape[-1])), model.input)
    return keras.models.clone_model(model, input_tensors=inputs)


def convolutions_of(model: "keras.Model", size: tuple[int, ...]) -> float:
    """Counts the additions and multiplications of a keras model's convolutions.

    What else it computes is left out, so that its rate is told too low.

    Args:
        model: keras model; size: (height, width) of a picture.
    """
    return float(sum(map(_convolution, sized(model, size).layers)))


def operations_of(model: "keras.Model", size: tuple[int, ...]) -> float:
    """Counts all additions, multiplications and comparisons of a keras model as it is served.

    Normalisation is folded into the convolution before it and leaves one addition a number; a
    bilinear number is mixed of four by three lines, two additions and a product each; other layers
    take one operation for each number that they give or, where they are pooled, are given.

    Args:
        model, size: as for `convolutions_of`.
    """
    return float(sum(map(_operations, sized(model, size).layers)))


def _convolution(layer):
    import keras

    if not isinstance(layer, keras.layers.Conv2D):
        return 0.0
    return 2 * np.prod(layer.kernel.shape) * np.prod(layer.output.shape[1:3])


def _operations(layer):
    import keras

    numbers = sum(np.prod(x.shape[1:]) for x in keras.tree.flatten(layer.output))
    if isinstance(layer, keras.layers.Conv2D):
        return _convolution(layer)
    if isinstance(layer, keras.layers.InputLayer):
        return 0.0
    if isinstance(layer, keras.layers.Dense):
        return 2 * np.prod(layer.kernel.shape) * numbers / layer.kernel.shape[-1]
    if isinstance(layer, keras.layers.UpSampling2D):
        return 9 * numbers
    given = sum(np.prod(x.shape[1:]) for x in keras.tree.flatten(layer.input))
    return max(given, numbers) if "Pooling" in type(layer).__name__ else numbers
