"""The first photo of a new shape, beside the next one of the same."""

from functools import partial

import numpy as np

from gecat.evaluation.bench.speed.comparison import Figures, processor_milliseconds
from gecat.inference.segmenter import load


def measure(figures: Figures, repeats: int) -> None:
    """Times the first and the second mask of photos of shapes that were not seen before."""
    segmenter = load()
    segmenter.predict(np.zeros((400, 400, 3), np.uint8))
    first, second = [], []
    for number in range(4 * repeats):
        photo = np.zeros((400, 60 + 340 * number // (4 * repeats), 3), np.uint8)
        predict = partial(segmenter.predict, photo)
        first.append(processor_milliseconds(predict))
        second.append(processor_milliseconds(predict))
    figures.compare("the first mask of a new shape", first, "the second", second, "ms")
