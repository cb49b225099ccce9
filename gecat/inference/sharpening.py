"""A soft mask drawn along its photo's edges: GrabCut proposes, the mask disposes.

GrabCut knows the colours of this one photo, which no network does, and nothing of things. Where it
runs off into another thing of the same colours, the mask that it began from holds it back.
"""

import cv2
import numpy as np

from gecat.images.pseudo_masks import grabcut

LEAST_AGREEMENT = 0.2  # intersection over union under which a cut is of something else
_CERTAIN = 0.98  # object and ground of a mask beyond the cut's reach


def sharpened(image: np.ndarray, soft: np.ndarray) -> np.ndarray:
    """Draws a soft mask's edge where the photo has one, by GrabCut from its sure parts.

    Args:
        image: uint8 array (H, W, 3), RGB.
        soft: float array (H, W) in [0, 1].

    Returns:
        float32 array (H, W), over 0.5 just where `sharpening_cut` says object.
    """
    return lean(soft, sharpening_cut(image, soft))


def lean(soft: np.ndarray, cut: np.ndarray) -> np.ndarray:
    """Half the mask's log odds, and 2 for or against: over 0.5 just where the cut says object.

    The mean of both would hand down the size of a mask that is too large. Odds against the cut
    count 49 to 1 at most, and 2 is more than half of their logarithm.

    Args:
        soft: float array (H, W) in [0, 1]; cut: bool array (H, W).

    Returns:
        float32 array (H, W) in [0, 1].
    """
    soft = np.clip(soft, np.where(cut, 1.0 - _CERTAIN, 0.0), np.where(cut, 1.0, _CERTAIN))
    for_object = np.sqrt(soft) * np.where(cut, np.e, 1.0 / np.e)
    against = np.sqrt(1.0 - soft) * np.where(cut, 1.0 / np.e, np.e)
    return (for_object / (for_object + against)).astype(np.float32)


def sharpening_cut(image: np.ndarray, soft: np.ndarray) -> np.ndarray:
    """GrabCut started from a mask's sure parts, without what the mask does not bear out.

    Args:
        image: uint8 array (H, W, 3), RGB.
        soft: float array (H, W) in [0, 1].

    Returns:
        bool array (H, W); `soft` over 0.5 where GrabCut has lost the object.
    """
    labels = np.where(soft > 0.6, cv2.GC_PR_FGD, cv2.GC_PR_BGD).astype(np.uint8)
    labels[soft < 1.0 - _CERTAIN] = cv2.GC_BGD
    labels[soft > 0.9] = cv2.GC_FGD
    solid = soft > 0.5
    cut = grabcut(image, iterations=1, start=labels)
    shared, either = np.count_nonzero(cut & solid), np.count_nonzero(cut | solid)
    cut = cut if shared > LEAST_AGREEMENT * either else solid
    return without_islands(without_leaks(cut, soft), soft)


def without_leaks(
    cut: np.ndarray, soft: np.ndarray, least: float = 0.4, share: float = 0.03
) -> np.ndarray:
    """Takes from a cut what it adds to its mask, where that is much and little believed.

    Args:
        cut: bool array (H, W).
        soft: float array (H, W) in [0, 1], the mask that the cut began from.
        least: mean of `soft` that a connected addition needs.
        share: of the cut, up to which an addition is taken for a finer edge and stays.

    Returns:
        bool array (H, W).
    """
    regions, sizes, means = _regions(cut & (soft <= 0.5), soft)
    leaks = (means < least) & (sizes > share * np.count_nonzero(cut))
    return cut & ~leaks[regions]


def without_islands(cut: np.ndarray, soft: np.ndarray, least: float = 0.5) -> np.ndarray:
    """Takes from a cut the objects, all but the largest, that its mask believes in too little.

    Args:
        cut: bool array (H, W).
        soft: float array (H, W) in [0, 1], the mask that the cut began from.
        least: mean of `soft` that an object needs.

    Returns:
        bool array (H, W).
    """
    objects, sizes, means = _regions(cut, soft)
    kept = (means > least) | (sizes == sizes.max())
    return cut & kept[objects]


def _regions(where, soft):
    """Connected regions: a label a pixel (H, W), and by label their sizes and means of `soft`.

    Label 0 is all the rest; it has the size 0.
    """
    count, labels = cv2.connectedComponents(where.astype(np.uint8), connectivity=8)
    sizes = np.bincount(labels.ravel(), minlength=count)
    means = np.bincount(labels.ravel(), soft.ravel(), minlength=count) / np.maximum(sizes, 1)
    sizes[0] = 0
    return labels, sizes, means
