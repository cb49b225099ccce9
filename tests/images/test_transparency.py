"""Photos that one can see through keep their opacity and their colours, and stand out."""

import io

import numpy as np
import pytest
from PIL import Image

from gecat.images import decoding
from gecat.images.reading import read_image, read_photo
from gecat.images.transparency import as_networks_see, laid_on, shrunk


def subject(colour, alpha=255, hidden=(255, 255, 255)):
    photo = np.zeros((60, 80, 4), np.uint8)
    photo[..., :3] = hidden
    photo[15:45, 20:60] = (*colour, alpha)
    return photo


def encoded(photo, kind="PNG", **options):
    buffer = io.BytesIO()
    Image.fromarray(photo).save(buffer, kind, **options)
    return buffer.getvalue()


@pytest.mark.parametrize(("kind", "options"), [("PNG", {}), ("WEBP", {"lossless": True})])
def test_opacity_and_colours_are_read_apart(kind, options):
    photo = subject((200, 60, 40), 128)
    data = encoded(photo, kind, exact=True, **options)
    for read in (read_photo(data), decoding.read_first(data)[0]):
        np.testing.assert_array_equal(read, photo)
    assert np.abs(read_image(data)[30, 40].astype(int) - (227, 157, 147)).max() <= 1


def test_a_photo_that_is_opaque_everywhere_has_three_channels():
    assert read_photo(encoded(np.full((9, 9, 4), 255, np.uint8))).shape == (9, 9, 3)
    assert read_photo(encoded(np.full((9, 9), 255, np.uint8))).shape == (9, 9, 3)


@pytest.mark.parametrize("mode", ["L", "RGB", "P", "I;16"])
def test_a_colour_that_stands_for_nothing_is_transparent(mode):
    deep = np.full(
        (6, 8), 900 if mode == "I;16" else 200, np.uint16 if mode == "I;16" else np.uint8
    )
    deep[:, :4] = 7
    image = Image.fromarray(deep)
    image = image.convert(mode) if mode != "I;16" else image
    buffer = io.BytesIO()
    image.save(buffer, "PNG", transparency=(7, 7, 7) if mode == "RGB" else 7)
    alpha = read_photo(buffer.getvalue())[..., 3]
    assert (alpha[:, :4] == 0).all() and (alpha[:, 4:] == 255).all()


@pytest.mark.parametrize("colour", [(255, 255, 255), (0, 0, 0), (128, 128, 128), (250, 240, 255)])
def test_networks_see_what_stands_out(colour):
    seen = as_networks_see(subject(colour, hidden=colour)).astype(int)
    assert np.abs(seen[30, 40] - seen[0, 0]).max() > 90
    assert np.all(seen[30, 40] == colour)


def test_a_subject_of_black_and_white_stands_out_too():
    photo = subject((0, 0, 0))
    photo[15:45, 20:40, :3] = 255
    seen = as_networks_see(photo).astype(int)
    assert min(np.abs(seen[30, column] - seen[0, 0]).max() for column in (30, 50)) > 90


def test_opaque_photos_are_seen_as_they_are():
    photo = np.random.default_rng(0).integers(0, 256, (9, 9, 3), np.uint8)
    assert as_networks_see(photo) is laid_on(photo) is photo


def test_a_small_copy_shows_no_hidden_colour():
    small = shrunk(subject((200, 60, 40), 255, hidden=(0, 255, 0)), 27)
    visible = small[small[..., 3] > 8, :3].astype(int)
    assert np.abs(visible - (200, 60, 40)).max() <= 12
    assert small.shape == (20, 27, 4)
