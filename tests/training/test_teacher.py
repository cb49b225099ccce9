"""A generator as teacher: its masks come back drawn along edges."""

import numpy as np

from gecat.images.datasets import load_photos
from gecat.training.teacher import network_teacher


def test_a_network_teaches_photos(small_weights, tmp_path):
    teacher = network_teacher(small_weights)
    photos = load_photos("scenes", 64, prior=teacher, limit=9, cache=tmp_path)
    again = load_photos("scenes", 64, prior=teacher, limit=9, cache=tmp_path)
    assert photos.priors.shape == (9, 64, 64)
    np.testing.assert_array_equal(photos.priors, again.priors)
    assert len(list(tmp_path.iterdir())) == 9
