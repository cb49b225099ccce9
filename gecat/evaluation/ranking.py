"""Do two lists agree in their order? Ranks, and the two scores that are made of them."""

import numpy as np


def ranks(values):
    """Ranks from 1 upwards; equal values share the mean of their ranks.

    Args:
        values: array (N,).

    Returns:
        float array (N,).
    """
    _, places, counts = np.unique(values, return_inverse=True, return_counts=True)
    return (np.cumsum(counts) - (counts - 1) / 2)[places]


def spearman(a, b):
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
    a, b = (ranks(values) - (len(values) + 1) / 2 for values in (a, b))
    size = np.sqrt((a @ a) * (b @ b))
    return float(a @ b / size) if size > 0 else 0.0


def auroc(values, positive):
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
    rank_sum = ranks(values)[positive].sum()
    return float((rank_sum - count * (count + 1) / 2) / (count * others))


def auroc_of_counts(positives, negatives):
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
