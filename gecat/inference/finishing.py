"""The last touches of a result: a mask without specks and pinholes, a picture cut to its object."""

import cv2
import numpy as np

from gecat.inference.cutout import SOFTNESS

SPECK_SHARE = 0.001  # of the picture


def tidied(mask: np.ndarray) -> np.ndarray:
    """Takes specks out of a mask and closes pinholes, edges stay as soft as they are.

    Args:
        mask: float array (H, W) in [0, 1].

    Returns:
        float array (H, W) in [0, 1].
    """
    tidy = mask.copy()
    tidy[_specks(mask > 0.5 - SOFTNESS)] = 0.0
    tidy[_specks(tidy < 0.5 + SOFTNESS)] = 1.0
    return tidy


def object_window(opacity: np.ndarray) -> tuple[slice, slice]:
    """Returns rows and columns that hold all that can be seen; all of them where nothing can.

    Args:
        opacity: array (H, W), 0 where nothing is seen.
    """
    rows, columns = (np.flatnonzero(opacity.any(axis=axis)) for axis in (1, 0))
    if not len(rows):
        return slice(0, opacity.shape[0]), slice(0, opacity.shape[1])
    return slice(rows[0], rows[-1] + 1), slice(columns[0], columns[-1] + 1)


def _specks(region):
    """Where connected parts of a region (H, W) are too small to be meant."""
    _, labels, parts, _ = cv2.connectedComponentsWithStats(region.astype(np.uint8))
    small = parts[:, cv2.CC_STAT_AREA] < SPECK_SHARE * region.size
    small[0] = False  # what is outside of the region
    return small[labels]
