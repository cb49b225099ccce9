"""One picture that says what the project does: photos, masks, cut-outs, the critic's doubts."""

from argparse import ArgumentParser, Namespace

import cv2
import matplotlib
import numpy as np
from skimage import data

from gecat.errors import Status
from gecat.inference.cutout import cutout, opacity
from gecat.inference.segmenter import Segmenter, load
from gecat.options import add_weights, new_picture, write_picture

SAMPLES = ("coffee", "astronaut", "chelsea", "rocket")
_PAPER = np.array([250, 250, 250], np.float32)


def add_options(parser: ArgumentParser) -> None:
    """Adds what `run` takes."""
    parser.add_argument(
        "--out", required=True, type=new_picture, metavar="FILE", help="the picture to write"
    )
    add_weights(parser)


def run(options: Namespace) -> Status:
    """Draws photos that come with scikit-image and what the networks make of them."""
    write_picture(overview(load(options.weights)), options.out)
    return Status.DONE


def overview(segmenter: Segmenter, height: int = 220) -> np.ndarray:
    """Draws four rows over four photos that come with scikit-image.

    Args:
        segmenter: of `gecat.load`.
        height: of each cell, in pixels.

    Returns:
        uint8 array (H, W, 3): photo, mask, score map, cut-out, from top to bottom.
    """
    columns = []
    for name in SAMPLES:
        photo = getattr(data, name)()
        result = segmenter(photo, refine=True)
        doubts = matplotlib.colormaps["cividis"](result.score_map)[..., :3] * 255.0
        rgba = cutout(result.image, opacity(result.mask)).astype(np.float32)
        alpha = rgba[..., 3:] / 255.0
        rows = [
            photo,
            np.repeat(result.mask[..., None] * 255.0, 3, axis=-1),
            doubts,
            alpha * rgba[..., :3] + (1.0 - alpha) * _PAPER,
        ]
        columns.append(_stack([_fit(row, height) for row in rows]))
    return np.concatenate(columns, axis=1)


def _fit(picture, height):
    width = round(picture.shape[1] * height / picture.shape[0])
    shrunk = cv2.resize(picture.astype(np.float32), (width, height), interpolation=cv2.INTER_AREA)
    return np.clip(shrunk, 0, 255).astype(np.uint8)


def _stack(rows, gap=6):
    padded = [np.pad(row, ((0, gap), (0, gap), (0, 0)), constant_values=255) for row in rows]
    return np.concatenate(padded, axis=0)
