import threading

import numpy as np
import pytest
from PIL import Image

import gecat
from gecat.config import preset
from gecat.errors import UserError, WeightsError
from gecat.inference import runtime
from gecat.inference import segmenter as module
from gecat.inference.cutout import cutout, opacity
from gecat.inference.objects import boxes
from gecat.inference.segmenter import load
from gecat.model import weights
from gecat.model.registry import build_discriminator, build_generator


def photo(height, width, seed=0):
    return np.random.default_rng(seed).integers(0, 256, (height, width, 3), np.uint8)


@pytest.fixture(scope="module")
def segmenter(small_weights):
    return load(small_weights)


@pytest.fixture(scope="module")
def shipped():
    """The Segmenter that ships: only a trained one knows what stands out."""
    return load()


@pytest.mark.parametrize("shape", [(64, 64), (37, 91), (1, 1), (500, 20), (130, 200)])
def test_everything_comes_at_the_photos_own_size(segmenter, shape):
    image = photo(*shape)
    result = segmenter(image)
    assert np.array_equal(result.image, image)
    for values in (result.mask, result.score_map):
        assert values.shape == shape
        assert values.dtype == np.float32
        assert np.all((values >= 0) & (values <= 1))
    assert 0 <= result.score <= 1
    assert isinstance(result.score, float)


def test_the_mask_is_what_the_generator_says(segmenter, small_weights):
    networks = weights.load_weights(small_weights)
    image = photo(64, 48)
    logits = networks.generator(image[None] / np.float32(127.5) - 1, training=False)
    expected = 1 / (1 + np.exp(-np.asarray(logits)[0, ..., 0]))
    assert np.allclose(segmenter(image).mask, expected, atol=1e-5)
    assert np.array_equal(segmenter.predict(image), segmenter(image).mask)


def test_the_score_is_what_the_discriminator_says(segmenter, small_weights):
    networks = weights.load_weights(small_weights)
    image = photo(64, 64)
    mask = np.random.default_rng(1).random((64, 64), np.float32)
    pair = [image[None] / np.float32(127.5) - 1, mask[None, ..., None]]
    logit, logits = networks.discriminator(pair, training=False)
    score, score_map = segmenter.judge(image, mask)
    assert score == pytest.approx(1 / (1 + np.exp(-float(np.asarray(logit).item()))), abs=1e-5)
    assert np.allclose(score_map, 1 / (1 + np.exp(-np.asarray(logits)[0, ..., 0])), atol=1e-5)


def test_a_call_judges_its_own_mask(segmenter):
    result = segmenter(photo(90, 120))
    score, score_map = segmenter.judge(result.image, result.mask)
    assert score == result.score
    assert np.array_equal(score_map, result.score_map)
    assert segmenter.judge(result.image, result.mask > 0.5)[0] != score


def test_what_is_of_full_size_is_made_only_when_it_is_asked_for(segmenter):
    result = segmenter(photo(300, 400))
    assert max(result.score_map_logits.shape) < 300
    assert not {"score_map", "boxes"} & set(vars(result))
    assert result.score_map is result.score_map
    assert result.score_map.shape == (300, 400)
    assert result.boxes == boxes(result.mask)


def test_paths_and_pil_images_are_taken_too(segmenter, tmp_path):
    image = photo(40, 50)
    Image.fromarray(image).save(tmp_path / "photo.png")
    expected = segmenter(image).mask
    for source in (tmp_path / "photo.png", str(tmp_path / "photo.png"), Image.fromarray(image)):
        assert np.array_equal(segmenter(source).mask, expected)


def test_refinement_and_tiles_change_the_mask_within_bounds(segmenter):
    image = photo(150, 220)
    plain = segmenter(image).mask
    for options in ({"refine": True}, {"tile": 64}, {"tile": 64, "refine": True}):
        mask = segmenter(image, **options).mask
        assert mask.shape == plain.shape
        assert not np.array_equal(mask, plain)
        assert mask.min() >= 0
        assert mask.max() <= 1


def test_a_tile_below_the_stride_is_refused(segmenter):
    with pytest.raises(UserError, match="at least 16 pixels .*Received: 15"):
        segmenter(photo(40, 40), tile=15)


