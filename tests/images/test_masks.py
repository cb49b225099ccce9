"""What the numbers of a mask mean."""

import io

import numpy as np
import pytest
from PIL import Image

from gecat.images.reading import ImageError, read_mask

from .icc import grey_profile

INSIDE = np.zeros((12, 16), bool)
INSIDE[3:9, 4:12] = True


def encoded(values, kind="PNG", palette=None, **options):
    image = Image.fromarray(values)
    if palette is not None:
        image.putpalette(palette)
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


@pytest.mark.parametrize("value", [1, 2, 10, 38, 127, 128, 200, 255])
@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_two_values_are_black_and_white(value, dtype):
    values = INSIDE.astype(dtype) * dtype(value)
    assert np.array_equal(read_mask(encoded(values)) > 127, INSIDE)
    assert set(np.unique(read_mask(encoded(values, "TIFF")))) == {0, 255}


@pytest.mark.parametrize("value", [300, 1000, 32768, 65535])
def test_16_bits_of_black_and_white(value):
    values = INSIDE.astype(np.uint16) * np.uint16(value)
    assert np.array_equal(read_mask(encoded(values)), INSIDE * np.uint8(255))


def test_one_and_two_are_black_and_white_as_well():
    assert np.array_equal(read_mask(encoded(INSIDE.astype(np.uint8) + 1)) > 127, INSIDE)


@pytest.mark.parametrize(
    "palette",
    [
        [0, 0, 0, 128, 0, 0],
        [0, 0, 0, 1, 1, 1],
        [0, 0, 0, 0, 0, 0],
        [9, 9, 9, 9, 9, 9],
        [0, 0, 0, 255, 255, 255],
    ],
    ids=["coloured", "grey", "black", "all the same", "white"],
)
def test_palettes_of_every_kind(palette):
    data = encoded(INSIDE.astype(np.uint8), palette=palette)
    assert np.array_equal(read_mask(data) > 127, INSIDE)


@pytest.mark.parametrize("found", [(0, 1, 2), (0, 10, 20), (0, 1, 2, 255), tuple(range(21))])
def test_numbers_of_classes_are_refused_in_words(found):
    values = np.resize(np.array(found, np.uint8), (12, 16))
    for data in (encoded(values), encoded(values.astype(np.uint16))):
        with pytest.raises(ImageError, match=rf"values {found[0]}, {found[1]}, {found[2]}"):
            read_mask(data)


def test_classes_in_colours_are_all_object():
    palette = [0, 0, 0, 128, 0, 0, 0, 128, 0, 128, 128, 0]
    values = INSIDE.astype(np.uint8)
    values[5, 6:9] = (2, 3, 2)
    assert np.array_equal(read_mask(encoded(values, palette=palette)) > 127, INSIDE)


@pytest.mark.parametrize("kind", ["JPEG", "WEBP", "AVIF"])
def test_noise_of_compression_is_no_number_of_a_class(kind):
    noise = np.random.default_rng(0).integers(0, 5, INSIDE.shape)
    assert read_mask(encoded(noise.astype(np.uint8), kind, quality=95)).max() < 16
    values = (noise + 248 * INSIDE).astype(np.uint8)
    assert np.array_equal(read_mask(encoded(values, kind, quality=95)) > 127, INSIDE)


@pytest.mark.parametrize(
    "values",
    [
        np.arange(192, dtype=np.uint8).reshape(12, 16),
        np.resize(np.array([0, 128, 255], np.uint8), (12, 16)),
        np.full((12, 16), 51, np.uint8),
        np.arange(100, dtype=np.uint8).reshape(10, 10),
    ],
    ids=["soft", "three greys", "even", "dark"],
)
def test_greys_stay(values):
    assert np.array_equal(read_mask(encoded(values)), values)


def test_a_profile_does_not_change_the_numbers():
    values = np.arange(192, dtype=np.uint8).reshape(12, 16)
    assert np.array_equal(read_mask(encoded(values, icc_profile=grey_profile())), values)
