import io

import numpy as np
import pytest
from PIL import Image

from gecat.app.ui.encoding import ROWS, encode


@pytest.mark.parametrize("shape", [(1, 1), (ROWS, 7, 3), (2 * ROWS + 3, 40, 4), (1, 5000)])
def test_a_png_holds_the_picture_to_the_pixel(shape):
    picture = np.random.default_rng(0).integers(0, 256, shape, np.uint8)
    for given in (picture, picture[::-1], np.full_like(picture, 7)):
        with Image.open(io.BytesIO(encode(given, "PNG"))) as image:
            image.verify()
        assert np.array_equal(Image.open(io.BytesIO(encode(given, "PNG"))), given)
