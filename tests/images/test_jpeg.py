import io
import struct
from collections import Counter

import numpy as np
import pytest
from PIL import Image

from gecat.images.jpeg import EXIF_SEGMENTS, without_long_exif
from gecat.images.reading import read_image


def segment(marker, body):
    return bytes([0xFF, marker]) + struct.pack(">H", 2 + len(body)) + body


@pytest.fixture
def jpeg():
    stream = io.BytesIO()
    exif = Image.Exif()
    exif[0x0112] = 6  # lies on its side
    Image.new("RGB", (64, 32), "red").save(stream, "JPEG", exif=exif)
    return stream.getvalue()


def exif_segments(data):
    return Counter(data[at : at + 6] for at in range(len(data) - 6))[b"Exif\0\0"]


@pytest.mark.parametrize("between", [b"", b"\xff", b"\xff\xd0", segment(0xE2, b"another")])
def test_exif_is_read_up_to_a_bound(jpeg, between):
    first = jpeg.index(b"Exif\0\0") - 4
    more = (between + segment(0xE1, b"Exif\0\0" + bytes(60_000))) * 450
    end = first + 2 + int.from_bytes(jpeg[first + 2 : first + 4])
    data = jpeg[:end] + more + jpeg[end:]
    assert exif_segments(without_long_exif(data)) == EXIF_SEGMENTS
    read = read_image(data)
    assert read.shape == (64, 32, 3)
    assert (read == read_image(jpeg)).all()


def test_other_files_stay_as_they_are(jpeg):
    rng = np.random.default_rng(0)
    for data in (jpeg, b"", b"\xff\xd8", jpeg[:30], rng.bytes(1000), b"\xff" * 1000):
        assert without_long_exif(data) == data
