import io

import numpy as np
import pytest
from PIL import Image

from gecat.app.ui import encoding
from gecat.app.ui.encoding import png_of


@pytest.mark.parametrize("shape", [(1, 1), (64, 7, 3), (130, 40, 4), (1, 5000)])
def test_a_png_holds_the_picture_to_the_pixel(shape, monkeypatch):
    monkeypatch.setattr(encoding, "PART", 1000)
    picture = np.random.default_rng(0).integers(0, 256, shape, np.uint8)
    for given in (picture, picture[::-1], np.full_like(picture, 7)):
        with Image.open(io.BytesIO(png_of(given))) as image:
            image.verify()
        assert np.array_equal(Image.open(io.BytesIO(png_of(given))), given)
