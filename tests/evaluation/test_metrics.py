import numpy as np
import pytest

from gecat.evaluation.metrics import (
    boundary_f,
    iou,
    max_f_beta,
    pixel_accuracy,
    precision_recall,
)

TRUTH = np.array([[1, 1, 0, 0]], bool)
MASK = np.array([[1.0, 0.4, 0.6, 0.0]])


def left_of(column, side=100):
    return np.tile(np.arange(side) < column, (side, 1))


def test_iou_is_the_shared_part_of_the_union():
    assert iou(MASK, TRUTH) == pytest.approx(1 / 3)
    assert iou(MASK, TRUTH, threshold=0.3) == pytest.approx(2 / 3)


def test_iou_takes_no_probability_that_equals_the_threshold():
    assert iou(np.full((1, 4), 0.5), TRUTH) == 0.0


def test_iou_never_chooses_the_polarity():
    assert iou(~TRUTH, TRUTH) == 0.0


def test_iou_without_any_object_is_one_only_if_the_mask_agrees():
    nothing = np.zeros((2, 2), bool)
    assert iou(nothing, nothing) == 1.0
    assert iou(~nothing, nothing) == 0.0


def test_ignored_pixels_do_not_count():
    ignore = np.array([[0, 0, 1, 0]], bool)
    assert iou(MASK, TRUTH, ignore=ignore) == pytest.approx(1 / 2)
    assert pixel_accuracy(MASK, TRUTH, ignore=ignore) == pytest.approx(2 / 3)
    everything = np.ones_like(TRUTH)
    assert iou(MASK, TRUTH, ignore=everything) == 1.0
    assert pixel_accuracy(MASK, TRUTH, ignore=everything) == 1.0


def test_pixel_accuracy_counts_both_sides():
    assert pixel_accuracy(MASK, TRUTH) == pytest.approx(1 / 2)


def test_max_f_beta_by_hand():
    # At 0.4 and below: precision 2/3, recall 1. Up to 0.6: 1/2, 1/2. Above: 1, 1/2.
    assert max_f_beta(precision_recall(MASK, TRUTH)) == pytest.approx(1.3 * 0.5 / (0.3 + 0.5))


def test_max_f_beta_takes_one_threshold_for_all_photos():
    low = precision_recall(np.array([[0.2, 0.2, 0.1, 0.1]]), TRUTH)
    high = precision_recall(np.array([[0.9, 0.9, 0.8, 0.8]]), TRUTH)
    assert max_f_beta(low) == max_f_beta(high) == 1.0
    assert max_f_beta([low, high]) < 0.9


def test_precision_and_recall_agree_with_counting():
    rng = np.random.default_rng(0)
    mask = rng.random((8, 9))
    truth, ignore = rng.random((8, 9)) > 0.6, rng.random((8, 9)) > 0.8
    curve = precision_recall(mask, truth, ignore)
    for level in (1, 60, 128, 250):
        predicted = (np.rint(mask * 255) >= level) & ~ignore
        hits = np.count_nonzero(predicted & truth)
        expected = hits / predicted.sum(), hits / np.count_nonzero(truth & ~ignore)
        assert curve[level - 1] == pytest.approx(expected)


def test_precision_and_recall_where_there_is_no_object():
    nothing = np.zeros((2, 2))
    assert max_f_beta(precision_recall(nothing, nothing)) == 1.0
    assert max_f_beta(precision_recall(nothing + 1, nothing)) == 0.0
    assert max_f_beta(precision_recall(nothing, nothing + 1)) == 0.0


@pytest.mark.parametrize(("column", "expected"), [(50, 1.0), (51, 1.0), (49, 1.0), (53, 0.0)])
def test_boundary_f_forgives_one_percent_of_the_diagonal(column, expected):
    assert boundary_f(left_of(column), left_of(50)) == expected


def test_boundary_f_by_hand():
    # Two outlines, one of them true: precision 1/2, recall 1.
    mask = left_of(50) | ~left_of(80)
    assert boundary_f(mask, left_of(50)) == pytest.approx(2 / 3)
    assert boundary_f(left_of(50), mask) == pytest.approx(2 / 3)


def test_boundary_f_where_an_outline_is_missing():
    nothing = np.zeros((20, 20), bool)
    assert boundary_f(nothing, nothing) == 1.0
    assert boundary_f(nothing, left_of(10, 20)) == 0.0
    assert boundary_f(~nothing, left_of(10, 20)) == 0.0


def test_rounding_beyond_the_range_is_forgiven():
    mask = np.array([[1 + 1e-6, 1.0, -1e-6, 0.0]])
    assert iou(mask, TRUTH) == max_f_beta(precision_recall(mask, TRUTH)) == 1.0


@pytest.mark.parametrize("score", [iou, pixel_accuracy, precision_recall, boundary_f])
def test_what_is_no_pair_of_masks_is_refused(score):
    with pytest.raises(ValueError, match=r"\(1, 3\)"):
        score(MASK[:, :3], TRUTH)
    with pytest.raises(ValueError, match="0 to 255"):
        score(np.array([[0, 255, 0, 0]], np.uint8), TRUTH)
    with pytest.raises(ValueError, match="nan"):
        score(np.array([[0, np.nan, 0, 0]]), TRUTH)
    with pytest.raises(ValueError, match=r"\(H, W\)"):
        score(MASK[..., None], TRUTH[..., None])
