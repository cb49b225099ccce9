import numpy as np

from gecat.inspection.occlusion import occlude


def left_half_decides(pictures):
    """Every pixel's logit is the mean of the picture's left half."""
    value = pictures[:, :, :12].mean(axis=(1, 2, 3))
    return np.broadcast_to(value[:, None, None], pictures.shape[:3]).astype(np.float32)


def test_only_what_decides_counts():
    pixels = np.zeros((24, 24, 3), np.float32)
    pixels[:, :12] = 1.0  # bright on the left, so the mean colour is 0.5
    found = occlude(left_half_decides, pixels, cells=4).of_pixel(0.9, 0.9)
    assert found.shape == (4, 4)
    # Covers of 12 x 12 pixels around the centres of 4 x 4 cells: how much of the left half each
    # one hides, and by how much it darkens that.
    assert found[1, 1] == np.float32(0.5 * 12 * 9 / (24 * 12))
    assert found[0, 0] == np.float32(0.5 * 9 * 9 / (24 * 12))
    assert found[1, 2] == np.float32(0.5 * 12 * 3 / (24 * 12))
    assert found[1, 3] == 0
    assert (found >= 0).all()


def test_each_pixel_has_its_own_answer():
    pixels = np.random.default_rng(0).normal(size=(24, 48, 3)).astype(np.float32)
    found = occlude(lambda pictures: pictures.mean(axis=-1), pixels, cells=8)
    assert found.change.shape == (4, 8, 24, 48)
    here = np.abs(found.of_pixel(0.05, 0.05))
    assert here[0, 0] > 0
    assert here[:, 4:].max() == 0
    assert found.of_pixel(1.0, 1.0).shape == (4, 8)
