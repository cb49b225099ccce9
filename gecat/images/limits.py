"""How large a file and the picture in it may be, here and in processes that are begun here."""

import os
from dataclasses import dataclass

from gecat.options import MOST_MEGAPIXELS

MEGAPIXELS = 64  # a phone's 50 "MP" are 8192 x 6144, a little more
VARIABLE = "GECAT_MAX_MEGAPIXELS"


@dataclass(frozen=True)
class Limits:
    """What is taken at most: bytes of a file, and pixels of the picture in it.

    A side has a limit of its own, since decoders and OpenCV keep hundreds of bytes a row: a photo
    1 pixel wide and 50,000,000 high took 21 GB. No browser's canvas shows a longer one.
    """

    max_bytes: int = 40_000_000
    max_pixels: int = MEGAPIXELS * 1_000_000
    max_side: int = 32_767


DEFAULT_LIMITS = Limits()


def allow_megapixels(megapixels: int) -> None:
    """Sets how large a picture may be, 1 to MOST_MEGAPIXELS; processes begun from here know it."""
    os.environ[VARIABLE] = str(megapixels)


def limits_in_use() -> Limits:
    """Returns the Limits that hold where nobody names others."""
    said = os.environ.get(VARIABLE, "")
    if not said.isdecimal() or int(said) < 1:
        return DEFAULT_LIMITS
    megapixels = min(int(said), MOST_MEGAPIXELS)
    # A larger picture has a larger file.
    most_bytes = DEFAULT_LIMITS.max_bytes * max(megapixels, MEGAPIXELS) // MEGAPIXELS
    return Limits(max_bytes=most_bytes, max_pixels=megapixels * 1_000_000)
