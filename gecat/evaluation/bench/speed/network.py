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
    operations = [
        convolutions_of(networks.models.generator, picture.shape[1:3]),
        convolutions_of(networks.models.discriminator, picture.shape[1:3]),
        2 * 9 * CHANNELS**2 * SIDE**2,
    ]
    times = in_turn(
        4 * repeats,
        lambda: processor_milliseconds(lambda: networks.generate(picture)),
        lambda: processor_milliseconds(lambda: networks.verdicts(photo, mask)),
        lambda: processor_milliseconds(lambda: convolution("serving_default", x=x)),
    )
    *rates, anchor = (
        [count / spent / 1e6 for spent in each]
        for count, each in zip(operations, times, strict=True)
    )
    for name, spent, rate in zip(("generator", "discriminator"), times, rates, strict=False):
        figures.tell(f"the {name} at {SHAPE[1]} x {SHAPE[0]}", float(np.median(spent)), "ms")
        figures.compare(f"convolutions of the {name}", rate, "a large one", anchor, "GFLOP/s")


def large_convolution() -> Interpreters:
    """Makes a convolution of 128 channels that LiteRT runs on one thread."""
    import keras

    x = keras.Input((SIDE, SIDE, CHANNELS), batch_size=1, name="x")
    model = keras.Model(x, keras.layers.Conv2D(CHANNELS, 3, padding="same")(x))
    folder = tempfile.mkdtemp()
    path = Path(folder) / "convolution.tflite"
    model.export(str(path), format="litert", verbose=False)
    return Interpreters(path, threads=1)


def convolutions_of(model: "keras.Model", size: tuple[int, ...]) -> float:
    """Counts the additions and multiplications of a keras model's convolutions.

    What else it computes is left out, so that its rate is told too low.

    Args:
        model: keras model; size: (height, width) of a picture.
    """
    import keras

    inputs = keras.tree.map_structure(lambda x: keras.Input((*size, x.shape[-1])), model.input)
    sized = keras.models.clone_model(model, input_tensors=inputs)
    return float(
        sum(
            2 * np.prod(layer.kernel.shape) * np.prod(layer.output.shape[1:3])
            for layer in sized.layers
            if isinstance(layer, keras.layers.Conv2D)
        )
    )
