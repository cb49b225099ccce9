from functools import partial

import cv2
import numpy as np
import pytest

from gecat.evaluation.metrics import boundary_f, iou
from gecat.inference.refinement import guided_filter, raised, refine
from gecat.inference.sharpening import sharpened


def disc_photo(side=240):
    y, x = np.mgrid[:side, :side] - side / 2
    truth = np.hypot(y, x) < side * 0.3
    noise = np.random.default_rng(0).normal(0, 5, (side, side, 3))
    colours = np.where(truth[..., None], (180, 120, 60), (60, 100, 140))
    return np.clip(colours + noise, 0, 255).astype(np.uint8), truth


@pytest.mark.parametrize("step", [refine, partial(guided_filter, radius_share=0.05)])
def test_a_coarse_mask_moves_to_the_edge(step):
    image, truth = disc_photo()
    coarse = cv2.resize(truth.astype(np.float32), (20, 20), interpolation=cv2.INTER_AREA)
    mask = cv2.resize(np.roll(coarse, 1, axis=1), truth.shape[::-1])
    fine = step(image, mask)
    assert fine.dtype == np.float32
    assert iou(fine, truth) > iou(mask, truth) + 0.02
    assert boundary_f(fine, truth) > boundary_f(mask, truth)


def test_a_cut_that_loses_the_object_is_not_taken():
    """The mask is sure of a corner that looks like the ground: GrabCut would take all of that."""
    image, truth = disc_photo()
    mask = np.full(truth.shape, 0.02, np.float32)
    mask[10:40, 10:40] = 0.95
    assert iou(refine(image, mask), mask) > 0.5


def test_thin_parts_are_not_worn_away():
    """Spokes in heavy noise: more of them is kept than by cut and filter as they come."""
    truth = np.zeros((240, 240), np.uint8)
    cv2.circle(truth, (120, 120), 45, 1, -1)
    for angle in np.arange(0, 2 * np.pi, np.pi / 4):
        tip = 120 + 95 * np.array([np.cos(angle), np.sin(angle)])
        cv2.line(truth, (120, 120), tip.astype(int).tolist(), 1, 3)
    truth = truth > 0
    noise = np.random.default_rng(0).normal(0, 25, (*truth.shape, 3))
    colours = np.where(truth[..., None], (180, 120, 60), (60, 100, 140))
    image = np.clip(colours + noise, 0, 255).astype(np.uint8)
    coarse = cv2.GaussianBlur(truth.astype(np.float32), (0, 0), 3)
    worn = guided_filter(image, sharpened(image, coarse))
    fine = refine(image, coarse)
    assert iou(fine, truth) > iou(worn, truth) + 0.002
    assert boundary_f(fine, truth) > boundary_f(worn, truth) + 0.005
    assert ((fine > 0) == (worn > 0)).all() and ((fine == 1) >= (worn == 1)).all()


def test_raising_makes_a_level_one_half_and_can_be_taken_back():
    probabilities = np.array([0, 0.1, 0.35, 0.5, 0.9, 1], np.float32)
    higher = raised(probabilities, 0.35)
    np.testing.assert_allclose(higher[[0, 2, 3, 5]], [0, 0.5, 0.65, 1])  # odds times 65 / 35
    np.testing.assert_allclose(raised(higher, 1 - 0.35), probabilities, rtol=1e-6)


def test_it_is_the_guided_filter():
    """Against least squares in every window, by the definition."""
    rng = np.random.default_rng(1)
    side, radius, smoothness = 14, 2, 0.01
    image = rng.integers(0, 256, (side, side, 3), np.uint8)
    mask = rng.random((side, side)).astype(np.float32)
    guide = image / 255

    def window(y, x):
        return np.s_[y - radius : y + radius + 1, x - radius : x + radius + 1]

    def fit(y, x):
        colours, values = guide[window(y, x)].reshape(-1, 3), mask[window(y, x)].ravel()
        centred = colours - colours.mean(axis=0)
        spread = centred.T @ centred / len(values) + smoothness * np.eye(3)
        slopes = np.linalg.solve(spread, centred.T @ (values - values.mean()) / len(values))
        return (guide[7, 7] - colours.mean(axis=0)) @ slopes + values.mean()

    around = range(7 - radius, 7 + radius + 1)
    expected = np.mean([fit(y, x) for y in around for x in around])
    result = guided_filter(image, mask, radius_share=radius / side, smoothness=smoothness)
    assert result[7, 7] == pytest.approx(expected, abs=1e-4)


@pytest.mark.parametrize("shape", [(50, 70), (1, 1), (3, 900)])
@pytest.mark.parametrize("value", [0.0, 1.0])
def test_a_mask_without_an_edge_stays_as_it_is(shape, value):
    image = np.random.default_rng(2).integers(0, 256, (*shape, 3), np.uint8)
    result = refine(image, np.full(shape, value, np.float32))
    assert result.shape == shape
    assert np.allclose(result, value, atol=1e-4)


def test_values_stay_probabilities():
    image = np.random.default_rng(3).integers(0, 256, (90, 60, 3), np.uint8)
    mask = np.random.default_rng(4).random((90, 60), np.float32).round()
    result = refine(image, mask)
    assert result.min() >= 0
    assert result.max() <= 1


@pytest.mark.parametrize("shape", [(90, 60), (700, 1100), (1, 900)])
def test_a_mask_in_bytes_is_the_same_mask(shape):
    image = np.random.default_rng(5).integers(0, 256, (*shape, 3), np.uint8)
    mask = np.random.default_rng(6).random((30, 20), np.float32)
    whole, small = refine(image, mask), refine(image, mask, np.uint8)
    assert small.dtype == np.uint8
    assert np.allclose(small / 255, whole, atol=0.5001 / 255)
