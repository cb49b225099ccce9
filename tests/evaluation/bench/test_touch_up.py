import numpy as np
import pytest
from PIL import Image

from gecat.evaluation.bench.touch_up import compare, mend, next_click, table
from gecat.images.scenes import draw_scene


def test_a_person_clicks_in_the_middle_of_what_is_most_wrong():
    mask = np.zeros((40, 60), bool)
    truth = mask.copy()
    truth[10:31, 10:31] = True  # missed
    mask[2:7, 50:55] = True  # too much, and smaller
    click = next_click(mask, truth)
    assert (click.points, click.keep) == (((20, 20),), True)
    click = next_click(mask | truth, truth)
    assert (click.points, click.keep) == (((52, 4),), False)
    assert next_click(truth, truth) is None


def test_nobody_clicks_the_same_place_twice():
    truth = np.zeros((9, 9), bool)
    truth[3:6, 3:6] = True
    first = next_click(np.zeros_like(truth), truth)
    second = next_click(np.zeros_like(truth), truth, [first])
    assert first.points != second.points


def test_a_mask_without_a_fault_gets_no_click():
    truth = np.zeros((20, 20), bool)
    truth[5:15, 5:15] = True
    row = mend(lambda image: (truth.astype(np.float32), None), None, truth, 3)
    assert row == {"iou": [1.0] * 4, "ms": []}


@pytest.fixture
def folder(tmp_path):
    image, mask = draw_scene(3, 96)
    for name, picture in (("images", image), ("masks", np.uint8(255) * mask)):
        (tmp_path / name).mkdir()
        Image.fromarray(picture).save(tmp_path / name / "one.png")
    return tmp_path


def test_clicks_mend_what_an_untrained_network_draws(folder, segmenter):
    results = compare(segmenter, folder / "images", folder / "masks", clicks=4)
    for name, result in results.items():
        assert len(result["iou"]) == 5 and result["count"] == 1
        assert result["iou"][-1] > result["iou"][0] + 0.1, name
    heads, *lines = table(results).splitlines()
    assert [line.split()[0] for line in lines] == ["grabcut", "gecat"]
    assert heads.split() == ["clicks", "0", "1", "2", "3", "4", "ms", "95%"]
    assert f"{results['gecat']['iou'][4]:.3f}" in lines[1]
