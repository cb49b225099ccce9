"""A trained generator as the next one's teacher: its masks, drawn along the photos' edges."""

import hashlib
from pathlib import Path

from gecat.images.pseudo_masks import Teacher
from gecat.inference.segmenter import SHIPPED_WEIGHTS, Segmenter
from gecat.inference.sharpening import sharpened


def network_teacher(path):
    """Makes a teacher of a weights file; no label is involved, only what it learned without any.

    Args:
        path: a weights file.

    Returns:
        `pseudo_masks.Teacher`; a pseudo-mask is the generator's mask, sharpened by GrabCut that
        starts from its sure parts.

    Raises:
        WeightsError: if the file cannot be read.
    """
    told = Path(path).read_bytes() if Path(path).is_file() else b""
    # A copy of what ships is served as what ships is, by LiteRT.
    ships = SHIPPED_WEIGHTS.is_file() and told == SHIPPED_WEIGHTS.read_bytes()
    segment = Segmenter(SHIPPED_WEIGHTS if ships else path)
    segment.networks  # noqa: B018 - a file that cannot be read is told now
    fingerprint = hashlib.sha1(told).hexdigest()[:12]
    return Teacher(f"network {fingerprint}", lambda image: sharpened(image, segment.predict(image)))
