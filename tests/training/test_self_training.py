"""G labels all photos while it learns, and processes of their own draw the masks' edges."""

import time
from dataclasses import replace

import numpy as np
import pytest

from gecat.config import preset
from gecat.images.datasets import load_photos
from gecat.training.engine import Engine
from gecat.training.self_training import CUT_SIDE, Renewal, cut_rows, leaning

SIDE = 256


def write(folder, photos, soft):
    np.save(folder / "photos.npy", photos)
    np.save(folder / "soft.new.npy", soft)
    np.lib.format.open_memmap(folder / "cuts.new.npy", "w+", np.uint8, soft.shape).flush()


def test_a_cut_follows_the_edge_that_the_mask_missed(tmp_path):
    photo = np.full((SIDE, SIDE, 3), (40, 90, 200), np.uint8)
    photo[76:204, 85:192] = (220, 60, 30)
    photo = (photo + np.random.default_rng(0).integers(-9, 10, photo.shape)).astype(np.uint8)
    soft = np.full((2, SIDE, SIDE), 115, np.uint8)  # half believed
    soft[:, int(0.4 * SIDE) : int(0.7 * SIDE), int(0.45 * SIDE) : int(0.65 * SIDE)] = 255
    write(tmp_path, np.stack([photo, photo]), soft)
    cut_rows(str(tmp_path), 1, 5)
    cuts = np.load(tmp_path / "cuts.new.npy")
    truth = np.zeros((SIDE, SIDE), bool)
    truth[76:204, 85:192] = True
    found = cuts[1] > 127
    assert not cuts[0].any()  # only the rows asked for
    assert (found & truth).sum() / (found | truth).sum() > 0.97
    assert CUT_SIDE < SIDE


def test_a_pseudo_mask_is_over_one_half_just_where_the_cut_says_object():
    soft = np.arange(256, dtype=np.uint8).repeat(2)
    cuts = np.tile(np.array([0, 255], np.uint8), 256)
    np.testing.assert_array_equal(leaning(soft, cuts) > 127, cuts > 127)


@pytest.fixture(scope="module")
def engine():
    config = preset(
        "small",
        size=32,
        inference_size=64,
        generator_widths=(4, 8),
        discriminator_widths=(4, 8),
        batch_size=4,
        renew_from=0.2,
        renew_until=0.7,
    )
    return Engine(config)


def finish(renewal, state, progress):
    """Looks until the round that is under way has ended."""
    before = renewal.rounds
    deadline = time.monotonic() + 200
    while renewal.rounds == before:
        assert time.monotonic() < deadline
        time.sleep(0.1)
        renewal.look(state, progress)


def test_a_round_puts_the_average_and_its_cuts_in_the_place_of_the_pseudo_masks(engine, tmp_path):
    photos = load_photos("scenes", 48, prior="barrier", limit=12)
    photos = replace(photos, priors=photos.priors.copy())
    state, first = engine.initial_state(), photos.priors.copy()
    with Renewal(engine, photos, tmp_path / "renewal", workers=1) as renewal:
        renewal.look(state, 0.1)
        assert not (tmp_path / "renewal").exists()  # it is not time yet
        renewal.look(state, 0.2)
        np.testing.assert_array_equal(photos.priors, first)  # GrabCut is still at it
        finish(renewal, state, 0.9)
        assert renewal.rounds == 1
        renewal.look(state, 0.9)
        assert not renewal.under_way  # it is too late for another
    soft = engine.label(state, photos.images)
    cuts = np.load(tmp_path / "renewal" / "cuts.npy")
    np.testing.assert_array_equal(photos.priors, leaning(soft, cuts))
    resumed = replace(photos, priors=first)
    Renewal(engine, resumed, tmp_path / "renewal")
    np.testing.assert_array_equal(resumed.priors, leaning(soft, cuts))


def test_labels_are_the_mean_of_two_scales_and_two_mirrors(engine):
    photos = load_photos("scenes", 48, limit=70).images
    state = engine.initial_state()
    labels = engine.label(state, photos)
    assert labels.shape == (70, 48, 48) and labels.std() > 0.0
    mirrored = engine.label(state, photos[:, :, ::-1])
    assert np.abs(labels.astype(int) - mirrored[:, :, ::-1]).max() <= 1
