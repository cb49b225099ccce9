"""Pictures as the bytes of files that are offered."""

import struct
import zlib

import cv2
import numpy as np

from gecat.images.bands import bands
from gecat.images.png import SIGNATURE, chunk

ROWS = 64  # of a picture that are written at a time
COLOUR_TYPES = {1: 0, 3: 2, 4: 6}  # of PNG, by channels
UP = 2  # the filter of PNG that stores what differs from the row above


def encode(picture, kind):
    """Bytes of a picture, fast rather than small: somebody waits for them.

    Args:
        picture: uint8 (H, W), (H, W, 3) or (H, W, 4); kind: "PNG", or "JPEG" of three channels.
    """
    if kind == "PNG":
        return png_of((picture[rows] for rows in bands(len(picture), ROWS)), picture.shape)
    _, data = cv2.imencode(
        ".jpg", cv2.cvtColor(picture, cv2.COLOR_RGB2BGR), [cv2.IMWRITE_JPEG_QUALITY, 92]
    )
    return data.tobytes()


def png_of(parts, shape):
    """Returns the bytes of a PNG file whose picture comes in parts: it never lies there whole.

    Pillow tries five filters on each row; one, of NumPy's, takes less than half of the time.

    Args:
        parts: uint8 arrays (h, W, ...), from above to below; shape: (H, W, ...) of all.
    """
    return b"".join(_chunks(parts, shape))


def _chunks(parts, shape):
    height, width, channels = (*shape, 1)[:3]
    yield SIGNATURE
    yield chunk(b"IHDR", struct.pack("!2I5B", width, height, 8, COLOUR_TYPES[channels], 0, 0, 0))
    packing = zlib.compressobj(1)
    above = np.zeros((1, width * channels), np.uint8)
    for part in parts:
        band = part.reshape(-1, width * channels)
        lines = np.empty((len(band), 1 + width * channels), np.uint8)
        lines[:, 0] = UP
        np.subtract(band, np.concatenate([above, band[:-1]]), out=lines[:, 1:])
        above = band[-1:]
        yield chunk(b"IDAT", packing.compress(lines))
    yield chunk(b"IDAT", packing.flush())
    yield chunk(b"IEND", b"")
