"""How each refusal of a picture, or of a source of pictures, is provoked."""

import io
import zipfile

import numpy as np
from PIL import Image

from gecat.app.ui.uploads import uploaded_path
from gecat.evaluation.quality import read_triple
from gecat.images import decoding, sources
from gecat.images.datasets import load_photos
from gecat.images.limits import Limits
from gecat.images.reading import read_image, read_mask
from gecat.images.sources import kind_of, open_source
from gecat.training.calibration import calibrate


def png(side=90):
    """Bytes of a picture of noise."""
    buffer = io.BytesIO()
    pixels = np.random.default_rng(0).integers(0, 256, (side, side, 3), np.uint8)
    Image.fromarray(pixels).save(buffer, "PNG")
    return buffer.getvalue()


def saved(path, data):
    """Writes bytes, and returns the path."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


def archive(place, name="given.png", data=b"x"):
    """Writes an archive of one member."""
    path = place / "given.zip"
    with zipfile.ZipFile(path, "w") as file:
        file.writestr(name, data)
    return path


def spoilt_archive(place, at, value):
    """Writes an archive of one picture, with one byte of its directory and header changed."""
    path = archive(place, data=png())
    data = bytearray(path.read_bytes())
    for start in (0, data.index(b"PK\x01\x02") + 2):
        data[start + at] = value
    path.write_bytes(data)
    return path


def read_all(source):
    """Reads every member of a source."""
    with open_source(source, 64) as members:
        return [member.read() for member in members]


def arrays(place, array):
    """Writes an .npy file."""
    np.save(place / "given.npy", array)
    return place / "given.npy"


def photo_with_a_bad_mask(tools):
    for number in range(8):
        saved(tools.place / "images" / f"{number}.png", png(16))
    saved(tools.place / "masks" / "0.png", b"only words")
    ((_, error),) = load_photos(tools.place, 32).skipped
    raise error


def mask_of_another_size(tools):
    photo = saved(tools.place / "given.png", png(20))
    read_triple(photo, saved(tools.place / "mask.png", png(10)))


def too_large_an_archive(tools):
    tools.patch.setattr(sources, "MAX_MEMBERS", 0)
    read_all(archive(tools.place))


def packed_tightly(place):
    """Writes an archive of a packing that is not read."""
    with zipfile.ZipFile(place / "given.zip", "w", zipfile.ZIP_BZIP2) as file:
        file.writestr("given.png", png())
    return place / "given.zip"


def too_costly_a_photo(tools):
    server = decoding._Server(memory=1_000_000)
    tools.patch.setattr(decoding, "_server", lambda: server)
    try:
        decoding.read_image(png(2000))
    finally:
        server._end()


def no_photo_at_all(tools):
    (tools.place / "given").mkdir()
    out = tools.place / "out.safetensors"
    calibrate(tools.weights, tools.weights, tools.place / "given", out)


# The directory of these archives begins where no directory is.
LOST = bytes(46) + b"PK\x05\x06" + bytes(4) + b"\1\0\1\0" + b"\x2e\0\0\0" + bytes(6)
NAN = np.full((1, 4, 4, 3), np.nan, np.float32)

MANY = np.zeros((100_001, 1, 1, 3), np.uint8)

RECIPES = {
    "image.no_picture": lambda tools: read_image(b"\x01\x02\x03"),
    "image.damaged": lambda tools: read_image(b"\xff\xd8\xff"),
    "image.cut_short": lambda tools: read_image(png()[:300]),
    "image.no_pixels": lambda tools: read_image(Image.new("RGB", (0, 3))),
    "image.too_many_pixels": lambda tools: read_image(png(), Limits(max_pixels=10)),
    "image.too_many_bytes": lambda tools: read_image(png(), Limits(max_bytes=10)),
    "image.too_long": lambda tools: read_image(png(), Limits(max_side=10)),
    "image.empty": lambda tools: read_image(b""),
    "image.no_source": lambda tools: read_image(3),
    "image.missing": lambda tools: read_image(tools.place / "given.png"),
    "image.closed": lambda tools: read_image(tools.place / ("given" * 100)),
    "image.bad_array": lambda tools: read_image(np.zeros((2, 2))),
    "image.empty_array": lambda tools: read_image(np.zeros((0, 3, 3), np.uint8)),
    "image.bad_mask": photo_with_a_bad_mask,
    "image.mask_size": mask_of_another_size,
    "image.mask_values": lambda tools: read_mask(np.arange(9, dtype=np.uint8).reshape(3, 3)),
    "image.unknown_source": lambda tools: kind_of(tools.place / "given.txt"),
    "image.archive_damaged": lambda tools: read_all(saved(tools.place / "given.zip", LOST)),
    "image.archive_too_large": too_large_an_archive,
    "image.archive_leads_out": lambda tools: read_all(archive(tools.place, "../given.png")),
    "image.member_locked": lambda tools: read_all(spoilt_archive(tools.place, 6, 1)),
    "image.member_damaged": lambda tools: read_all(spoilt_archive(tools.place, 14, 0)),
    "image.member_packing": lambda tools: read_all(packed_tightly(tools.place)),
    "image.npy_damaged": lambda tools: read_all(saved(tools.place / "given.npy", b"only words")),
    "image.npy_kind": lambda tools: read_all(arrays(tools.place, np.zeros(3))),
    "image.npy_range": lambda tools: read_all(arrays(tools.place, np.full((1, 4, 4, 3), 300.0))),
    "image.npy_many": lambda tools: read_all(arrays(tools.place, MANY)),
    "image.not_finite": lambda tools: read_all(arrays(tools.place, NAN)),
    "image.too_few_photos": lambda tools: load_photos(
        saved(tools.place / "given" / "given.png", b"only words").parent, 32
    ),
    "image.none_read": no_photo_at_all,
    "image.too_costly": too_costly_a_photo,
    "image.not_uploaded": lambda tools: uploaded_path({"url": "somewhere"}),
}

# What other files are called, beside the codes themselves.
OTHER_KINDS = (
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
    b"GIF8",
    png()[:20],
)
