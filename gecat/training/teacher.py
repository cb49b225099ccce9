"""A trained generator as the next one's teacher: its masks, drawn along the photos' edges."""

import hashlib
from pathlib import Path

import cv2
import numpy as np

from gecat.images.prior import Teacher, sharpened
from gecat.model.compiled import compiled
from gecat.model.weights import load_weights


def network_teacher(path):
    """Makes a teacher of a weights file; no label is involved, only what it learned without any.

    Args:
        path: a weights file.

    Returns:
        `images.prior.Teacher`; a pseudo-mask is the mean of the generator's mask, averaged over the
        photo and its mirror image, and of GrabCut started from that mask's sure parts.

    Raises:
        WeightsError: if the file cannot be read.
    """
    loaded = load_weights(path)
    size = loaded.config.size
    fingerprint = hashlib.sha1(Path(path).read_bytes()).hexdigest()[:12]
    generator = compiled(lambda pictures: loaded.generator(pictures, training=False))

    def teach(image):
        small = cv2.resize(image, (size, size), interpolation=cv2.INTER_AREA)
        picture = small.astype(np.float32) / 127.5 - 1.0
        both = np.stack([picture, picture[:, ::-1]])
        logits = generator(both).numpy()[..., 0]  # (2, S, S)
        logits = 0.5 * (logits[0] + logits[1, :, ::-1])
        logits = cv2.resize(logits, image.shape[1::-1], interpolation=cv2.INTER_LINEAR)
        return sharpened(image, 1.0 / (1.0 + np.exp(-logits)))

    return Teacher(f"network {fingerprint}", teach)
