import numpy as np
import pytest

from gecat.__main__ import main
from gecat.evaluation.bench.empty import KINDS, count_empty
from gecat.images.pseudo_masks import texture_contrast


@pytest.mark.parametrize("kind", KINDS)
def test_pictures_of_nothing_differ_and_repeat_by_seed(kind):
    one, other = KINDS[kind]((0, 1), 64), KINDS[kind]((1, 1), 64)
    assert one.shape == (64, 64, 3) and one.dtype == np.uint8
    assert np.array_equal(one, KINDS[kind]((0, 1), 64))
    assert np.abs(one.astype(int) - other).mean() > 3


@pytest.mark.parametrize("kind", ["sky", "wall"])
def test_skies_and_walls_hold_no_pattern(kind):
    pictures = [KINDS[kind]((seed, 1), 64).mean(-1).astype(np.float32) for seed in range(8)]
    assert max(texture_contrast(picture).max() for picture in pictures) < 30


def test_the_share_counts_masks_below_a_twentieth():
    def quarter(image):
        mask = np.zeros(image.shape[:2], np.float32)
        if image[..., 0].mean() > image[..., 2].mean():  # warm pictures only
            mask[: len(mask) // 2, : len(mask) // 2] = 1
        return mask

    result = count_empty(quarter, count=12, size=32)
    assert result["count"] == len(result["shares"]) == 12
    assert set(result["shares"]) == {0.0, 0.25}
    assert result["empty"] == np.mean([share == 0.0 for share in result["shares"]])
    assert np.mean(list(result["kinds"].values())) == pytest.approx(result["empty"])


def test_the_command_asks_the_networks(small_weights, capsys):
    assert main(["bench", "empty", "--weights", str(small_weights)]) == 0
    assert "of 100 pictures without an object" in capsys.readouterr().out
