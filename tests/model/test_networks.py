"""Shapes, sizes and the step from logits to masks, for every preset."""

import keras
import numpy as np
import pytest

from gecat.config import PRESETS, preset
from gecat.model.colour_mixture import likelihood_ratio, places
from gecat.model.discriminator import take_encoder
from gecat.model.registry import build_discriminator, build_generator


@pytest.mark.parametrize("name", sorted(PRESETS))
def test_both_networks_answer_a_pixel_and_an_image(name):
    config = preset(name)
    side = config.size
    images = np.random.default_rng(0).uniform(-1, 1, (2, side, side, 3)).astype(np.float32)
    logits = build_generator(config)(images, training=False)
    assert logits.shape == (2, side, side, 1)
    assert np.isfinite(logits).all()
    masks = 1.0 / (1.0 + np.exp(-np.asarray(logits)))
    image_logits, map_logits = build_discriminator(config)([images, masks], training=False)
    assert image_logits.shape == (2, 1)
    assert map_logits.shape == (2, side, side, 1)


@pytest.mark.parametrize("name", ["base", "small"])
@pytest.mark.parametrize("sides", [(64, 96), (160, 32)])
def test_the_generator_takes_any_multiple_of_its_stride(name, sides):
    generator = build_generator(preset(name))
    images = np.zeros((1, *sides, 3), np.float32)
    assert generator(images, training=False).shape == (1, *sides, 1)


def test_every_part_keeps_the_shape():
    config = preset(
        "small",
        generator_widths=(8, 8, 16, 16),
        generator_attention=1,
        generator_blocks=(1, 3),
        generator_mixture=1,
    )
    generator = build_generator(config)
    images = np.zeros((2, 64, 96, 3), np.float32)
    assert generator(images, training=False).shape == (2, 64, 96, 1)
    names = [layer.name for layer in generator.layers]
    assert "likes_attend" in names and "encode2_2_add" in names and "encode1_1_add" not in names


def test_a_look_is_likelier_where_the_mask_so_far_has_more_of_it():
    """The upper half is bright, and three quarters of it lie in the object; below it is dark."""
    looks = np.zeros((1, 8, 8, 1), np.float32)
    looks[:, :4] = 10.0
    inside = np.full((1, 8, 8, 1), -9.0, np.float32)
    inside[:, :4, :6] = inside[:, 4:, :2] = 9.0
    ratio = np.asarray(likelihood_ratio(inside, looks, "ratio"))[0, ..., 0]
    np.testing.assert_allclose(ratio[:4], np.log(3.0), atol=0.02)
    np.testing.assert_allclose(ratio[4:], -np.log(3.0), atol=0.02)


def test_what_the_mask_so_far_missed_is_found_by_its_look():
    looks = np.zeros((1, 16, 16, 2), np.float32)
    looks[:, 4:12, 4:12] = (6.0, -6.0)
    missed = np.full((1, 16, 16, 1), -5.0, np.float32)
    missed[:, 4:12, 4:10] = 5.0  # a quarter of the object is missing
    ratio = np.asarray(likelihood_ratio(missed, looks, "ratio"))[0, ..., 0]
    assert (ratio[4:12, 10:12] > 1.0).all() and (ratio[:, :3] < -1.0).all()


def test_a_place_is_told_in_shares_of_the_longer_side():
    grid = np.asarray(places(np.zeros((1, 4, 8, 3), np.float32), 8.0))
    assert grid.shape == (1, 4, 8, 2)
    np.testing.assert_allclose(grid[0, -1, -1], (4.0, 8.0))
    np.testing.assert_allclose(grid[0, 0, 0], (1.0, 1.0))


def test_the_article_keeps_its_layers():
    config = preset("article")
    kinds = [
        (type(layer).__name__, layer.filters, layer.activation.__name__)
        for layer in build_generator(config).layers
        if hasattr(layer, "filters")
    ]
    assert kinds == [
        ("Conv2D", 128, "relu"),
        ("Conv2DTranspose", 64, "relu"),
        ("Conv2DTranspose", 3, "tanh"),
    ]
    judges = [type(layer).__name__ for layer in build_discriminator(config).layers]
    assert judges.count("Conv2D") == 2 and "Flatten" in judges and judges.count("Dense") == 1


