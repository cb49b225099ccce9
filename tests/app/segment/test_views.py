import io

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from gecat.app.segment import views
from gecat.app.segment.views import Kept
from gecat.files import free_name

COLOUR = (10, 200, 30)


@pytest.fixture
def kept():
    image = np.random.default_rng(0).integers(0, 256, (120, 200, 3), np.uint8)
    mask = np.zeros((120, 200), np.uint8)
    mask[20:80, 50:150] = 230
    mask[90:110, 10:40] = 100
    return Kept(image, mask, 0.75, "photo")


def test_the_threshold_becomes_one_half():
    mask = np.arange(256, dtype=np.uint8)[None]
    for threshold in (0.1, 0.5, 0.8):
        opacity = views.settle(mask, threshold)[0]
        assert np.all(np.diff(opacity) >= 0)
        assert np.array_equal(opacity[1:-1] > 0.5, np.arange(1, 255) / 255 > threshold)


def test_what_is_sure_stays_sure_at_any_threshold():
    mask = np.array([[0, 255]], np.uint8)
    for threshold in (0.02, 0.98):
        assert np.array_equal(views.settle(mask, threshold), [[0, 1]])


def test_a_lower_threshold_shows_more(kept):
    low, high = (views.draw(kept, threshold, COLOUR) for threshold in (0.2, 0.6))
    assert low.share > high.share
    assert (len(low.boxes), len(high.boxes)) == (2, 1)
    assert (high.boxes[0].left, high.boxes[0].top) == (50, 20)
    assert (high.boxes[0].right, high.boxes[0].bottom) == (150, 80)


def test_every_view_has_the_photos_shape(kept):
    drawn = views.draw(kept, 0.5, COLOUR)
    for picture in (drawn.photo, drawn.overlay, drawn.composite, drawn.cutout, drawn.mask):
        assert picture.shape[:2] == (120, 200)
    assert np.all(drawn.composite[0, 0] == COLOUR)
    assert np.array_equal(drawn.cutout[..., 3], drawn.mask)


def test_large_photos_are_shown_smaller_and_measured_whole(kept):
    drawn = views.draw(kept, 0.5, COLOUR, side=50)
    assert drawn.photo.shape == (30, 50, 3)
    assert views.measure(kept, 0.5)["boxes"][0]["right"] == 150


def test_files_are_of_full_size(kept):
    files = views.make_files(kept, 0.5, COLOUR)
    assert list(files) == ["photo-cutout.png", "photo-mask.png", "photo-background.jpg"]
    pictures = [Image.open(io.BytesIO(data)) for data in files.values()]
    assert [picture.mode for picture in pictures] == ["RGBA", "L", "RGB"]
    assert {picture.size for picture in pictures} == {(200, 120)}
    assert np.array_equal(np.asarray(pictures[0])[..., 3], np.asarray(pictures[1]))


def test_without_a_background_that_file_is_left_out(kept):
    assert list(views.make_files(kept, 0.5)) == ["photo-cutout.png", "photo-mask.png"]


@pytest.mark.parametrize(
    ("name", "stem"),
    [
        ("cat.jpg", "cat"),
        ("my holiday photo.png", "my-holiday-photo"),
        ("../../etc/passwd", "passwd"),
        ("猫.webp", "猫"),
        ("<b>&.gif", "b"),
        ("...", "photo"),
        ("x" * 300 + ".png", "x" * 60),
    ],
)
def test_download_names_are_harmless(name, stem):
    assert views.safe_stem(name) == stem


@given(st.text())
def test_no_name_leaves_its_folder(name):
    stem = views.safe_stem(name)
    assert 0 < len(stem) <= 60
    assert not set(stem) & set("/\\.<>&\"'\0")


def test_names_that_are_taken_get_a_number():
    taken = {"a.png", "a-2.png"}
    assert free_name("a.png", taken) == "a-3.png"
    assert free_name("b.png", taken) == "b.png"


@pytest.mark.parametrize(
    ("text", "colour"),
    [
        ("#1a2b3c", (26, 43, 60)),
        ("#FFF", (255, 255, 255)),
        ("#1a2b3cff", (26, 43, 60)),
        ("rgb(26, 43, 60)", (26, 43, 60)),
        ("rgba(26.4, 43, 255.2, 0.5)", (26, 43, 255)),
    ],
)
def test_colours_are_read_as_browsers_write_them(text, colour):
    assert views.parse_colour(text) == colour


@pytest.mark.parametrize("text", ["red", "", "#12", "#12345g", "rgb(1, 2)", "rgb(999, 0, 0)", None])
def test_what_is_no_colour_is_named(text):
    with pytest.raises(ValueError, match="Received"):
        views.parse_colour(text)
