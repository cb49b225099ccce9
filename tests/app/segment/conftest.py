import numpy as np
import pytest

from gecat.app.segment.result import Result


@pytest.fixture
def result():
    image = np.random.default_rng(0).integers(0, 256, (120, 200, 3), np.uint8)
    mask = np.zeros((120, 200), np.uint8)
    mask[20:80, 50:150] = 230
    mask[90:110, 10:40] = 100
    return Result(image, mask, 0.75, "photo")
