"""HEIC, as most phones write it: read like any other photo, in the bounded process too."""

import io

import numpy as np
import pillow_heif
import pytest
from PIL import Image

from gecat.images import decoding
from gecat.images.limits import Limits
from gecat.images.reading import ImageError, read_image, read_photo

from .icc import rgb_profile
from .test_profiles import by_littlecms, colours, farthest


def heic(image, exif=None):
    """Bytes of a HEIC photo; its file says how it is turned, beside its Exif, as phones' do."""
    buffer = io.BytesIO()
    file = pillow_heif.from_pillow(image)
    if exif is not None:
        file.info["exif"] = exif.tobytes()
    file.save(buffer, quality=100, chroma=444)
    return buffer.getvalue()


def test_a_photo_is_read_in_srgb_and_in_a_process_of_its_own():
    photo, profile = colours(), rgb_profile()
    photo.info["icc_profile"] = profile
    data = heic(photo)
    expected = by_littlecms(photo, profile)
    assert farthest(np.asarray(photo), expected) > 10
    assert np.abs(read_image(data) - expected).mean() < 1.5
    assert np.array_equal(decoding.read_image(data), read_image(data))


@pytest.mark.parametrize("orientation", range(1, 9))
def test_every_orientation_is_turned_upright(orientation):
    stored = Image.fromarray(np.uint8(np.mgrid[:32, :48][1] < 16) * 255).convert("RGB")
    exif = Image.Exif()
    exif[0x0112] = orientation
    read = read_image(heic(stored, exif))
    png = io.BytesIO()
    stored.save(png, "PNG", exif=exif)
    expected = read_image(png.getvalue())
    assert read.shape == expected.shape
    assert np.abs(read.astype(int) - expected).mean() < 4


def test_opacity_is_kept():
    photo = np.zeros((32, 48, 4), np.uint8)
    photo[..., 0], photo[8:24, 12:36, 3] = 200, 128
    read = read_photo(heic(Image.fromarray(photo))).astype(int)
    assert np.abs(read[..., 3] - photo[..., 3]).mean() < 3
    assert np.abs(read[10:22, 14:34, 0] - 200).max() < 6


def test_of_several_pictures_the_one_that_is_meant_is_read():
    album = pillow_heif.from_pillow(Image.new("RGB", (32, 32), "red"))
    album.add_from_pillow(Image.new("RGB", (64, 48), "blue"))
    buffer = io.BytesIO()
    album.save(buffer, quality=90, primary_index=1)
    assert read_image(buffer.getvalue()).shape == (48, 64, 3)


def test_its_size_is_known_before_a_pixel_is_decoded():
    data = heic(Image.new("RGB", (64, 48)))
    for read in (read_image, decoding.read_image):
        with pytest.raises(ImageError, match="64 x 48 pixels"):
            read(data, Limits(max_pixels=64 * 48 - 1))


@pytest.mark.parametrize("share", [0.02, 0.3, 0.6, 0.95])
def test_a_photo_that_is_cut_short_is_refused_as_such(share):
    noise = np.random.default_rng(0).integers(0, 256, (48, 64, 3), np.uint8)
    data = heic(Image.fromarray(noise))
    with pytest.raises(ImageError, match="damaged.*(HEIC|HEIF)"):
        read_image(data[: max(16, int(share * len(data)))])