def test_a_64_pixel_photo_gives_a_64_pixel_mask_in_the_article():
    images = np.zeros((1, 64, 64, 3), np.float32)
    assert build_generator(preset("article"))(images).shape == (1, 64, 64, 1)


def test_what_ships_is_small():
    config = preset("base")
    count = build_generator(config).count_params() + build_discriminator(config).count_params()
    assert count * 4 < 15e6


def test_the_articles_map_is_flat_even_where_the_batch_is_as_long_as_the_side():
    discriminator = build_discriminator(preset("article"))
    generator = np.random.default_rng(0)
    images = generator.uniform(-1, 1, (64, 64, 64, 3)).astype(np.float32)
    masks = generator.uniform(0, 1, (64, 64, 64, 1)).astype(np.float32)
    image_logits, map_logits = discriminator([images, masks], training=False)
    flat = np.broadcast_to(np.asarray(image_logits)[:, :, None, None], (64, 64, 64, 1))
    np.testing.assert_allclose(map_logits, flat, atol=1e-6)


def test_a_discriminator_that_took_the_encoder_sees_photos_as_the_generator_does():
    config = preset("small", generator_widths=(4, 8, 16), discriminator_widths=(4, 8))
    generator, discriminator = build_generator(config), build_discriminator(config)
    take_encoder(discriminator, generator)
    stem = discriminator.get_layer("stem_conv")
    kernel = stem.kernel.numpy()
    kernel[:, :, 3] = 0.0  # deaf to the mask, so that the photo alone speaks
    stem.kernel.assign(kernel)
    stages = [
        keras.Model(network.input, network.get_layer("encode1_relu").output)
        for network in (generator, discriminator)
    ]
    draw = np.random.default_rng(0)
    images = draw.uniform(-1, 1, (2, 32, 32, 3)).astype(np.float32)
    masks = draw.uniform(0, 1, (2, 32, 32, 1)).astype(np.float32)
    seen, judged = stages[0](images, training=False), stages[1]([images, masks], training=False)
    np.testing.assert_allclose(judged, seen, rtol=1e-5, atol=1e-5)


def constant_discriminator(on_object, on_ground):
    """A D whose two verdicts are these logits, whatever it sees; its bottleneck says nothing."""
    config = preset("small", generator_widths=(4, 8), discriminator_widths=(4, 8))
    discriminator = build_discriminator(config)
    discriminator.get_layer("image_logits").kernel.assign(np.zeros((8, 1)))
    head = discriminator.get_layer("head")
    head.kernel.assign(np.zeros(head.kernel.shape))
    head.bias.assign([on_object, on_ground])
    return discriminator


def test_an_image_verdict_weighs_object_and_ground_alike():
    # Says that "object" is right anywhere, and "no object" wrong.
    discriminator = constant_discriminator(3.0, -1.0)
    masks = np.zeros((3, 32, 32, 1), np.float32)
    masks[0, :4, :4], masks[1, :16] = 1.0, 1.0
    images = np.zeros((3, 32, 32, 3), np.float32)
    logits, maps = discriminator([images, masks], training=False)
    # 0.8 (3 - 1) however small the object; where there is none, its mean counts nothing.
    np.testing.assert_allclose(np.ravel(logits), [1.6, 1.6, -0.8], atol=1e-5)
    np.testing.assert_allclose(maps[0], np.where(masks[0] > 0.5, 3.0, -1.0), atol=1e-5)


def test_a_discriminator_marks_a_mask_down_by_its_own_doubts():
    discriminator = constant_discriminator(1.0, 1.0)
    shown = np.float32([1.0, 0.0, 0.99, 0.9, 0.1, 0.5])
    masks = np.broadcast_to(shown[:, None, None, None], (6, 32, 32, 1))
    logits, maps = discriminator([np.zeros((6, 32, 32, 3), np.float32), masks], training=False)
    surest = np.log(0.98 / 0.02)
    right = 1.0 - np.float32([0, 0, 0, surest - np.log(9), surest - np.log(9), surest])
    np.testing.assert_allclose(np.asarray(maps)[:, 7, 9, 0], right, rtol=1e-4, atol=1e-5)
    # 0.8 (on the object + beside it), the same everywhere; of nothing the mean is 0.
    weights = np.float32([0.8, 0.8, 1.6, 1.6, 1.6, 1.6])
    np.testing.assert_allclose(np.ravel(logits), right * weights, rtol=1e-4, atol=1e-4)
