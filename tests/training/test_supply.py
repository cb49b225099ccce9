"""What a run's batches are labelled with as it goes on."""

import numpy as np
import pytest

from gecat.config import preset
from gecat.images.datasets import load_photos
from gecat.training.engine import Engine
from gecat.training.supply import Supply


@pytest.fixture(scope="module")
def engine():
    return Engine(
        preset(
            "small",
            size=32,
            generator_widths=(4, 8),
            discriminator_widths=(4, 8),
            batch_size=4,
            relabel_from=0.5,
        )
    )


def test_the_average_labels_the_photos_once_it_is_time(engine):
    photos, state = load_photos("scenes", 32, prior="barrier", limit=8), engine.initial_state()

    def targets(progress):
        with Supply(engine, photos, 0) as supply:
            return np.asarray(supply.take(state, progress)["target"])

    before, still_before, then, later = map(targets, (0.0, 0.49, 0.5, 0.9))
    np.testing.assert_array_equal(before, still_before)
    np.testing.assert_array_equal(then, later)
    assert np.abs(then - before).max() > 0.1
