import numpy as np
import pytest

from gecat.images.scenes import draw_scene
from gecat.inspection.photo import SIDE, InspectedPhoto, binary


@pytest.fixture(scope="module")
def photo(segmenter, probe):
    return InspectedPhoto(draw_scene(3, SIDE + 100)[0], segmenter, probe)


def test_a_photo_is_inspected_no_larger_than_it_is_looked_at(photo, segmenter, probe):
    assert photo.image.shape == (SIDE, SIDE, 3)
    segmentation = segmenter(photo.image)
    assert np.array_equal(photo.mask, segmentation.mask)
    assert photo.score == segmentation.score
    assert list(photo.features) == probe.stages


def test_what_takes_long_is_found_when_it_is_asked_for_and_once(photo, segmenter):
    later = {"refined", "binary_judgement", "occlusions"}
    assert not later & set(vars(photo))
    assert photo.refined is photo.refined
    assert np.array_equal(photo.refined, segmenter.predict(photo.image, refine=True))
    score, score_map = photo.binary_judgement
    expected, expected_map = segmenter.judge(photo.image, binary(photo.mask))
    assert score == expected and np.array_equal(score_map, expected_map)


def test_a_binary_mask_is_cut_at_one_half():
    assert binary(np.array([0.2, 0.5, 0.51])).tolist() == [0.0, 0.0, 1.0]
