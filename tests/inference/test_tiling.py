import tracemalloc

import cv2
import numpy as np
import pytest

from gecat.inference.tiling import predict_tiled


def brightness(tile):
    return tile.mean(axis=-1, dtype=np.float32)


@pytest.mark.parametrize("shape", [(64, 64), (150, 97), (30, 200), (1, 1), (65, 64)])
@pytest.mark.parametrize("overlap", [0.0, 0.25, 0.6])
def test_tiles_put_a_pointwise_map_together_again(shape, overlap):
    image = np.random.default_rng(0).integers(0, 256, (*shape, 3), np.uint8)
    result = predict_tiled(brightness, image, 64, overlap)
    assert result.dtype == np.float32
    assert np.allclose(result, brightness(image), atol=1e-2)


def test_all_tiles_have_one_size_and_their_number_is_linear():
    def shapes(height, width):
        seen = []
        image = np.zeros((height, width, 3), np.uint8)
        predict_tiled(lambda tile: seen.append(tile.shape) or brightness(tile), image, 32)
        return seen

    assert set(shapes(200, 100)) == {(32, 32, 3)}
    assert set(shapes(20, 100)) == {(20, 32, 3)}
    assert len(shapes(800, 800)) < 4.5 * len(shapes(400, 400))


def test_seams_are_blended():
    rng = np.random.default_rng(1)
    constant = {}

    def predict(tile):
        value = constant.setdefault(len(constant), rng.random())
        return np.full(tile.shape[:2], value, np.float32)

    result = predict_tiled(predict, np.zeros((300, 300, 3), np.uint8), 100, overlap=0.5)
    steps = max(np.abs(np.diff(result, axis=axis)).max() for axis in (0, 1))
    assert np.ptp(list(constant.values())) > 0.5
    assert steps < 0.05


def test_a_guide_gives_the_broad_course_and_tiles_the_detail():
    rng = np.random.default_rng(2)
    guide = cv2.GaussianBlur(rng.normal(0, 5, (24, 24)).astype(np.float32), (0, 0), 4)
    image = np.zeros((240, 240, 3), np.uint8)
    image[:, ::2] = 90

    def lost(tile):
        # Fine stripes on a level that differs from tile to tile, as where a tile lacks context.
        return brightness(tile) + np.float32(rng.normal(0, 50))

    result = predict_tiled(lost, image, 80, guide=guide)
    broad = cv2.resize(result, (24, 24), interpolation=cv2.INTER_AREA)
    assert np.abs(broad - guide).max() < 0.5
    assert np.abs(result[:, 101] - result[:, 100] + 90).mean() < 1


def test_memory_is_bounded_by_the_result():
    image = np.zeros((1500, 1500, 3), np.uint8)
    tracemalloc.start()
    predict_tiled(brightness, image, 128, guide=np.zeros((64, 64), np.float32))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 3 * 1500 * 1500 * 4


def test_options_outside_their_range_are_refused():
    image = np.zeros((8, 8, 3), np.uint8)
    with pytest.raises(ValueError, match="received 0"):
        predict_tiled(brightness, image, 0)
    with pytest.raises(ValueError, match="received 1"):
        predict_tiled(brightness, image, 4, overlap=1.0)
