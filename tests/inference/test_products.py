"""What is written of a photo, and that it is known again."""

import io

import numpy as np
import pytest
from PIL import Image

from gecat.errors import UserError
from gecat.inference.cutout import cutout, outlined
from gecat.inference.finishing import object_window, tidied
from gecat.inference.products import Product, is_result

RED, BLUE = (200, 40, 30), (20, 60, 220)
INSIDE = np.zeros((40, 60), bool)
INSIDE[10:30, 20:50] = True
PHOTO = np.where(INSIDE[..., None], RED, BLUE).astype(np.uint8)
MASK = INSIDE.astype(np.float32)


def opened(data):
    image = Image.open(io.BytesIO(data))
    image.load()
    return image


@pytest.mark.parametrize("kind", ["png", "webp", "jpeg"])
@pytest.mark.parametrize(("what", "mode"), [("mask", "L"), ("cutout", "RGBA"), ("overlay", "RGB")])
def test_every_picture_in_every_format_is_known_again(tmp_path, kind, what, mode):
    if (what, kind) == ("cutout", "jpeg"):
        with pytest.raises(UserError, match="JPEG cannot be transparent"):
            Product(what, kind)
        return
    path = tmp_path / {"jpeg": "a.jpg"}.get(kind, f"a.{kind}")
    path.write_bytes(Product(what, kind).encoded(PHOTO, MASK))
    image = opened(path.read_bytes())
    assert image.format.lower() == kind
    assert image.size == (60, 40)
    assert image.mode == mode or (kind == "webp" and what == "mask")
    assert is_result(path)
    Image.fromarray(PHOTO).save(path)
    assert not is_result(path)


def test_what_is_no_result(tmp_path):
    path = tmp_path / "a.png"
    path.write_bytes(Product().encoded(PHOTO, MASK))
    (tmp_path / "link.png").symlink_to(path)
    (tmp_path / "broken.png").write_bytes(path.read_bytes()[:30])
    (tmp_path / "empty.jpg").touch()
    for name in ("link.png", "broken.png", "empty.jpg", "none.png"):
        assert not is_result(tmp_path / name)


@pytest.mark.parametrize("background", [(255, 255, 255), np.full((9, 9, 3), 255, np.uint8)])
def test_a_new_background_lies_behind_the_object(background):
    product = Product("cutout", "png", background)
    drawn = product.picture(PHOTO, MASK)
    assert np.all(drawn[20, 35] == RED)
    assert np.all(drawn[2, 2] == 255)
    with pytest.raises(UserError, match="leave out --what"):
        Product("mask", "png", background)


@pytest.mark.parametrize("what", ["mask", "cutout", "overlay"])
def test_a_cropped_picture_ends_where_the_object_does(what):
    drawn = Product(what, crop=True).picture(PHOTO, MASK)
    assert drawn.shape[:2] == (20, 30)
    assert Product(what, crop=True).picture(PHOTO, MASK * 0).shape[:2] == (40, 60)


def test_a_cut_out_is_as_the_page_shows_it():
    """Within a hard outline: what is half sure far from it is no ghost."""
    mask = MASK.copy()
    mask[15:25, 30:40] = 0.45
    assert np.array_equal(Product("cutout").picture(PHOTO, mask), cutout(PHOTO, outlined(mask)))


def test_a_shadow_makes_a_cut_out_and_nothing_else():
    drawn = Product("cutout", "png", (255, 255, 255), shadow=True).picture(PHOTO, MASK)
    assert drawn[31, 40].max() < 250 and np.all(drawn[20, 35] == RED)
    with pytest.raises(UserError, match="leave out --what"):
        Product("overlay", "png", shadow=True)


def test_a_window_holds_all_that_is_seen():
    seen = np.zeros((9, 9))
    seen[2, 3] = seen[6, 4] = 0.1
    assert object_window(seen) == (slice(2, 7), slice(3, 5))


def test_specks_and_pinholes_go_and_edges_stay_soft():
    mask = np.zeros((100, 100), np.float32)
    mask[20:80, 20:80] = 1
    mask[20, 20:80] = 0.5
    expected = mask.copy()
    mask[5:7, 5:7] = 0.9
    mask[50:52, 50:52] = 0.1
    assert np.array_equal(tidied(mask), expected)
    assert np.array_equal(tidied(expected), expected)
    assert Product(tidy=True).picture(np.zeros((100, 100, 3), np.uint8), mask)[6, 6] == 0


def test_tidying_makes_nothing_object_that_is_transparent():
    photo = np.dstack([PHOTO, np.full((40, 60), 255, np.uint8)])
    photo[20, 35, 3] = 0
    assert Product(tidy=True).picture(photo, MASK * (photo[..., 3] > 0))[20, 35] == 0
