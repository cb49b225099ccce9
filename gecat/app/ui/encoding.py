"""Pictures as the bytes of files that are offered, fast rather than small: somebody waits."""

import io
import struct
import zlib

import cv2
import numpy as np

from gecat.images.bands import bands
from gecat.images.png import SIGNATURE, chunk

PART = 1_000_000  # bytes of a picture that are written at a time
QUALITY = 92  # of JPEG, of 100
COLOUR_TYPES = {1: 0, 3: 2, 4: 6}  # of PNG, by channels
UP = 2  # the filter of PNG that stores what differs from the row above


def png_of(picture):
    """Bytes of a PNG file.

    Args:
        picture: uint8 (H, W), (H, W, 3) or (H, W, 4).
    """
    writer = PngWriter(picture.shape)
    writer.add(picture)
    return writer.finish()


def jpeg_of(picture):
    """Bytes of a JPEG file. The picture is used up: there is no room for two of a large one.

    Args:
        picture: uint8 (H, W, 3), RGB; afterwards BGR, as OpenCV takes it.
    """
    for rows in bands(len(picture)):
        picture[rows] = cv2.cvtColor(picture[rows], cv2.COLOR_RGB2BGR)
    _, data = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, QUALITY])
    return data.tobytes()


class PngWriter:
    """A PNG file of a picture that comes in parts and never lies there whole.

    Pillow tries five filters on each row; one, of NumPy's, takes less than half of the time.

    Args:
        shape: (H, W), (H, W, 3) or (H, W, 4) of all.
    """

    def __init__(self, shape):
        height, width, channels = (*shape, 1)[:3]
        head = struct.pack("!2I5B", width, height, 8, COLOUR_TYPES[channels], 0, 0, 0)
        self._file = io.BytesIO()
        self._packing = zlib.compressobj(1)
        self._above = np.zeros((1, width * channels), np.uint8)
        self._file.write(SIGNATURE + chunk(b"IHDR", head))

    def add(self, part):
        """Adds rows, uint8 (h, W, ...), below those that are there."""
        for rows in bands(len(part), max(1, PART // self._above.size)):
            band = part[rows].reshape(-1, self._above.size)
            lines = np.empty((len(band), 1 + self._above.size), np.uint8)
            lines[:, 0] = UP
            np.subtract(band, np.concatenate([self._above, band[:-1]]), out=lines[:, 1:])
            self._above = band[-1:].copy()
            self._file.write(chunk(b"IDAT", self._packing.compress(lines)))

    def finish(self):
        """Returns the bytes of the file, once all rows are there."""
        self._file.write(chunk(b"IDAT", self._packing.flush()))
        self._file.write(chunk(b"IEND", b""))
        return self._file.getvalue()
