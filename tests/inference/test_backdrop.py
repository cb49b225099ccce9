"""What lies behind a cut-out, and its shadow."""

import numpy as np
import pytest

from gecat.inference.backdrop import blurred, cast_shadow, lay
from gecat.inference.cutout import cutout

RED, BLUE = (200, 40, 30), (20, 60, 220)
INSIDE = np.zeros((120, 160), bool)
INSIDE[30:90, 50:110] = True
PHOTO = np.where(INSIDE[..., None], RED, BLUE).astype(np.uint8)
ALPHA = np.uint8(INSIDE) * 255
CUT = cutout(PHOTO, ALPHA)
WHITE = (255, 255, 255)
NOTHING = np.zeros((80, 60, 4), np.uint8)


def test_a_blurred_background_has_no_halo_of_the_object():
    stripes = PHOTO.copy()
    stripes[:, ::2][~INSIDE[:, ::2]] = (90, 130, 255)
    behind = blurred(stripes, ALPHA)
    assert np.abs(behind.astype(int) - (55, 95, 237)).max() < 25  # neither red nor stripes
    laid = lay(stripes, CUT, "blurred")
    assert (laid[INSIDE] == RED).all()
    assert laid[5, 5:60].astype(int).std(axis=0).max() < 5


def test_a_photo_that_is_all_object_can_be_blurred_too():
    behind = blurred(PHOTO, np.full_like(ALPHA, 255))
    assert (behind[60, 80] == RED).all()


def test_a_shadow_lies_to_the_lower_right_and_never_on_the_object():
    laid = lay(PHOTO, CUT, WHITE, shadow=True)
    assert (laid[INSIDE] == RED).all()
    assert laid[91, 80].max() < 220 and laid[60, 111].max() < 240
    assert laid[28, 80].min() > laid[91, 80].max()
    assert (laid[2, 2] == 255).all()
    assert not cast_shadow(np.zeros_like(ALPHA)).any()


def test_a_shadow_on_nothing_is_black_and_half_transparent():
    laid = lay(PHOTO, CUT, None, shadow=True)
    assert (laid[INSIDE] == (*RED, 255)).all()
    assert (laid[91, 80, :3] == 0).all() and 20 < laid[91, 80, 3] < 200
    # Before white it looks as the shadow on white does.
    alpha = laid[..., 3:].astype(float) / 255
    before_white = laid[..., :3] * alpha + 255 * (1 - alpha)
    assert np.abs(before_white - lay(PHOTO, CUT, WHITE, shadow=True)).max() <= 2


@pytest.mark.parametrize("ground", [None, WHITE, "blurred", np.full((9, 9, 3), 7, np.uint8)])
def test_a_crop_holds_the_object_and_its_shadow(ground):
    plain = lay(PHOTO, CUT, ground, crop=True)
    assert plain.shape == (60, 60, 4 if ground is None else 3)
    assert (plain[..., :3] == RED).all()
    shadowed = lay(PHOTO, CUT, ground, shadow=True, crop=True)
    assert shadowed.shape[0] > 60 and shadowed.shape[1] > 60
    nothing = cutout(PHOTO, np.zeros_like(ALPHA))
    assert lay(PHOTO, nothing, ground, shadow=True, crop=True).shape[:2] == (120, 160)


@pytest.mark.parametrize("shape", [(20, 200), (300, 30), (80, 80)])
def test_a_background_picture_covers_the_photo(shape):
    behind = np.full((*shape, 3), 77, np.uint8)
    result = lay(NOTHING[..., :3], NOTHING, behind)
    assert result.shape == (80, 60, 3)
    assert (result == 77).all()


def test_a_thin_background_shows_its_middle():
    behind = np.zeros((30_000, 1, 3), np.uint8)
    behind[15_000:] = 200
    result = lay(NOTHING[..., :3], NOTHING, behind)
    assert result.shape == (80, 60, 3)
    assert set(np.unique(result)) <= {0, 200}


def test_what_is_no_cutout_is_laid_on_no_background():
    with pytest.raises(ValueError, match=r"received \(6, 5, 3\)"):
        lay(PHOTO, np.zeros((6, 5, 3), np.uint8), BLUE)
