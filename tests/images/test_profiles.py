"""Colours come out as littlecms gives them, whatever the profile, the mode and the format."""

import io

import numpy as np
import pytest
from PIL import Image, ImageCms

from gecat.images import decoding
from gecat.images.reading import read_image

from .icc import (
    ADOBE_RGB,
    DISPLAY_P3,
    PROPHOTO,
    cmyk_profile,
    grey_profile,
    rgb_profile,
)

RGB = {
    "Display P3": rgb_profile(DISPLAY_P3),
    "Adobe RGB": rgb_profile(ADOBE_RGB),
    "ProPhoto": rgb_profile(PROPHOTO, 1.8),
}
FORMATS = {
    "PNG": {},
    "TIFF": {},
    "JPEG": {"quality": 100, "subsampling": 0},
    "WEBP": {"lossless": True},
    "AVIF": {"quality": 100, "subsampling": "4:4:4"},
}


def colours(mode="RGB"):
    """A smooth picture that goes through most colours of a mode."""
    y, x = np.mgrid[0:48, 0:64]
    planes = [x * 4, y * 5, 255 - x * 2 - y * 2, (x + y) // 2]
    bands = [Image.fromarray(plane.astype(np.uint8)) for plane in planes]
    return Image.merge(mode, bands[: len(Image.new(mode, (1, 1)).getbands())])


def encoded(image, kind="PNG", **options):
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def by_littlecms(image, profile):
    profile = ImageCms.ImageCmsProfile(io.BytesIO(profile))
    srgb = ImageCms.createProfile("sRGB")
    return np.asarray(ImageCms.profileToProfile(image, profile, srgb, outputMode="RGB"), int)


def farthest(found, expected):
    return np.abs(found.astype(int) - expected).max()


@pytest.mark.parametrize("name", RGB)
@pytest.mark.parametrize("kind", FORMATS)
def test_photos_of_other_colour_spaces_become_srgb(kind, name):
    photo, profile = colours(), RGB[name]
    data = encoded(photo, kind, icc_profile=profile, **FORMATS[kind])
    with Image.open(io.BytesIO(data)) as stored:
        expected = by_littlecms(stored.convert("RGB"), profile)
    assert farthest(np.asarray(photo), expected) > 10  # the profile matters
    assert farthest(read_image(data), expected) <= 3
    assert np.array_equal(decoding.read_image(data), read_image(data))


@pytest.mark.parametrize("kind", ["PNG", "TIFF", "JPEG"])
def test_greys_have_profiles_too(kind):
    profile = grey_profile(1.0)
    data = encoded(colours("L"), kind, icc_profile=profile)
    with Image.open(io.BytesIO(data)) as stored:
        expected = by_littlecms(stored, profile)
    assert farthest(np.asarray(colours("L"))[..., None], expected) > 30
    assert farthest(read_image(data), expected) <= 3


@pytest.mark.parametrize("kind", ["TIFF", "JPEG"])
def test_inks_are_seen_as_they_are_printed(kind):
    profile = cmyk_profile()
    data = encoded(colours("CMYK"), kind, icc_profile=profile)
    with Image.open(io.BytesIO(data)) as stored:
        expected = by_littlecms(stored, profile)
        assert farthest(np.asarray(stored.convert("RGB")), expected) > 30
    assert farthest(read_image(data), expected) <= 3


@pytest.mark.parametrize("mode", ["P", "RGBA", "LA"])
def test_palettes_and_transparent_pictures_are_converted(mode):
    profile = grey_profile(1.0) if mode == "LA" else RGB["Display P3"]
    plain = "L" if mode == "LA" else "RGB"
    stored = colours(plain).convert(mode)
    expected = by_littlecms(stored.convert(plain), profile)
    assert farthest(read_image(encoded(stored, icc_profile=profile)), expected) <= 3


def test_pil_images_bring_their_profile():
    photo = colours()
    photo.info["icc_profile"] = RGB["Adobe RGB"]
    assert farthest(read_image(photo), by_littlecms(photo, RGB["Adobe RGB"])) <= 3


@pytest.mark.parametrize(
    "profile",
    [
        b"no profile",
        RGB["Display P3"][:300],
        RGB["Display P3"].replace(b"rXYZ", b"none"),
        RGB["Display P3"].replace(b"RGB ", b"nCLR"),
        grey_profile(),
        cmyk_profile(),
    ],
    ids=["words", "cut short", "without red", "another space", "of greys", "of inks"],
)
@pytest.mark.parametrize("kind", ["PNG", "TIFF", "WEBP"])
def test_a_broken_or_unfit_profile_is_as_good_as_none(kind, profile):
    data = encoded(colours(), kind, icc_profile=profile, **FORMATS[kind])
    np.testing.assert_array_equal(read_image(data), np.asarray(colours()))


def test_a_profile_that_says_srgb_changes_nothing():
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    data = encoded(colours(), icc_profile=profile)
    np.testing.assert_array_equal(read_image(data), np.asarray(colours()))


def test_lab_is_a_colour_space_of_its_own():
    srgb, lab = map(ImageCms.createProfile, ("sRGB", "LAB"))
    stored = ImageCms.profileToProfile(colours(), srgb, lab, outputMode="LAB")
    read = read_image(encoded(stored, "TIFF")).astype(int)
    assert np.abs(read - np.asarray(colours())).mean() < 3
