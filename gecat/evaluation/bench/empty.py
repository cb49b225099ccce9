"""Whether an empty picture gets an empty mask: grounds, skies and walls without any object."""

from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from typing import Any

import cv2
import numpy as np

from gecat.errors import Status
from gecat.images.scenes import draw_ground
from gecat.inference.batch import Predict
from gecat.inference.segmenter import load
from gecat.options import add_json, add_weights, write_json

COUNT = 100
SIDE = 256
LEAST_SHARE = 0.05  # of the picture; less foreground than this counts as none


def draw_sky(seed: int | Sequence[int], size: int) -> np.ndarray:
    """A sky: two colours from top to bottom, soft clouds in every other one; uint8 (S, S, 3)."""
    rng = np.random.default_rng(seed)
    down = np.linspace(0.0, 1.0, size)[:, None, None]
    top, bottom = rng.uniform([40, 90, 150], [110, 160, 235]), rng.uniform(150, 245, 3)
    sky = np.broadcast_to(top + down * (bottom - top), (size, size, 3)).astype(np.float32)
    clouds = smooth_noise(rng, size, 5) * rng.integers(0, 2) * rng.uniform(0.1, 0.5)
    return _finish(sky + clouds[..., None] * (245.0 - sky), rng)


def draw_wall(seed: int | Sequence[int], size: int) -> np.ndarray:
    """A wall: one colour under light that falls off to one side, with fine grain; as `draw_sky`."""
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[0:size, 0:size] / size - 0.5
    angle = rng.uniform(0.0, 2.0 * np.pi)
    light = 1.0 + rng.uniform(0.1, 0.6) * (np.cos(angle) * x + np.sin(angle) * y)
    grain = 1.0 + rng.uniform(0.0, 0.1) * (smooth_noise(rng, size, size // 4) - 0.5)
    return _finish(rng.uniform(70, 220, 3) * (light * grain)[..., None], rng)


def smooth_noise(rng: np.random.Generator, size: int, cells: int) -> np.ndarray:
    """Noise of so many cells a side, in [0, 1], float32 (size, size)."""
    grid = rng.uniform(0.0, 1.0, (cells, cells)).astype(np.float32)
    return np.clip(cv2.resize(grid, (size, size), interpolation=cv2.INTER_CUBIC), 0.0, 1.0)


KINDS = {"ground": draw_ground, "sky": draw_sky, "wall": draw_wall}


def add_options(parser: ArgumentParser) -> None:
    """Adds what `run` takes."""
    add_weights(parser)
    add_json(parser)


def run(options: Namespace) -> Status:
    """Asks the networks; returns the Status."""
    result = count_empty(load(options.weights).predict)
    by_kind = ", ".join(f"{kind} {share:.0%}" for kind, share in result["kinds"].items())
    print(
        f"{result['empty']:.0%} of {result['count']} pictures without an object have less than "
        f"{LEAST_SHARE:.0%} foreground ({by_kind})"
    )
    write_json(result, options.json)
    return Status.DONE


def count_empty(predict: Predict, count: int = COUNT, size: int = SIDE) -> dict[str, Any]:
    """Asks for the masks of pictures that show nothing.

    Args:
        predict: function from a uint8 photo (H, W, 3) to its mask (H, W) in [0, 1].
        count: pictures, the kinds in turn.
        size: side of the pictures in pixels.

    Returns:
        dict: "count"; "empty", the share of the pictures with less than LEAST_SHARE of foreground
        at threshold 0.5; "kinds", the same share by kind; "shares", the foreground of each picture.
    """
    names = [list(KINDS)[index % len(KINDS)] for index in range(count)]
    shares = [
        float(np.mean(predict(KINDS[name]((index, 1), size)) > 0.5))
        for index, name in enumerate(names)
    ]
    empty = np.array(shares) < LEAST_SHARE
    kinds = {name: float(np.mean(empty[[name == one for one in names]])) for name in KINDS}
    return {"count": count, "empty": float(empty.mean()), "kinds": kinds, "shares": shares}


def _finish(picture, rng):
    noisy = picture + rng.normal(0.0, 2.0, picture.shape)
    return (np.clip(noisy, 0.0, 255.0) + 0.5).astype(np.uint8)
