"""What is wrong in a photo's metadata costs at most the metadata."""

import io
import struct
import zlib

import numpy as np
import pytest
from PIL import Image

from gecat.images.reading import ImageError, read_image

STORED = np.zeros((40, 60, 3), np.uint8)
STORED[:20, :20] = 250  # a corner that tells how it was turned
TURNED = np.rot90(STORED, -1)  # orientation 6
KINDS = ("JPEG", "PNG", "WEBP")


def encoded(kind, **options):
    buffer = io.BytesIO()
    options = {"lossless": True} | options if kind == "WEBP" else options
    Image.fromarray(STORED).save(buffer, kind, **options)
    return buffer.getvalue()


def exif(*entries):
    """An Exif block that says orientation 6, and further entries (tag, type, count, value)."""
    entries = [(0x112, 3, 1, b"\6\0\0\0"), *entries]
    packed = b"".join(struct.pack("<HHI", *entry[:3]) + entry[3] for entry in entries)
    return b"Exif\0\0II*\0\x08\0\0\0" + struct.pack("<H", len(entries)) + packed + bytes(4)


TURNING = {
    "an ASCII resolution": exif((0x11A, 2, 4, b"72\0\0"), (0x11B, 2, 4, b"72\0\0")),
    "a signed resolution": exif((0x11A, 10, 1, b"\x1a\0\0\0")),
    "a type that is none": exif((0x11A, 99, 1, bytes(4))),
    "a block beyond the end": exif((0x8769, 4, 1, b"\xf0\xff\xff\xff")),
    "a block that is its own": exif((0x8769, 4, 1, b"\x08\0\0\0")),
    "a note of 4 GB": exif((0x927C, 7, 4_000_000_000, b"\3\0\0\0")),
}
RANDOM = np.random.default_rng(0).integers(0, 256, 300, np.uint8).tobytes()
GARBAGE = {
    "noise": b"Exif\0\0" + RANDOM,
    "a header alone": b"Exif\0\0II*\0",
    "nothing": b"Exif\0\0",
}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("block", TURNING.values(), ids=TURNING)
def test_a_turned_photo_is_upright_whatever_else_its_metadata_say(kind, block):
    read = read_image(encoded(kind, exif=block))
    assert read.shape == TURNED.shape
    assert np.abs(read.astype(int) - TURNED).mean() < 3


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("block", GARBAGE.values(), ids=GARBAGE)
def test_a_photo_with_metadata_that_are_none_is_read(kind, block):
    read = read_image(encoded(kind, exif=block))
    assert np.abs(read.astype(int) - STORED).mean() < 3


def chunk(name, body, checksum=None):
    checksum = zlib.crc32(name + body) if checksum is None else checksum
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", checksum)


def png_with(*chunks):
    """A PNG with chunks behind its header."""
    data = encoded("PNG")
    return data[:33] + b"".join(chunks) + data[33:]


CHUNKS = {
    "a torn resolution": chunk(b"pHYs", b"\1"),
    "a wrong checksum": chunk(b"tIME", bytes(7), 5),
    "a torn profile": chunk(b"iCCP", b"a\0\0" + RANDOM),
    "a huge profile": chunk(b"iCCP", b"a\0\0" + zlib.compress(bytes(3_000_000))),
    "a huge text": chunk(b"zTXt", b"a\0\0" + zlib.compress(bytes(3_000_000))),
    "a torn text": chunk(b"zTXt", b"a\0\0" + RANDOM),
    "a torn animation": chunk(b"acTL", b"\1"),
    "an empty rendering intent": chunk(b"sRGB", b""),
    "Exif as text": chunk(b"tEXt", b"Raw profile type exif\0" + RANDOM),
}


@pytest.mark.parametrize("bad", CHUNKS.values(), ids=CHUNKS)
def test_a_png_with_a_bad_chunk_is_read(bad):
    np.testing.assert_array_equal(read_image(png_with(bad)), STORED)


@pytest.mark.parametrize("bad", CHUNKS.values(), ids=CHUNKS)
def test_a_good_chunk_beside_a_bad_one_counts(bad):
    turned = chunk(b"eXIf", exif()[6:])
    np.testing.assert_array_equal(read_image(png_with(bad, turned)), TURNED)


def test_a_bad_chunk_does_not_hide_that_the_pixels_are_damaged():
    data = png_with(chunk(b"pHYs", b"\1"))
    with pytest.raises(ImageError, match="damaged or cut short"):
        read_image(data[: len(data) - 40])
