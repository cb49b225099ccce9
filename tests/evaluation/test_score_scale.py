import numpy as np
import pytest

from gecat.evaluation.score_scale import (
    Calibration,
    from_verdicts,
    load_calibration,
    save_calibration,
)

RESULT = {
    "images": [
        {
            "true": 0.9,
            "own": 0.7,
            "own_iou": 0.8,
            "spoiled": [
                ["grown", "middle", 0.4, 0.6],
                ["grown", "mild", 0.6, 0.8],
                ["all", "middle", 0.1, 0.2],
            ],
        },
        {"true": 0.8, "own": 0.5, "own_iou": 0.6, "spoiled": [["cut", "middle", 0.3, 0.5]]},
    ]
}


def test_spoilings_of_middle_strength_make_the_scale():
    known = from_verdicts(RESULT)
    assert list(known.true) == [0.9, 0.8]
    assert list(known.spoiled) == [0.4, 0.3]
    assert list(known.own_iou) == [0.8, 0.6]


def test_a_score_has_its_place_among_the_known():
    known = from_verdicts(RESULT)
    assert known.shares_below(0.35) == (0.0, 0.5)
    assert known.shares_below(0.85) == (0.5, 1.0)


def test_the_nearest_scores_tell_the_iou():
    score = np.linspace(0, 1, 101)
    known = Calibration(score, score, score, score**2)
    low, middle, high = known.expected_iou(0.5)
    assert low < middle < high
    # The ten nearest are 0.45 to 0.54, and 0.91 to 1.
    assert middle == pytest.approx((0.49**2 + 0.5**2) / 2)
    assert known.expected_iou(1.0)[1] == pytest.approx((0.95**2 + 0.96**2) / 2)


def test_it_lies_beside_the_weights_or_nowhere(tmp_path):
    weights = tmp_path / "base.safetensors"
    assert load_calibration(weights) is None
    save_calibration(RESULT, tmp_path / "base.scale.json")
    assert list(load_calibration(weights).own) == [0.7, 0.5]
