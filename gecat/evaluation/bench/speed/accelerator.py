"""How near learning comes to what the device can do at most: its floor of a step, by counts.

The floor is the time that the generator's convolutions take at the rate of a large matrix product,
or the time that what goes into them and comes out takes at the rate of a copy, whichever is longer;
both rates are measured in the same run. The way back costs twice the way there (Williams, Waterman
and Patterson 2009, "Roofline", section 3). Batches grow while a step stays short.
"""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from gecat.config import Config, preset
from gecat.evaluation.bench.speed.comparison import Figures, in_turn, seconds
from gecat.evaluation.bench.speed.network import convolutions_of, sized
from gecat.evaluation.bench.speed.training import Ours
from gecat.images.datasets import Photos, load_photos

if TYPE_CHECKING:
    import keras

PRESETS = ("small", "base")
PHOTOS = 64
BATCHES = (16, 64, 256)
LONGEST = 1.0  # seconds of a step, beyond which batches grow no more
LEAST = 0.05  # seconds that a ceiling is measured for
BYTES = 4  # of a number


def measure(figures: Figures, repeats: int) -> None:
    """Tells the device's ceilings, and each preset's pictures a second and share of the floor."""
    rate, bandwidth = ceilings(repeats)
    figures.tell("the device: a large matrix product", rate / 1e12, "TFLOP/s")
    figures.tell("the device: a large copy, read and written", bandwidth / 1e9, "GB/s")
    for name in PRESETS:
        usual = preset(name)
        photos = load_photos("scenes", usual.size, prior="barrier", limit=PHOTOS)
        for batch in BATCHES:
            config = usual.replace(batch_size=batch)
            spent = _learn(figures, f"{name}, batch of {batch}", config, photos, repeats)
            floor = floor_of(config, rate, bandwidth)
            told = f"{name}, batch of {batch}: a step's share of its floor"
            figures.tell(told, 100 * floor / spent, "%")
            if spent > LONGEST:
                break


def floor_of(config: Config, rate: float, bandwidth: float) -> float:
    """Seconds that a step of the generator takes at least.

    Args:
        config: its settings.
        rate: operations a second; bandwidth: bytes a second.
    """
    from gecat.model.registry import build_generator

    generator, size = build_generator(config), (config.size, config.size)
    operations = 3 * config.batch_size * convolutions_of(generator, size)
    traffic = 3 * config.batch_size * BYTES * numbers_through(generator, size)
    return max(operations / rate, traffic / bandwidth)


def numbers_through(model: "keras.Model", size: tuple[int, ...]) -> float:
    """Counts the numbers that go into a keras model's convolutions, and those that come out.

    Args:
        model: keras model; size: (height, width) of a picture.
    """
    import keras

    convolutions = [
        layer for layer in sized(model, size).layers if isinstance(layer, keras.layers.Conv2D)
    ]
    return float(
        sum(
            np.prod(x.shape[1:])
            for layer in convolutions
            for x in keras.tree.flatten([layer.input, layer.output])
        )
    )


def ceilings(repeats: int) -> tuple[float, float]:
    """Measures what the device can do at most, medians.

    Returns:
        (operations a second of a matrix product, bytes a second of a copy, read and written).
    """
    from gecat.training.backend import compiled

    product, copy = compiled(lambda x: x @ x), compiled(lambda x: x + 1.0)
    rate = [2 * side**3 / spent for side, spent in _long_enough(product, repeats)]
    bandwidth = [2 * BYTES * side**2 / spent for side, spent in _long_enough(copy, repeats)]
    return float(np.median(rate)), float(np.median(bandwidth))


def _long_enough(function: Callable[[Any], Any], repeats: int) -> Iterator[tuple[int, float]]:
    """(side, seconds) of a function of a square matrix that is as large as LEAST asks."""
    from keras import ops

    side, spent = 512, 0.0
    while spent < LEAST and side < 2**15:
        side *= 2
        x = ops.ones((side, side)) / side
        (times,) = in_turn(1, lambda x=x: seconds(lambda: float(function(x)[0, 0])))  # type: ignore[misc]
        spent = times[0]
    for _ in range(repeats):
        yield side, seconds(lambda: float(function(x)[0, 0]))


def _learn(figures: Figures, name: str, config: Config, photos: Photos, repeats: int) -> float:
    """Tells what is learned from in a second; returns the seconds of a step at hand."""
    learner = Ours(config, photos)
    at_hand, coming, epochs = in_turn(repeats, learner.step, learner.anchor, learner.epoch)
    spent = float(np.median(at_hand))
    figures.tell(f"{name}: steps on a batch at hand", config.batch_size / spent, "pictures/s")
    figures.tell(f"{name}: anchor steps", float(np.median(coming)), "pictures/s")
    figures.tell(f"{name}: gradient epochs", float(np.median(epochs)), "pictures/s")
    return spent
