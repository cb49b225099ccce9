"""Sizes: what people look at, and what the networks can take."""

import numpy as np
import pytest

from gecat.images.sizes import network_input, network_size, resized


@pytest.mark.parametrize(
    ("shape", "expected"),
    [
        ((640, 480), (320, 256)),
        ((480, 640), (256, 320)),
        ((10, 10), (320, 320)),
        ((5000, 7), (320, 32)),
        ((400, 300), (320, 256)),
    ],
)
def test_the_networks_see_the_nearest_shape_they_can_take(shape, expected):
    assert network_size(shape, 320, 32) == expected


def test_a_photo_runs_from_minus_one_to_one_at_the_network():
    photo = np.zeros((10, 20, 3), np.uint8)
    photo[:, 10:] = 255
    seen = network_input(photo, 64, 128)
    assert seen.shape == (1, 64, 128, 3) and seen.dtype == np.float32
    assert seen[0, 0, 0, 0] == -1.0 and seen[0, -1, -1, 2] == 1.0


def test_what_shrinks_is_averaged():
    stripes = np.tile(np.uint8([[0, 200]]), (8, 4))
    np.testing.assert_array_equal(resized(stripes, 4, 4), np.full((4, 4), 100))
    assert resized(stripes, 16, 16).shape == (16, 16)
