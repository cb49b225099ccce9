"""Photos come from a process of their own, the same as they would here."""

import numpy as np
import pytest

from gecat.errors import ImageError
from gecat.images.datasets import load_photos
from gecat.training.arriving import Arriving


def arriving(source, **options):
    usual = {"prior": "barrier", "teacher": None, "cache": None, "limit": 40, "seed": 3}
    return Arriving(source, 32, **usual | options)


def test_photos_that_arrive_are_those_that_would_be_read_here():
    expected = load_photos("scenes", 32, prior="barrier", limit=40, seed=3)
    told = []
    with arriving("scenes", progress=lambda *done: told.append(done)) as coming:
        growing = coming.first(8)
        first = len(growing.names)
        np.testing.assert_array_equal(growing.priors[:first], expected.priors[:first])
        photos = coming.photos()
        assert coming.complete and first >= 8
        coming.check()
    assert photos.names == growing.names == expected.names
    assert not photos.has_mask.any()  # a scene's mask is there to be scored with
    for name in ("images", "priors", "masks"):
        np.testing.assert_array_equal(getattr(photos, name), getattr(expected, name))
    assert told[-1] == (40, 40)


def test_what_cannot_be_read_is_refused_here(tmp_path):
    (tmp_path / "photo.png").write_bytes(b"no photo")
    with arriving(tmp_path) as coming, pytest.raises(ImageError) as refused:
        coming.photos()
    assert refused.value.code == "image.too_few_photos"
    with arriving(tmp_path / "missing") as coming, pytest.raises(ImageError):
        coming.first(8)


def test_a_reader_that_dies_ends_the_waiting():
    with arriving("scenes", limit=100_000) as coming:
        coming.first(8)
        coming._process.kill()
        with pytest.raises(RuntimeError, match="has ended"):
            coming.photos()
