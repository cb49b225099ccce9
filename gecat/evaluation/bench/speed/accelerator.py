"""How near learning comes to what the device can do: a step beside its floor, by counts.

The floor is the time that the generator's convolutions take at the rate of a large matrix product,
or the time that what goes into them and comes out takes at the rate of a copy, whichever is longer
(Williams, Waterman and Patterson 2009, "Roofline", section 3). Both rates are measured in the same
run. The way back is counted as twice the way there, which for the first convolution is too much by
half: nobody asks for the picture's gradient. Batches grow while a step stays short.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from gecat.config import Config, preset
from gecat.evaluation.bench.speed.comparison import Figures, in_turn, seconds
from gecat.evaluation.bench.speed.network import convolutions_of, sized
from gecat.evaluation.bench.speed.training import Ours
from gecat.images.datasets import load_photos

if TYPE_CHECKING:
    import keras

PRESETS = ("small", "base")
PHOTOS = 64
BATCHES = (16, 256)
SHORT = 0.05  # seconds of a step, beyond which no larger batch is tried
LARGEST = 8192  # side of a matrix
LEAST = 0.1  # seconds that a ceiling is measured for
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
            learner = Ours(config, photos)
            told = f"{name}, batch of {batch}"
            kinds = {"anchor steps": learner.anchor}
            if batch == usual.batch_size:  # of others it takes longer to compile than it tells
                kinds["gradient epochs"] = learner.epoch
            steps, *rates = in_turn(repeats, learner.step, *kinds.values())
            spent, floor = float(np.median(steps)), floor_of(config, rate, bandwidth)
            figures.tell(f"{told}: steps on a batch at hand", batch / spent, "pictures/s")
            figures.tell(f"{told}: the floor's share of such a step", 100 * floor / spent, "%")
            for kind, found in zip(kinds, rates, strict=True):
                figures.tell(f"{told}: {kind}", float(np.median(found)), "pictures/s")
            if spent > SHORT:
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
    """Measures what the device can do at most.

    Args:
        repeats: how often; medians count.

    Returns:
        (operations a second of a matrix product, bytes a second of a copy, read and written).
    """
    from gecat.training.backend import compiled

    side, product = _seconds_of(compiled(lambda x: x @ x), repeats)
    rate = 2 * side**3 / product
    side, copy = _seconds_of(compiled(lambda x: x + 1.0), repeats)
    return rate, 2 * BYTES * side**2 / copy


def _seconds_of(function: Callable[[Any], Any], repeats: int) -> tuple[int, float]:
    """(side, seconds) of a function of a square matrix, so large and so often that it counts."""
    from keras import ops

    def spent(x, calls):
        def run():
            for _ in range(calls):
                found = function(x)
            float(found[0, 0])  # waits for what was only asked for so far

        return seconds(run)

    side, calls, took = LARGEST // 16, 1, 0.0
    while took < LEAST:
        if took and side == LARGEST:
            calls *= 2
        else:
            side *= 2
            x = ops.convert_to_tensor(np.random.default_rng(0).random((side, side), np.float32))
            spent(x, calls)  # compiles
        took = spent(x, calls)
    return side, float(np.median([spent(x, calls) for _ in range(repeats)])) / calls
