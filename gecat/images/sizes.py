"""Pictures of the sizes that people look at and that networks can take."""

import cv2
import numpy as np

LARGE_PIXELS = 16_000_000  # one photo of so many is worked on at a time: each takes much memory
ROUNDING = 1e-3  # blurred or resized masks leave [0, 1] by a little


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


def network_input(image: np.ndarray, height: int, width: int) -> np.ndarray:
    """float32 (1, height, width, 3) in [-1, 1] of a uint8 photo."""
    return resized(image, height, width)[None].astype(np.float32) / 127.5 - 1.0
