"""What is refused is told in the language of the page, whatever file it was."""

import io
import re

import numpy as np
import pytest
from gecat.app.text import CHINESE, ENGLISH
from gecat.app.ui.reasons import in_words
from PIL import Image

from gecat.errors import ImageError
from gecat.images import reading
from gecat.images.datasets import load_photos
from gecat.images.reading import Limits, read_image

# Names of formats, and what the files themselves are called.
NAMES = {
    "JPEG",
    "PNG",
    "GIF",
    "BMP",
    "PDF",
    "ZIP",
    "SVG",
    "WebP",
    "AVIF",
    "TIFF",
    "HEIC",
    "Photoshop",
    "PostScript",
    "NumPy",
    "photos",
}


def png():
    buffer = io.BytesIO()
    Image.fromarray(np.random.default_rng(0).integers(0, 256, (90, 90, 3), np.uint8)).save(
        buffer, "PNG"
    )
    return buffer.getvalue()


def english_words(text):
    return set(re.findall(r"[A-Za-z][A-Za-z0-9]{2,}", text)) - NAMES


def refusal(source, limits=reading.DEFAULT_LIMITS):
    with pytest.raises(ImageError) as caught:
        read_image(source, limits=limits)
    return caught.value


OTHERS = [
    b"\0\0\0\x18ftypheic",
    b"\0\0\0\x18ftypmp42",
    b"%PDF",
    b"PK\x03\x04",
    b"8BPS",
    b"\xff\x0a",
    b"\0\0\0\x0cjP  ",
    b"\0\0\x01\0",
    b"%!PS",
    b"\x1f\x8b",
    b"\x93NUMPY",
    b"<svg",
    b"<html",
    b"text",
    b"\x01\x02\x03",
    b"",
    b"\xff\xd8\xff",
    b"GIF8",
    png()[:300],
    png()[:20],
]


@pytest.mark.parametrize("data", OTHERS, ids=lambda data: repr(data[:20]))
def test_no_english_is_left_where_a_file_is_refused(data):
    error = refusal(data)
    assert not english_words(in_words(error, CHINESE.reasons)), in_words(error, CHINESE.reasons)
    assert in_words(error, ENGLISH.reasons) == str(error)


@pytest.mark.parametrize("limits", [Limits(max_bytes=10), Limits(max_pixels=10)])
def test_no_english_is_left_where_a_file_is_too_large(limits):
    assert not english_words(in_words(refusal(png(), limits), CHINESE.reasons))


def test_no_english_is_left_where_too_few_photos_can_be_used(tmp_path):
    folder = tmp_path / "photos"
    folder.mkdir()
    (folder / "1.png").write_bytes(png())
    (folder / "2.png").write_bytes(b"only words")
    with pytest.raises(ImageError) as caught:
        load_photos(folder, 32, prior=None)
    told = in_words(caught.value, CHINESE.reasons)
    assert told.startswith("至少需要 8 张可用的照片。收到：photos 中有 1 张可用，1 张未使用。")
    assert english_words(told) == {"png"}
