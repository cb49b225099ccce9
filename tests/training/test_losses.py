"""The terms of the losses by hand, and the order that they put masks in."""

import numpy as np
import pytest

from gecat.training import losses

ONES = np.ones((1, 2, 2, 1), np.float32)


def masks(*values):
    return np.array(values, np.float32).reshape(1, 2, 2, 1)


def value(result):
    return float(np.asarray(result)[0])


def test_cross_entropy_by_hand():
    # logits 0 cost log 2 a pixel, whatever the target
    assert value(losses.cross_entropy(0 * ONES, masks(0, 1, 1, 0), ONES)) == pytest.approx(
        np.log(2), abs=1e-6
    )
    # logit 2 against target 1: log(1 + e^-2)
    assert value(losses.cross_entropy(2 * ONES, ONES, ONES)) == pytest.approx(
        np.log1p(np.exp(-2)), abs=1e-6
    )


def test_cross_entropy_leaves_out_what_weighs_nothing():
    weights = masks(1, 0, 0, 0)
    logits = masks(3, -9, -9, -9)
    expected = np.log1p(np.exp(-3.0)) / 4
    assert value(losses.cross_entropy(logits, ONES, weights)) == pytest.approx(expected, abs=1e-6)


def test_overlap_by_hand():
    # two pixels shared, three in the union
    loss = losses.overlap_loss(masks(1, 1, 0, 0), masks(1, 1, 1, 0), ONES)
    assert value(loss) == pytest.approx(1 / 3, abs=1e-3)
    assert value(losses.overlap_loss(0 * ONES, 0 * ONES, ONES)) == pytest.approx(0.0)


def test_adversarial_by_hand():
    logits, score_map = np.zeros((1, 1), np.float32), 0 * ONES
    for share in (0.0, 0.4, 1.0):
        loss = losses.adversarial_loss(logits, score_map, share)
        assert value(loss) == pytest.approx(np.log(2), abs=1e-6)
    sure = losses.adversarial_loss(logits + 4, score_map, 0.0)
    assert value(sure) == pytest.approx(np.log1p(np.exp(-4)), abs=1e-6)


def test_ranking_by_hand():
    fitting, wrong = masks(1, 1, 0, 0), masks(1, 1, 1, 0)
    real, worse = np.float32([[3.0]]), np.float32([[1.0]])
    # a third of the union is wrong, so the order counts in full: log(1 + e^(1 - 3))
    loss = losses.ranking_loss(real, worse, wrong, fitting, ONES)
    assert value(loss) == pytest.approx(np.log1p(np.exp(-2)), abs=1e-6)
    assert value(losses.ranking_loss(worse, real, wrong, fitting, ONES)) > value(loss)
    # half as sure of the fitting mask, half the loss; no difference, no order
    halved = losses.ranking_loss(real, worse, wrong, fitting, 0.5 * ONES)
    assert value(halved) == pytest.approx(0.5 * value(loss), abs=1e-6)
    assert value(losses.ranking_loss(real, worse, fitting, fitting, ONES)) == pytest.approx(0.0)


def test_area_hinge_by_hand():
    assert value(losses.area_hinge(0.1 * ONES, 0.2, 0.8)) == pytest.approx(0.5, abs=1e-5)
    assert value(losses.area_hinge(0.9 * ONES, 0.2, 0.8)) == pytest.approx(0.5, abs=1e-5)
    assert value(losses.area_hinge(0.5 * ONES, 0.2, 0.8)) == 0.0


def test_binarisation_by_hand():
    assert value(losses.binarisation(masks(0, 1, 0.5, 0.5))) == pytest.approx(0.5)


def test_a_better_verdict_costs_less():
    fitting, shown = masks(1, 1, 0, 0), masks(1, 0, 0, 0)
    right = 6.0 * masks(1, -1, 1, 1)  # wrong at the second pixel alone
    logit = np.zeros((1, 1), np.float32)  # its overlap is one half

    def loss(image_logits, map_logits, share):
        return value(
            losses.discriminator_loss(image_logits, map_logits, shown, fitting, ONES, share)
        )

    assert loss(logit, right, 1.0) < loss(logit, 0 * right, 1.0) < loss(logit, -right, 1.0)
    assert loss(logit, right, 0.0) < loss(logit + 3, right, 0.0)
    assert loss(logit, right, 0.0) < loss(logit - 3, right, 0.0)


def test_a_real_pair_wants_the_verdict_one():
    pair = masks(1, 1, 0, 0)
    verdicts = [
        value(
            losses.discriminator_loss(
                np.full((1, 1), z, np.float32), 0 * ONES, pair, pair, ONES, 0.0
            )
        )
        for z in (-2.0, 0.0, 2.0)
    ]
    assert verdicts[0] > verdicts[1] > verdicts[2]
