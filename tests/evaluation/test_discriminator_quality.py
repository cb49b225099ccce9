import numpy as np
import pytest
from PIL import Image

import gecat
from gecat.evaluation import discriminator_quality as verdicts
from gecat.images.scenes import draw_scene


@pytest.fixture
def folders(tmp_path):
    for name in ("images", "masks"):
        (tmp_path / name).mkdir()
    for seed in range(3):
        image, mask = draw_scene(seed, 64)
        Image.fromarray(image).save(tmp_path / "images" / f"{seed}.png")
        Image.fromarray(mask).save(tmp_path / "masks" / f"{seed}.png")
    return tmp_path / "images", tmp_path / "masks"


def row(true, own, own_iou, spoiled, map_auroc=None):
    spoiled = [("grown", "middle", score, fit) for score, fit in spoiled]
    return {
        "true": true,
        "own": own,
        "own_iou": own_iou,
        "spoiled": spoiled,
        "map_auroc": map_auroc,
        "uncertainty_auroc": None,
    }


def test_the_summary_of_hand_worked_answers():
    rows = [
        row(0.9, 0.2, 0.3, [(0.5, 0.6), (0.9, 0.6)], map_auroc=0.8),
        row(0.4, 0.6, 0.7, [(0.7, 0.5), (0.1, 1.0)], map_auroc=0.6),  # the last is not spoiled
        row(0.8, 0.7, 0.9, [(0.6, 0.5)]),
    ]
    result = verdicts.summarise(rows)
    assert result["preference"]["grown"]["middle"] == pytest.approx((1 + 0.5 + 0 + 1) / 4)
    assert result["preference"]["grown"]["mild"] is None
    assert result["spearman"] == pytest.approx(1)
    assert result["map_auroc"] == pytest.approx(0.7)
    assert result["uncertainty_auroc"] is None


class Oracle:
    """Knows the truth: a segmenter whose critic is never wrong."""

    def __init__(self, truths):
        self.truths = truths
        self.config = gecat.Config(size=64, inference_size=64)

    def truth(self, image):
        return self.truths[image.tobytes()].astype(np.float32)

    def predict(self, image):
        return np.clip(self.truth(image) - 0.7 * (np.indices(image.shape[:2])[1] < 20), 0, 1)

    def judge_all(self, image, masks):
        right = 1.0 - np.abs(self.truth(image) - masks)
        return right.mean((1, 2)), right


def test_a_perfect_critic_gets_full_marks(folders):
    scenes = [draw_scene(seed, 64) for seed in range(3)]
    oracle = Oracle({image.tobytes(): mask for image, mask in scenes})
    result = verdicts.examine(oracle, *folders)
    shares = [share for levels in result["preference"].values() for share in levels.values()]
    assert set(shares) == {1.0}
    assert result["map_auroc"] == result["map_auroc_pooled"] == 1.0


def test_real_networks_are_examined_and_told_in_a_table(folders, small_weights):
    result = verdicts.examine(gecat.load(small_weights), *folders, limit=2)
    assert result["count"] == len(result["images"]) == 2
    assert 0 <= result["map_auroc_pooled"] <= 1
    text = verdicts.table(result)
    assert "shrunk" in text
    assert "Spearman" in text


def test_without_readable_photos_there_is_nothing_to_say(folders, small_weights):
    for path in folders[0].iterdir():
        path.write_text("no picture")
    with pytest.raises(ValueError, match="None of 3 photos"):
        verdicts.examine(gecat.load(small_weights), *folders)
