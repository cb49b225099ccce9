"""Scores of one mask against one true mask.

Masks are bool, or probabilities in [0, 1]; a probability above the threshold is object. There is no
choice of polarity: the inverse of the truth scores as badly as it is.
"""

from collections.abc import Sequence

import cv2
import numpy as np

from gecat.images.sizes import ROUNDING

THRESHOLDS = np.arange(1, 256) / 255
BETA_SQUARED = 0.3


def iou(
    mask: np.ndarray, truth: np.ndarray, threshold: float = 0.5, ignore: np.ndarray | None = None
) -> float:
    """Intersection over union (Jaccard index) of the object.

    Args:
        mask: array (H, W), bool or probabilities in [0, 1].
        truth: array (H, W), bool or values in [0, 1], cut at 0.5.
        threshold: what a probability must exceed to be object.
        ignore: optional bool array (H, W); True where the truth is undecided, left out.

    Returns:
        A float in [0, 1]; 1.0 where neither has an object.

    Raises:
        ValueError: if shapes differ or values leave [0, 1].
    """
    predicted, true = _decided(mask, truth, threshold, ignore)
    union = np.count_nonzero(predicted | true)
    return np.count_nonzero(predicted & true) / union if union else 1.0


def pixel_accuracy(
    mask: np.ndarray, truth: np.ndarray, threshold: float = 0.5, ignore: np.ndarray | None = None
) -> float:
    """Share of the pixels that are put on the right side.

    Args:
        mask, truth, threshold, ignore: as for `iou`.

    Returns:
        A float in [0, 1]; 1.0 where every pixel is ignored.

    Raises:
        ValueError: if shapes differ or values leave [0, 1].
    """
    predicted, true = _decided(mask, truth, threshold, ignore)
    return float(np.mean(predicted == true)) if true.size else 1.0


def precision_recall(
    mask: np.ndarray, truth: np.ndarray, ignore: np.ndarray | None = None
) -> np.ndarray:
    """Precision and recall of the object at the 255 thresholds 1/255 ... 255/255.

    Args:
        mask, truth, ignore: as for `iou`; the mask is rounded to 8 bits, as a saved PNG is, and a
            value that reaches the threshold is object.

    Returns:
        float array (255, 2). A photo without an object has recall 1, and precision 1 where nothing
        is predicted; on other photos an empty prediction has precision 0.

    Raises:
        ValueError: if shapes differ or values leave [0, 1].
    """
    mask, truth = _checked(mask, truth)
    levels = np.rint(mask.astype(np.float32) * 255).astype(np.uint8)
    true = truth > 0.5
    kept = np.ones(true.shape, bool) if ignore is None else ~_same_shape(ignore, true).astype(bool)
    hits, misses = (
        np.bincount(levels[kept & part], minlength=256)[::-1].cumsum()[::-1][1:]
        for part in (true, ~true)
    )
    objects = np.count_nonzero(true & kept)
    predicted = hits + misses
    empty_precision = 0.0 if objects else 1.0
    precision = np.where(predicted > 0, hits / np.maximum(predicted, 1), empty_precision)
    recall = hits / objects if objects else np.ones(len(hits))
    return np.stack([precision, recall], axis=-1)


def max_f_beta(curves: Sequence[np.ndarray] | np.ndarray) -> float:
    """Highest F-measure over the thresholds, beta squared 0.3.

    Precision and recall are averaged over the photos before the maximum is taken, so one threshold
    serves them all (Achanta et al. 2009, "Frequency-tuned Salient Region Detection").

    Args:
        curves: array (255, 2) of one photo, or (N, 255, 2) of many, from `precision_recall`.

    Returns:
        A float in [0, 1].
    """
    curves = np.asarray(curves, float)
    precision, recall = curves.reshape(-1, *curves.shape[-2:]).mean(axis=0).T
    weighted = BETA_SQUARED * precision + recall
    f_beta = (1 + BETA_SQUARED) * precision * recall / np.where(weighted > 0, weighted, 1.0)
    return float(f_beta.max())


def boundary_f(
    mask: np.ndarray, truth: np.ndarray, threshold: float = 0.5, tolerance: float = 0.01
) -> float:
    """F-measure of the object's outline.

    Precision is the share of the mask's outline that lies near the true one, recall the share of
    the true outline that lies near the mask's (Perazzi et al. 2016, "A Benchmark Dataset and
    Evaluation Methodology for Video Object Segmentation", section 5.1).

    Args:
        mask, truth, threshold: as for `iou`.
        tolerance: what counts as near, as a share of the picture's diagonal.

    Returns:
        A float in [0, 1]; 1.0 where neither has an outline, 0.0 where only one has.

    Raises:
        ValueError: if shapes differ or values leave [0, 1].
    """
    mask, truth = _checked(mask, truth)
    predicted, true = _outline(mask > threshold), _outline(truth > 0.5)
    if not (predicted.any() and true.any()):
        return float(predicted.any() == true.any())
    reach = tolerance * np.hypot(*true.shape)
    precision = np.mean(_distance_to(true)[predicted] <= reach)
    recall = np.mean(_distance_to(predicted)[true] <= reach)
    total = precision + recall
    return float(2 * precision * recall / total) if total else 0.0


def _outline(region):
    """Object pixels with background above, below, left or right; the frame is no outline."""
    padded = np.pad(region, 1, mode="edge")
    inside = padded[:-2, 1:-1] & padded[2:, 1:-1] & padded[1:-1, :-2] & padded[1:-1, 2:]
    return region & ~inside


def _distance_to(outline):
    return cv2.distanceTransform((~outline).astype(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_PRECISE)


def _decided(mask, truth, threshold, ignore):
    """Both as flat bool arrays of the pixels that count."""
    mask, truth = _checked(mask, truth)
    predicted, true = mask > threshold, truth > 0.5
    if ignore is None:
        return predicted.ravel(), true.ravel()
    kept = ~_same_shape(ignore, true).astype(bool)
    return predicted[kept], true[kept]


def _checked(mask, truth):
    mask, truth = np.asarray(mask), np.asarray(truth)
    for name, array in (("mask", mask), ("truth", truth)):
        if array.ndim != 2:
            raise ValueError(f"The {name} must have shape (H, W), received {array.shape}.")
        if array.size and not (array.min() >= -ROUNDING and array.max() <= 1 + ROUNDING):
            low, high = array.min(), array.max()
            raise ValueError(
                f"The {name}'s values must lie in [0, 1], received {low:g} to {high:g}."
            )
    return _same_shape(mask, truth), truth


def _same_shape(array, truth):
    array = np.asarray(array)
    if array.shape != truth.shape:
        raise ValueError(
            f"A map must have the true mask's shape {truth.shape}, received {array.shape}."
        )
    return array
