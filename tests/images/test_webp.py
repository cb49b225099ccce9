"""Large WebP files are decoded otherwise, to the same pixels; here all count as large."""

import io

import numpy as np
import pytest
from PIL import Image, ImageCms

from gecat.errors import ImageError
from gecat.images import webp
from gecat.images.reading import read_first


def picture(channels, seed=0):
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[0:61, 0:83]
    smooth = np.stack([x * 3, y * 4, (x + y) * 2, 255 - y * 3][:channels], axis=-1)
    return np.clip(smooth + rng.integers(0, 9, smooth.shape), 0, 255).astype(np.uint8)


def written(pixels, **options):
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "WEBP", **options)
    return buffer.getvalue()


@pytest.mark.parametrize("options", [{"lossless": True}, {}])
@pytest.mark.parametrize("channels", [3, 4])
def test_the_pixels_are_those_of_pillow(monkeypatch, channels, options):
    exif = Image.Exif()
    exif[0x0112] = 6
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    data = written(picture(channels), exif=exif, icc_profile=profile, **options)
    known, more = read_first(data)
    assert known.shape == (83, 61, channels) and not more
    monkeypatch.setattr(webp, "LARGE_PIXELS", 0)
    header = Image.open(io.BytesIO(data))
    assert webp.is_large_still(header) and webp.decoded(header, data) is not None
    found, more = read_first(data)
    np.testing.assert_array_equal(found, known)
    assert not more


def test_an_opaque_picture_has_three_channels(monkeypatch):
    monkeypatch.setattr(webp, "LARGE_PIXELS", 0)
    opaque = np.dstack([picture(3), np.full((61, 83), 255, np.uint8)])
    assert read_first(written(opaque, lossless=True))[0].shape == (61, 83, 3)


def test_animations_and_damaged_files_are_told(monkeypatch):
    monkeypatch.setattr(webp, "LARGE_PIXELS", 0)
    frames = [Image.fromarray(picture(3, seed)) for seed in range(2)]
    buffer = io.BytesIO()
    frames[0].save(buffer, "WEBP", save_all=True, append_images=frames[1:], lossless=True)
    photo, more = read_first(buffer.getvalue())
    np.testing.assert_array_equal(photo, picture(3))
    assert more
    data = written(picture(3))
    with pytest.raises(ImageError) as caught:
        read_first(data[: len(data) // 2])
    assert caught.value.code in ("image.cut_short", "image.damaged")
