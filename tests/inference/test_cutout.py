import cv2
import numpy as np
import pytest

from gecat.images.bands import tiles
from gecat.inference import cutout as module
from gecat.inference.backdrop import lay
from gecat.inference.cutout import (
    as_bytes,
    cutout,
    object_share,
    opacity,
    outlined,
    overlay,
)
from gecat.inference.objects import boxes

RED, BLUE = (200, 40, 30), (20, 60, 220)


def soft_disc(side=80, softness=6):
    y, x = np.mgrid[:side, :side] - (side - 1) / 2
    return np.clip((side * 0.3 - np.hypot(y, x)) / softness + 0.5, 0, 1).astype(np.float32)


def blend(alpha, front, behind):
    alpha = alpha[..., None]
    return np.rint(alpha * front + (1 - alpha) * np.array(behind)).astype(np.uint8)


def test_a_cutout_frees_the_edge_from_the_background():
    mask = soft_disc()
    image = blend(mask, RED, BLUE)
    rgba = cutout(image, as_bytes(mask))
    assert rgba.shape == (80, 80, 4)
    assert np.array_equal(rgba[..., 3], np.rint(mask * 255))
    edge = (mask > 0.1) & (mask < 0.9)
    before = np.abs(image[edge].astype(int) - RED).mean()
    after = np.abs(rgba[edge][:, :3].astype(int) - RED).mean()
    assert after < before / 4


def test_a_cutout_keeps_the_object_and_hides_the_rest():
    image = np.random.default_rng(0).integers(0, 256, (40, 50, 3), np.uint8)
    mask = np.zeros((40, 50), np.float32)
    mask[10:30, 10:30] = 1
    rgba = cutout(image, as_bytes(mask))
    assert np.array_equal(rgba[10:30, 10:30, :3], image[10:30, 10:30])
    assert not rgba[mask == 0].any()


def test_what_hardly_counts_leaves_no_haze_and_nothing_shines_through_what_does():
    mask = np.float32([0.0, 0.1, 0.25, 0.35, 0.5, 0.75, 0.9, 1.0])
    covered = [opacity(mask[None], threshold)[0] / 255 for threshold in (0.5, 0.25)]
    np.testing.assert_allclose(covered[0], [0, 0, 0, 0.2, 0.5, 1, 1, 1], atol=0.01)
    np.testing.assert_allclose(covered[1], [0, 0.2, 0.5, 0.7, 1, 1, 1, 1], atol=0.01)


@pytest.mark.parametrize("shape", [(300, 40), (40, 300)])
def test_tiles_leave_no_seams(monkeypatch, shape):
    image = np.random.default_rng(0).integers(0, 256, (*shape, 3), np.uint8)
    alpha = np.random.default_rng(1).integers(0, 256, shape, np.uint8)
    whole = cutout(image, alpha)
    monkeypatch.setattr(module, "tiles", lambda shape: tiles(shape, 37))
    assert np.abs(cutout(image, alpha).astype(int) - whole).max() <= 1


def test_its_own_background_gives_the_photo_back():
    mask = soft_disc()
    image = blend(mask, RED, BLUE)
    cut = cutout(image, as_bytes(mask))
    again = lay(image, cut, BLUE)
    assert np.abs(again.astype(int) - image).max() < 20
    elsewhere = lay(image, cut, (255, 255, 255))
    assert (elsewhere[mask == 0] == 255).all()


def test_an_overlay_tints_the_object_only():
    image = np.full((60, 60, 3), 100, np.uint8)
    mask = np.zeros((60, 60), np.float32)
    mask[20:40, 20:40] = 0.8
    result = overlay(image, mask, threshold=0.5, colour=(0, 255, 0))
    assert (result[20:40, 20:40, 1] > 150).all()
    assert tuple(result[20, 30]) == (0, 255, 0)
    assert np.array_equal(result[mask == 0], image[mask == 0])
    assert np.array_equal(overlay(image, mask, threshold=0.9), image)
    assert (image == 100).all()


def test_boxes_frame_connected_objects_largest_first():
    mask = np.full((100, 200), 0.1, np.float32)
    mask[10:20, 30:50] = 0.6
    mask[40:80, 100:150] = 0.9
    mask[0:2, 0:2] = 1.0
    first, second = boxes(mask)
    assert (first.left, first.top, first.right, first.bottom) == (100, 40, 150, 80)
    assert first.confidence == pytest.approx(0.9)
    assert (second.left, second.top, second.right, second.bottom) == (30, 10, 50, 20)
    assert boxes(mask, threshold=0.7) == (first,)
    assert boxes(np.zeros((5, 5), np.float32)) == ()


@pytest.mark.parametrize("make", [cutout, overlay])
def test_a_mask_of_another_size_is_refused(make):
    with pytest.raises(ValueError, match=r"\(5, 6\)"):
        make(np.zeros((6, 5, 3), np.uint8), np.zeros((5, 6), np.float32))


