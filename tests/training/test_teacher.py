"""A generator as teacher: its masks come back drawn along edges."""

import numpy as np

from gecat.images.datasets import load_photos
from gecat.images.prior import sharpened
from gecat.training.teacher import network_teacher


def disc(radius):
    y, x = np.mgrid[0:96, 0:96]
    return (y - 48) ** 2 + (x - 48) ** 2 < radius**2


def test_a_coarse_mask_is_drawn_along_the_edge():
    generator = np.random.default_rng(0)
    truth = disc(24)
    image = np.where(truth[..., None], [200, 60, 40], [40, 90, 160]) + generator.normal(
        0, 12, (96, 96, 3)
    )
    image = np.clip(image, 0, 255).astype(np.uint8)
    coarse = np.where(disc(18), 0.99, np.where(disc(32), 0.6, 0.01))
    found = sharpened(image, coarse) > 0.5
    assert (found & truth).sum() / (found | truth).sum() > 0.97


def test_an_empty_mask_stays_empty():
    image = np.random.default_rng(0).integers(0, 255, (64, 64, 3), np.uint8)
    assert sharpened(image, np.full((64, 64), 0.02)).max() < 0.5


def test_a_network_teaches_photos(small_weights, tmp_path):
    teacher = network_teacher(small_weights)
    photos = load_photos("scenes", 64, prior=teacher, limit=9, cache=tmp_path)
    again = load_photos("scenes", 64, prior=teacher, limit=9, cache=tmp_path)
    assert photos.priors.shape == (9, 64, 64)
    np.testing.assert_array_equal(photos.priors, again.priors)
    assert len(list(tmp_path.iterdir())) == 9
