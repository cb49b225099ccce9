import numpy as np
import pytest

import gecat
from gecat.images.scenes import draw_scene
from gecat.inspection.features import Probe, fit_palette, lab_colours, stage_names


def test_principal_components_of_hand_worked_features():
    # Along the second channel the places differ by 4, along the first by 1, else by nothing.
    features = np.array([[-1, -4, 7], [1, -4, 7], [-1, 4, 7], [1, 4, 7]], float)
    palette = fit_palette(features)
    assert palette.mean == pytest.approx([0, 0, 7])
    assert palette.axes == pytest.approx(np.array([[0, 1, 0], [1, 0, 0], [0, 0, 1]]))
    assert palette.explained == pytest.approx([16 / 17, 1 / 17, 0])
    assert palette.components(features[None])[0, 0] == pytest.approx([-4, -1, 0])


def test_two_channels_leave_the_third_component_empty():
    palette = fit_palette(np.array([[0, 0], [1, 2], [2, 4]], float))
    assert palette.axes[:, 2] == pytest.approx([0, 0])
    assert palette.explained == pytest.approx([1, 0, 0])


def test_the_first_component_is_lightness_alone():
    dark, light = lab_colours(np.array([[0, 0.5, 0.5], [1, 0.5, 0.5]]))
    assert np.ptp(dark.astype(int)) <= 2
    assert np.ptp(light.astype(int)) <= 2
    assert light.mean() > dark.mean() + 150


def test_the_second_component_runs_from_blue_to_yellow():
    blue, yellow = lab_colours(np.array([[0.5, 0, 0.5], [0.5, 1, 0.5]])).astype(int)
    assert blue[2] > blue[0]
    assert yellow[0] > yellow[2] + 50


@pytest.fixture(scope="module")
def networks(small_weights):
    return gecat.load(small_weights).networks


@pytest.fixture(scope="module")
def probe(networks):
    return Probe(networks, [draw_scene(seed, 64)[0] for seed in range(3)])


def test_stages_come_in_the_order_of_the_data(networks):
    names = stage_names(networks.models.generator)
    assert names[0] == "stem_relu"
    assert names.index("bottleneck_relu") == names.index("encode3_relu") + 1
    assert names[-2:] == ["decode0_mix_relu", "compare_ratio"]


def test_a_photo_is_read_stage_by_stage(networks, probe):
    image = draw_scene(9, 64)[0]
    features, logits = probe(image)
    assert list(features) == probe.stages
    widths = networks.config.generator_widths
    assert features["stem_relu"].shape == (32, 32, widths[0])
    assert features["bottleneck_relu"].shape == (4, 4, widths[-1])
    assert np.allclose(logits, networks.generate(networks.input(image))[0], atol=1e-4)


def test_a_colour_means_the_same_in_every_photo(probe):
    features = probe(draw_scene(9, 64)[0])[0]["stem_relu"]
    palette = probe.palettes["stem_relu"]
    whole = palette.colours(features)
    assert np.array_equal(palette.colours(features[:8, :8]), whole[:8, :8])
    assert len(np.unique(whole.reshape(-1, 3), axis=0)) > 10