def test_opacity_of_bytes_puts_the_threshold_at_one_half():
    mask = np.arange(256, dtype=np.uint8)[None]
    for threshold in (0.1, 0.5, 0.8):
        covered = opacity(mask, threshold)[0]
        assert np.all(np.diff(covered.astype(int)) >= 0)
        assert np.array_equal(covered[1:-1] > 127.5, np.arange(1, 255) / 255 > threshold)


@pytest.mark.parametrize("threshold", [0.1, 0.5, 0.96])
def test_what_is_outlined_is_soft_along_the_outline_alone(threshold):
    """A doubtful inside is no ghost at a high threshold, nor a doubtful ground at a low one."""
    mask = np.full((500, 1000), 20, np.uint8)  # 4 pixels on either side of an outline are soft
    mask[100:400, 200:800] = 230
    mask[200:300, 400:600] = 250
    covered = outlined(mask, threshold)
    region = mask / 255 > threshold
    assert region.any() and not region.all()
    assert np.array_equal(covered > 127, region)
    outline = cv2.morphologyEx(region.astype(np.uint8), cv2.MORPH_GRADIENT, np.ones((9, 9)))
    assert set(np.unique(covered[outline == 0])) == {0, 255}
    assert np.array_equal(outlined(mask.astype(np.float32) / 255, threshold), covered)


def test_bytes_that_are_sure_stay_sure_at_any_threshold():
    mask = np.array([[0, 255]], np.uint8)
    for threshold in (0.02, 0.98):
        assert np.array_equal(opacity(mask, threshold), [[0, 255]])


def test_the_share_counts_what_exceeds_the_threshold():
    mask = np.float32([[0.0, 0.5], [0.6, 1.0]])
    assert (object_share(mask), object_share(mask, 0.7)) == (0.5, 0.25)


def see_through(colour, alpha, hidden=(255, 255, 255)):
    """A photo of one colour whose middle has an opacity, and nothing around it."""
    photo = np.zeros((60, 80, 4), np.uint8)
    photo[..., :3] = hidden
    photo[15:45, 20:60] = (*colour, alpha)
    return photo


@pytest.mark.parametrize("alpha", [30, 128, 255])
@pytest.mark.parametrize("hidden", [(255, 255, 255), (0, 0, 0), BLUE])
def test_what_one_can_see_through_stays_so_in_its_own_colours(alpha, hidden):
    photo = see_through(RED, alpha, hidden)
    rgba = cutout(photo, np.full((60, 80), 255, np.uint8))
    np.testing.assert_array_equal(rgba[..., 3], photo[..., 3])
    assert np.all(rgba[15:45, 20:60, :3] == RED)
    assert not rgba[photo[..., 3] == 0].any()


def test_no_mask_makes_a_photo_more_opaque_or_mixes_hidden_colours_in():
    rng = np.random.default_rng(0)
    photo = see_through(RED, 255)
    photo[..., 3] = np.where(photo[..., 3] > 0, rng.integers(0, 256, (60, 80)), 0)
    photo[20:40, 30:50, 3] = 255
    rgba = cutout(photo, rng.integers(0, 256, (60, 80), np.uint8))
    assert (rgba[..., 3] <= photo[..., 3]).all()
    visible = (rgba[..., 3] > 0) & (photo[..., :3] == RED).all(axis=-1)
    assert np.abs(rgba[visible][:, :3].astype(int) - RED).max() <= 1


def test_an_overlay_of_what_one_can_see_through_is_laid_on_white():
    photo = see_through(RED, 255, hidden=(9, 9, 9))
    drawn = overlay(photo, np.zeros((60, 80), np.float32))
    assert np.all(drawn[0, 0] == 255)
    assert np.all(drawn[30, 40] == RED)


def test_bytes_say_what_floats_do():
    mask = np.random.default_rng(0).integers(0, 256, (60, 80), np.uint8)
    mask[20:40, 30:60] = 230
    floats = mask / np.float32(255)
    image = np.random.default_rng(1).integers(0, 256, (60, 80, 3), np.uint8)
    assert np.array_equal(as_bytes(floats), mask)
    assert np.array_equal(opacity(floats, 0.3), opacity(mask, 0.3))
    assert np.array_equal(overlay(image, floats, 0.7), overlay(image, mask, 0.7))
    assert object_share(floats, 0.7) == object_share(mask, 0.7)
    (of_floats,), (of_bytes,) = boxes(floats, 0.8), boxes(mask, 0.8)
    assert of_bytes.confidence == pytest.approx(of_floats.confidence, abs=1e-6)
    assert (of_bytes.left, of_bytes.bottom) == (of_floats.left, of_floats.bottom)
