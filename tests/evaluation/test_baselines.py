import numpy as np
import pytest

from gecat.evaluation.baselines import METHODS, centre_ellipse, method
from gecat.evaluation.metrics import iou


def disc(side=96):
    y, x = np.mgrid[:side, :side] - (side - 1) / 2
    return np.hypot(y, x) < side * 0.25


def photo_of(truth, inside, outside):
    noise = np.random.default_rng(0).normal(0, 6, (*truth.shape, 3))
    colours = np.where(truth[..., None], inside, outside)
    return np.clip(colours + noise, 0, 255).astype(np.uint8)


@pytest.mark.parametrize("name", sorted(METHODS.keys() - {"centre_ellipse"}))
@pytest.mark.parametrize("swap", [False, True])
def test_a_disc_off_the_frame_is_the_object_bright_or_dark(name, swap):
    colours = ((210, 190, 60), (40, 60, 90))
    truth = disc()
    photo = photo_of(truth, *(colours[::-1] if swap else colours))
    assert iou(method(name)(photo), truth) > 0.8


@pytest.mark.parametrize("name", METHODS)
@pytest.mark.parametrize("shape", [(37, 53), (20, 9), (1, 1), (1, 30)])
def test_any_photo_gives_a_mask_of_its_size(name, shape):
    photo = np.random.default_rng(1).integers(0, 256, (*shape, 3), np.uint8)
    for picture in (photo, np.full_like(photo, 128)):
        mask = method(name)(picture)
        assert mask.shape == shape
        assert mask.dtype == np.float32
        assert mask.min() >= 0
        assert mask.max() <= 1


def test_the_ellipse_covers_half_of_the_picture():
    assert centre_ellipse(np.zeros((200, 300, 3), np.uint8)).mean() == pytest.approx(0.5, abs=0.01)


def test_methods_are_found_by_name():
    assert method("centre-ellipse") is centre_ellipse
    with pytest.raises(ValueError, match=r"otsu.*Received: magic"):
        method("magic")
