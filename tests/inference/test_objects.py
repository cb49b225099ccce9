import numpy as np
import pytest

from gecat.inference.objects import belongs_to, boxes


def test_what_is_near_an_object_belongs_to_it():
    mask = np.zeros((100, 200), np.float32)
    mask[20:80, 10:90] = 1.0  # the larger one
    mask[30:60, 150:190] = 0.9
    mask[40, 90:93] = 0.2  # its soft edge
    mask[40, 143] = 0.7  # a speck beside the other
    assert len(boxes(mask)) == 2
    first, second = belongs_to(mask, [0]), belongs_to(mask, [1])
    assert (first ^ second).all()
    assert first[50, 50] and first[40, 91] and second[45, 170] and second[40, 143]
    assert belongs_to(mask, [0, 1]).all()
    assert not belongs_to(mask, []).any()
    assert belongs_to(np.zeros((5, 5), np.float32), []).all()  # there is nothing to choose from


def test_objects_whose_corners_touch_are_one():
    mask = np.zeros((40, 40), np.uint8)
    mask[:20, :20] = mask[20:, 20:] = 255
    assert len(boxes(mask)) == 1
    assert belongs_to(mask, [0]).all()


def test_objects_of_a_large_mask_are_found_on_a_smaller_one():
    mask = np.zeros((6000, 9000), np.uint8)
    mask[600:3600, 3:4503], mask[4000:, 8000:] = 255, 204
    first, second = boxes(mask)
    assert (first.left, first.top, first.right, first.bottom) == pytest.approx(
        (3, 600, 4503, 3600), abs=3
    )
    assert (second.left, second.top) == pytest.approx((8000, 4000), abs=3)
    assert (second.right, second.bottom) == (9000, 6000)
    assert second.confidence == pytest.approx(0.8, abs=0.01)
