"""Pictures of the sizes that people look at and that networks can take."""

from collections.abc import Iterator

import cv2
import numpy as np

from gecat.images.bands import bands

LARGE_PIXELS = 16_000_000  # one photo of so many is worked on at a time: each takes much memory
ROWS = 32  # of a band that is scaled up at a time
ROUNDING = 1e-3  # blurred or resized masks leave [0, 1] by a little


def is_large(picture: np.ndarray) -> bool:
    """Whether a picture (H, W, ...) is so large that it is worked on alone, and in bytes."""
    return picture.shape[0] * picture.shape[1] >= LARGE_PIXELS


def shrink(picture: np.ndarray, side: int) -> np.ndarray:
    """Scales a picture down until its longer side is at most `side` pixels.

    Args:
        picture: uint8 or float32 array (H, W) or (H, W, C).
        side: in pixels, 1 or more.

    Returns:
        an array of the same type; the picture itself where it is small enough.
    """
    longer = max(picture.shape[:2])
    if longer <= side:
        return picture
    height, width = (max(1, round(length * side / longer)) for length in picture.shape[:2])
    return cv2.resize(picture, (width, height), interpolation=cv2.INTER_AREA)


def network_size(shape: tuple[int, ...], longer_side: int, stride: int) -> tuple[int, int]:
    """The size nearest to a photo's shape that the networks can take.

    Args:
        shape: (H, W, ...) of the photo.
        longer_side: wanted, in pixels.
        stride: both sides are multiples of this, in pixels.

    Returns:
        (height, width).
    """
    scale = longer_side / max(shape[:2])
    height, width = (max(1, round(side * scale / stride)) * stride for side in shape[:2])
    return height, width


def resized(array: np.ndarray, height: int, width: int) -> np.ndarray:
    """The array (H, W) or (H, W, C) at another size, by the method that suits the direction."""
    shrinks = height * width < array.shape[0] * array.shape[1]
    method = cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR
    return cv2.resize(array, (width, height), interpolation=method)


def enlarged(maps: list[np.ndarray], height: int, width: int) -> Iterator[tuple[slice, list]]:
    """Scales maps up, a band of rows at a time: at full size they never lie in memory.

    Args:
        maps: arrays (h, w), no larger than what becomes of them.
        height, width: wanted.

    Yields:
        (rows, float32 arrays (len(rows), width), one of each map, by linear interpolation as
        OpenCV's).
    """
    rows = maps[0].shape[0]
    wide = [
        cv2.resize(part.astype(np.float32), (width, rows), interpolation=cv2.INTER_LINEAR)
        for part in maps
    ]
    for band in bands(height, ROWS):
        at = (np.arange(band.start, band.stop, dtype=np.float32) + 0.5) * (rows / height) - 0.5
        at = np.clip(at, 0, rows - 1)
        near = np.arange(int(at[0]), min(int(at[-1]) + 2, rows))
        weights = np.maximum(0, 1 - np.abs(at[:, None] - near)).astype(np.float32)
        yield band, [cv2.gemm(weights, part[near[0] : near[-1] + 1], 1, None, 0) for part in wide]


def network_input(image: np.ndarray, height: int, width: int) -> np.ndarray:
    """float32 (1, height, width, 3) in [-1, 1] of a uint8 photo."""
    return resized(image, height, width)[None].astype(np.float32) / 127.5 - 1.0