def test_a_mask_of_another_size_is_not_judged(segmenter):
    with pytest.raises(ValueError, match=r"\(40, 50\), received \(50, 40\)"):
        segmenter.judge(photo(40, 50), np.zeros((50, 40)))


@pytest.mark.parametrize(("value", "received"), [(255, "0 to 255"), (np.nan, "nan to nan")])
def test_a_mask_beyond_0_to_1_is_not_judged(segmenter, value, received):
    mask = np.zeros((40, 50))
    mask[0, 0] = value
    with pytest.raises(ValueError, match=rf"\[0, 1\], received {received}"):
        segmenter.judge(photo(40, 50), mask)


@pytest.mark.parametrize(("colour", "alpha"), [((250, 250, 250), 255), ((200, 60, 40), 128)])
def test_a_subject_on_nothing_is_kept_as_it_is(shipped, colour, alpha):
    y, x = np.mgrid[:120, :160]
    inside = (x - 80) ** 2 / 45**2 + (y - 60) ** 2 / 35**2 < 1
    drawn = np.zeros((120, 160, 4), np.uint8)
    drawn[..., :3] = colour  # hidden where nothing is
    drawn[inside, 3] = alpha
    result = shipped(drawn, refine=True)
    assert np.array_equal(result.image, drawn)
    assert (result.mask[~inside] == 0).all()
    rgba = cutout(result.image, opacity(result.mask))
    assert (rgba[..., 3] <= drawn[..., 3]).all()
    assert np.mean(rgba[inside, 3] == alpha) > 0.97
    assert (rgba[rgba[..., 3] > 0, :3] == colour).all()
    assert np.array_equal(shipped.predict(drawn, refine=True), result.mask)
    assert shipped.judge(drawn, result.mask)[0] == result.score


def test_few_shapes_are_ever_compiled(segmenter, monkeypatch):
    shapes, generate = set(), segmenter.networks._generator
    monkeypatch.setattr(
        segmenter.networks, "_generator", lambda x: shapes.add(x.shape) or generate(x)
    )
    for width in range(10, 300, 7):
        segmenter.predict(photo(90, width))
    size, stride = segmenter.config.inference_size, segmenter.networks.stride
    assert 2 < len(shapes) <= 2 * size // stride - 1


def test_the_weights_are_read_once_by_the_first_photo(small_weights, monkeypatch):
    reads = []
    read = runtime.load_weights
    monkeypatch.setattr(runtime, "load_weights", lambda path: reads.append(path) or read(path))
    segmenter = load(small_weights)
    assert not reads
    image, masks = photo(60, 60), []
    threads = [
        threading.Thread(target=lambda: masks.append(segmenter(image).mask)) for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert reads == [small_weights]
    assert len(masks) == 4
    assert all(np.array_equal(mask, masks[0]) for mask in masks)


def test_the_articles_networks_serve_as_well(tmp_path):
    config = preset("article", generator_widths=(8, 6, 3), discriminator_widths=(8, 8))
    path = tmp_path / "article.safetensors"
    weights.save_weights(path, config, build_generator(config), build_discriminator(config))
    result = load(path)(photo(50, 90))
    assert result.mask.shape == result.score_map.shape == (50, 90)


def test_missing_and_foreign_weights_are_refused(tmp_path):
    with pytest.raises(WeightsError, match=r"none\.safetensors"):
        load(tmp_path / "none.safetensors")
    (tmp_path / "foreign.safetensors").write_bytes(b"not weights")
    with pytest.raises(WeightsError, match="foreign"):
        load(tmp_path / "foreign.safetensors")(photo(20, 20))


def test_threads_are_chosen_before_tensorflow_runs(segmenter, small_weights):
    segmenter(photo(20, 20))
    with pytest.raises(UserError, match="Received: 63"):
        load(small_weights, threads=63)
    with pytest.raises(UserError, match="Received: 0"):
        load(small_weights, threads=0)


def test_the_public_names_are_lazy_and_there():
    assert gecat.load is load
    assert gecat.Segmenter is module.Segmenter
    assert gecat.Segmentation is module.Segmentation
    assert {"load", "Segmenter", "Segmentation", "Config", "train"} <= set(dir(gecat))
    with pytest.raises(AttributeError, match="nonsense"):
        _ = gecat.nonsense
