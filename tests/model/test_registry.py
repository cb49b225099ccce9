"""Architectures by name, and what each asks of the settings."""

import subprocess
import sys
from pathlib import Path

import pytest

import gecat.model
from gecat.config import PRESETS, SETTINGS, STEERABLE, Config, preset
from gecat.errors import SettingError
from gecat.jobs.limits import JobLimits
from gecat.jobs.requests import RunRequest, check_request
from gecat.model.registry import (
    NAMES,
    Architecture,
    architecture,
    architecture_of,
    build_discriminator,
    build_generator,
    check,
)
from gecat.training.train import train


@pytest.mark.parametrize("path", sorted(Path(gecat.model.__path__[0]).glob("*.py")))
def test_every_architecture_that_has_a_file_has_a_name_and_the_other_way_round(path):
    gives_one = "\nARCHITECTURE = " in path.read_text(encoding="utf-8")
    assert gives_one is (path.stem in NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_each_name_leads_to_its_file(name):
    found = architecture(name)
    assert isinstance(found, Architecture)
    assert found.build_generator.__module__ == f"gecat.model.{name}"
    assert set(found.settings) <= set(SETTINGS) and not set(found.settings) & STEERABLE


@pytest.mark.parametrize("name", sorted(PRESETS))
def test_weights_are_named_alike_whenever_networks_are_built(name):
    """Keras numbers layers without a name on and on, and no file would be found again."""
    for build in (build_generator, build_discriminator):
        first, second = ([weight.path for weight in build(preset(name)).weights] for _ in "12")
        assert first == second


@pytest.mark.parametrize("name", sorted(PRESETS))
def test_weights_hold_at_least_as_many_numbers_as_is_said(name):
    config = preset(name)
    check(config)
    held = build_generator(config).count_params() + build_discriminator(config).count_params()
    assert 0.25 * held < architecture_of(config).least_numbers(config) <= held


WRONG = [
    ("small", {"size": 100}, "size must be a multiple of 16. Received: 100"),
    ("small", {"inference_size": 72}, "inference_size must be a multiple of 16. Received: 72"),
    ("article", {"size": 66}, "size must be a multiple of 4. Received: 66"),
    ("article", {"generator_widths": (8, 4)}, "3 widths .*Received: \\[8, 4\\]"),
    ("article", {"discriminator_widths": (8, 4, 4)}, "2 widths .*Received: \\[8, 4, 4\\]"),
    (
        "small",
        {"pretraining_share": 0.1, "anchor_share": 0.5, "pretraining_size": 72},
        "pretraining_size must be a multiple of 16. Received: 72",
    ),
    (
        "article",
        {"pretraining_share": 0.1, "anchor_share": 0.5},
        "architecture must be one of unet. Received: article",
    ),
]


@pytest.mark.parametrize(("name", "changes", "told"), WRONG)
def test_what_an_architecture_cannot_do_is_refused(name, changes, told, tmp_path):
    config = preset(name, **changes)
    for refused in (
        lambda: check(config),
        lambda: check(Config.from_dict(config.to_dict())),
        lambda: build_generator(config),
        lambda: build_discriminator(config),
        lambda: train("scenes", tmp_path / "run", cycles=1, preset_name=name, changes=changes),
    ):
        with pytest.raises(SettingError, match=told):
            refused()
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize(
    ("name", "changes", "told"), [case for case in WRONG if set(case[1]) <= STEERABLE]
)
def test_a_request_is_refused_at_once(name, changes, told):
    request = RunRequest(preset=name, changes=changes)
    with pytest.raises(ValueError, match=told):
        check_request(request, JobLimits(), ())


@pytest.mark.parametrize(
    ("widths", "shared"), [((16, 32, 64), True), ((16, 32, 48), False), ((8, 16), False)]
)
def test_an_encoder_is_shared_where_its_stages_are_the_generators_first(widths, shared):
    config = preset("base", generator_widths=(16, 32, 64, 128), discriminator_widths=widths)
    assert architecture_of(config).shares_encoder(config) is shared
    article = preset("article")
    assert not architecture_of(article).shares_encoder(article)


def test_the_registry_itself_needs_no_keras():
    code = "import sys, gecat.model.registry; sys.exit('keras' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], timeout=100).returncode == 0
