"""TIFF strips that end before the picture does are refused; sound ones are read."""

import io
import struct

import numpy as np
import pytest
from PIL import Image

from gecat.images.reading import ImageError, read_image

GROUP_3, GROUP_4, JPEG = 3, 4, 7


def tiff(strip, width, height, compression, photometric=0, bits=(1,)):
    """A TIFF of one strip that claims the whole picture."""
    many = struct.pack(f"<{len(bits)}H", *bits)
    at = 8 + len(strip) + len(strip) % 2
    where = bits[0] if len(bits) == 1 else at
    tags = [
        (256, 3, 1, width),
        (257, 3, 1, height),
        (258, 3, len(bits), where),
        (259, 3, 1, compression),
        (262, 3, 1, photometric),
        (273, 4, 1, 8),
        (277, 3, 1, len(bits)),
        (278, 3, 1, height),
        (279, 4, 1, len(strip)),
    ]
    directory = struct.pack("<H", len(tags))
    directory += b"".join(struct.pack("<HHII", *tag) for tag in tags) + bytes(4)
    head = struct.pack("<2sHI", b"II", 42, at + len(many))
    return head + strip + bytes(len(strip) % 2) + many + directory


def strip_of(picture, **options):
    """The bytes of the one strip of a TIFF as Pillow writes it."""
    stream = io.BytesIO()
    picture.save(stream, "TIFF", strip_size=1 << 30, **options)
    with Image.open(stream) as written:
        (start,), (count,) = written.tag_v2[273], written.tag_v2[279]
    return stream.getvalue()[start : start + count]


def jpeg_of(height):
    stream = io.BytesIO()
    ramp = np.tile(np.arange(512, dtype=np.uint8), (height, 1))
    Image.fromarray(ramp).save(stream, "JPEG")
    return stream.getvalue()


CHECKS = Image.fromarray(np.indices((2000, 2000)).sum(0) // 8 % 2 > 0)


@pytest.mark.parametrize(
    "data",
    [
        tiff(bytes(40), 512, 512, GROUP_3),
        tiff(b"\x55" * 40, 512, 512, GROUP_4),
        tiff(b"\x55" * 200, 512, 512, GROUP_4),
        tiff(strip_of(CHECKS, compression="group4")[:9000], 2000, 2000, GROUP_4),
        tiff(jpeg_of(16), 512, 384, JPEG, photometric=1, bits=(8,)),
    ],
    ids=["zeros", "0x55", "more 0x55", "a cut Group 4", "16 rows of JPEG for 384"],
)
def test_what_strips_do_not_fill_is_not_shown(data):
    with pytest.raises(ImageError, match="damaged or cut short"):
        read_image(data)


@pytest.mark.parametrize("compression", ["group3", "group4", "jpeg", "tiff_lzw", "raw"])
def test_a_sound_tiff_is_read(compression):
    picture = CHECKS if compression.startswith("group") else CHECKS.convert("RGB")
    stream = io.BytesIO()
    picture.save(stream, "TIFF", compression=compression)
    read = read_image(stream.getvalue())
    expected = np.asarray(picture.convert("RGB"))
    assert np.abs(read.astype(int) - expected).mean() < 6
    assert (read == read_image(stream.getvalue())).all()
