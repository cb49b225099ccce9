import numpy as np
import pytest

from gecat.evaluation.ranking import auroc, auroc_of_counts, spearman


def test_equal_values_share_the_mean_of_their_ranks():
    assert spearman([30, 10, 20, 10], [4, 1.5, 3, 1.5]) == pytest.approx(1)
    # Ranks from their mean: 0.5 0.5 -1 and -1 0 1.
    assert spearman([7, 7, 5], [1, 2, 3]) == pytest.approx(-1.5 / np.sqrt(1.5 * 2))


def test_spearman_of_hand_worked_lists():
    assert spearman([1, 2, 3], [10, 20, 900]) == pytest.approx(1)
    assert spearman([1, 2, 3], [3, 2, 1]) == pytest.approx(-1)
    # Squared rank differences 1, 1, 0: 1 - 6 * 2 / (3 * 8).
    assert spearman([1, 2, 3], [2, 1, 3]) == pytest.approx(0.5)
    assert spearman([1, 1, 1], [1, 2, 3]) == 0
    assert spearman([1], [2]) == 0


def test_spearman_needs_lists_of_one_length():
    with pytest.raises(ValueError, match="received 2 and 3"):
        spearman([1, 2], [1, 2, 3])


def test_auroc_of_hand_worked_lists():
    # Of the four pairs, 0.8 > 0.5, 0.8 > 0.1 and 0.3 > 0.1 are the right way round.
    assert auroc([0.8, 0.3, 0.5, 0.1], [True, True, False, False]) == 0.75
    assert auroc([1, 1], [True, False]) == 0.5
    assert auroc([1, 2], [True, True]) is None


def test_auroc_of_counts_is_that_of_the_values():
    rng = np.random.default_rng(0)
    values, positive = rng.integers(0, 8, 200), rng.random(200) < 0.3
    counts = [np.bincount(values[part], minlength=8) for part in (positive, ~positive)]
    assert auroc_of_counts(*counts) == pytest.approx(auroc(values, positive))
    assert auroc_of_counts([0, 0], [1, 2]) is None
