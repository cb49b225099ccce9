"""The encoder learns to tell the objects and grounds of photos from each other."""

import keras
import numpy as np
import pytest

from gecat.config import preset
from gecat.images.datasets import load_photos
from gecat.model.registry import build_generator
from gecat.training.engine import Engine
from gecat.training.loop import run_cycles
from gecat.training.pretraining import Pretraining, build_describer
from gecat.training.run.checkpoint import load_state, save_state
from gecat.training.vectors import unflatten


@pytest.fixture(scope="module")
def engine():
    keras.utils.set_random_seed(0)
    config = preset(
        "small",
        size=32,
        generator_widths=(4, 8),
        discriminator_widths=(4, 8),
        batch_size=4,
        generator_steps=2,
        pretraining_share=0.5,
        pretraining_size=32,
        pretraining_batch=8,
        anchor_share=0.5,
        warmup_share=0.0,
        average_decay=0.5,
    )
    return Engine(config)


@pytest.fixture(scope="module")
def photos():
    return load_photos("scenes", 48, prior="texture", limit=16)


def test_a_description_is_of_one_region_alone():
    generator = build_generator(preset("small", generator_widths=(4, 8)))
    describer = build_describer(generator)
    draw = np.random.default_rng(0)
    images = draw.uniform(-1, 1, (3, 32, 32, 3)).astype(np.float32)
    left = np.zeros((3, 8, 8), np.float32)
    left[:, :, :4] = 1.0 / 32
    shares = np.stack([left, left[:, :, ::-1]], -1)
    found = np.asarray(describer([images, shares], training=False))
    assert found.shape == (3, 2, 128)
    np.testing.assert_allclose(np.linalg.norm(found, axis=-1), 1.0, rtol=1e-5)
    swapped = np.asarray(describer([images, shares[..., ::-1]], training=False))
    np.testing.assert_allclose(swapped, found[:, ::-1], rtol=1e-4, atol=1e-5)
    assert np.abs(found[:, 0] - found[:, 1]).max() > 1e-3
    shared = {weight.path for weight in describer.trainable_variables}
    assert {"stem_conv/kernel", "bottleneck_a_conv/kernel"} <= shared
    assert not any(path.startswith(("decode", "head")) for path in shared)


def test_regions_are_told_from_each_other_better_as_it_learns(engine, photos):
    encoder = Pretraining(engine, photos)
    state = encoder.begin(engine.initial_state())
    first = state.generator
    told = []
    for number in range(150):
        state, figures = encoder.learn(state, encoder.make(number), 1.0)
        told.append({name: float(value) for name, value in figures.items()})
    # Of 32 regions in all guessing finds one in 32, at a loss of log 32.
    assert np.mean([each["loss"] for each in told[-20:]]) < 0.9 * np.log(32)
    assert np.mean([each["found"] for each in told[-20:]]) > 2 / 32
    variables = engine.generator.trainable_variables
    before, after = unflatten(first, variables), unflatten(state.generator, variables)
    moved = {
        variable.path: float(np.abs(np.asarray(a) - np.asarray(b)).max())
        for variable, a, b in zip(variables, before, after, strict=True)
    }
    of_decoder = {path for path in moved if path.startswith(("decode", "head"))}
    assert of_decoder and all(moved[path] == 0.0 for path in of_decoder)
    assert moved["stem_conv/kernel"] > 1e-3
    memory = np.asarray(state.pretraining[-1])
    np.testing.assert_allclose(np.linalg.norm(memory, axis=-1), 1.0, rtol=1e-5)


def test_g_goes_on_from_the_average_and_a_resumed_run_from_where_it_was(engine, photos, tmp_path):
    start = engine.initial_state()
    whole = list(run_cycles(engine, start, photos, cycles=6))
    assert [figures["stage"] for _, figures in whole] == ["pretraining"] * 3 + ["anchor"] * 3
    assert whole[2][0].pretraining and not whole[3][0].pretraining
    assert whole[3][0].averaged == engine.config.generator_steps  # it began anew
    save_state(tmp_path / "state.safetensors", whole[1][0])
    resumed = load_state(tmp_path / "state.safetensors", start)
    rest = list(run_cycles(engine, resumed, photos, cycles=6))
    for name in ("generator", "average", "generator_statistics"):
        np.testing.assert_array_equal(
            getattr(rest[-1][0], name), getattr(whole[-1][0], name), err_msg=name
        )


def test_views_hold_no_photo_twice_and_are_the_same_again(engine, photos):
    encoder = Pretraining(engine, photos)
    one, again, other = encoder.make(3), encoder.make(3), encoder.make(4)
    assert len(set(one["index"].tolist())) == len(one["index"]) == 8
    np.testing.assert_array_equal(one["image"], again["image"])
    assert np.abs(one["image"].astype(int) - other["image"]).max() > 50
