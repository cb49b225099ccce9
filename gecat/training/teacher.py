"""A trained generator as the next one's teacher: its masks, drawn along the photos' edges."""

import hashlib
from pathlib import Path

import cv2
import numpy as np

from gecat.images.pseudo_masks import Teacher
from gecat.images.sizes import network_input, network_size
from gecat.inference.sharpening import sharpened
from gecat.model.compiled import compiled
from gecat.model.weights import load_weights


def network_teacher(path):
    """Makes a teacher of a weights file; no label is involved, only what it learned without any.

    Args:
        path: a weights file.

    Returns:
        `images.prior.Teacher`; a pseudo-mask is the generator's mask, sharpened by GrabCut that
        starts from its sure parts.

    Raises:
        WeightsError: if the file cannot be read.
    """
    loaded = load_weights(path)
    config = loaded.config
    fingerprint = hashlib.sha1(Path(path).read_bytes()).hexdigest()[:12]
    generator = compiled(lambda pictures: loaded.generator(pictures, training=False))

    def teach(image):
        size = network_size(image.shape, config.inference_size, config.stride)
        logits = generator(network_input(image, *size)).numpy()[0, ..., 0]
        logits = cv2.resize(logits, image.shape[1::-1], interpolation=cv2.INTER_LINEAR)
        return sharpened(image, 1.0 / (1.0 + np.exp(-logits)))

    return Teacher(f"network {fingerprint}", teach)
