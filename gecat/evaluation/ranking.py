"""Do two lists agree in their order? The two scores that are made of ranks."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike
from scipy.stats import rankdata, spearmanr


def spearman(a: Sequence[float], b: Sequence[float]) -> float:
    """Spearman's rank correlation: Pearson's correlation of the ranks.

    Args:
        a, b: arrays (N,).

    Returns:
        float in [-1, 1]; 0.0 where one of them is constant.

    Raises:
        ValueError: if the lengths differ.
    """
    if len(a) != len(b):
        raise ValueError(f"Two lists of one length are needed, received {len(a)} and {len(b)}.")
    if np.ptp(a) == 0 or np.ptp(b) == 0:
        return 0.0
    return float(spearmanr(a, b).statistic)


def auroc(values: ArrayLike, positive: ArrayLike) -> float | None:
    """How often a positive has a larger value than a negative; ties count half.

    The area under the receiver operating characteristic, by the statistic of Mann and Whitney
    (Hanley and McNeil 1982).

    Args:
        values: array (N,).
        positive: bool array (N,).

    Returns:
        float in [0, 1], or None where all or none are positive.
    """
    positive = np.asarray(positive, bool)
    count = np.count_nonzero(positive)
    others = positive.size - count
    if not count or not others:
        return None
    rank_sum = rankdata(values)[positive].sum()
    return float((rank_sum - count * (count + 1) / 2) / (count * others))


def auroc_of_counts(positives: ArrayLike, negatives: ArrayLike) -> float | None:
    """`auroc` of values that were counted in bins, from small to large.

    Args:
        positives, negatives: arrays (B,), how many lie in each bin.

    Returns:
        float in [0, 1], or None where there are no positives or no negatives.
    """
    positives, negatives = np.asarray(positives, float), np.asarray(negatives, float)
    pairs = positives.sum() * negatives.sum()
    if not pairs:
        return None
    below = np.cumsum(negatives) - negatives
    return float(positives @ (below + 0.5 * negatives) / pairs)
