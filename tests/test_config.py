"""Settings: what is allowed, and what a wrong one is told."""

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gecat.config import (
    PRESETS,
    SETTINGS,
    STEERABLE,
    Config,
    SettingError,
    new_course,
    preset,
)


@pytest.mark.parametrize("name", sorted(PRESETS))
def test_presets_survive_the_way_through_json(name):
    config = preset(name)
    assert Config.from_dict(config.to_dict()) == config


def test_words_of_a_command_line_become_numbers():
    config = preset("small", batch_size="4", learning_rate="1e-4", generator_widths="8,16")
    assert (config.batch_size, config.learning_rate) == (4, 1e-4)
    assert config.generator_widths == (8, 16)


@pytest.mark.parametrize(
    ("setting", "value", "told"),
    [
        ("beta_rule", "BFGS", "one of FR, PR"),
        ("batch_size", 0, "from 2 to 512"),
        ("composites", "person", "object and region"),
        ("relabel_from", 1.5, "from 0.0 to 1.0"),
        ("batch_size", "many", "a whole number"),
        ("batch_size", 2.5, "a whole number"),
        ("batch_size", 5, "multiple of 2. Received: 5"),
        ("batch_size", float("inf"), "whole number .* Received: inf"),
        ("generator_widths", (8,), "2 to 6 whole numbers"),
        ("generator_blocks", (1, 1, 1, 1, 1), "0 to 3 whole"),
        ("generator_attention", 2, "true or false. Received: 2"),
        ("generator_blocks", (0,), "numbers from 1 to 16"),
        ("learning_rate", float("nan"), "learning_rate"),
        ("learning_rate", "fast", "a number from"),
        ("generator_widths", "8,wide", "2 to 6 whole numbers .* 8,wide"),
        ("generator_mixture", "perhaps", "true or false. Received: perhaps"),
        ("preset", 3, "a text. Received: 3"),
        ("seed", "9" * 5000, "a whole number from 0 to 2147483647. Received: 9{40}\\.\\.\\."),
        ("colour", "red", "no such setting; allowed are adv.*Received: colour"),
    ],
)
def test_a_wrong_setting_is_told_what_is_allowed(setting, value, told):
    for refused in (
        lambda: preset("small", **{setting: value}),
        lambda: preset("small").replace(**{setting: value}),
        lambda: Config.from_dict({**preset("small").to_dict(), setting: value}),
    ):
        with pytest.raises(SettingError, match=told) as caught:
            refused()
        assert setting in str(caught.value)


@pytest.mark.parametrize(
    ("name", "changes", "told"),
    [
        (
            "base",
            {"generator_widths": (4, 4, 1, 4), "generator_attention": 1},
            "the third at least 2",
        ),
    ],
)
def test_what_the_networks_cannot_be_built_of_is_refused(name, changes, told):
    with pytest.raises(ValueError, match=told):
        preset(name, **changes)


def test_an_unknown_preset_is_told_the_known_ones():
    with pytest.raises(ValueError, match=r"small.*Received: huge"):
        preset("huge")


@given(st.floats(0, 1), st.floats(0, 1))
def test_shares_of_a_run_never_exceed_it(anchor, warmup):
    if anchor + warmup > 1.0:
        with pytest.raises(ValueError, match="at most 1 together"):
            preset("small", anchor_share=anchor, warmup_share=warmup)
    else:
        assert preset("small", anchor_share=anchor, warmup_share=warmup).warmup_share == warmup


def test_a_value_with_a_fault_beside_it_is_not_blamed():
    with pytest.raises(SettingError, match="at most 1 together. Received: 0.0, 0.6 and 0.6"):
        preset("small", anchor_share=0.6, warmup_share="0.6")


def test_switches_of_older_files_are_read():
    older = {**preset("base").to_dict(), "generator_attention": 1, "generator_mixture": 0}
    config = Config.from_dict(older)
    assert (config.generator_attention, config.generator_mixture) == (True, False)
    for text, meant in (("1", True), ("false", False), ("True", True), ("no", False)):
        assert preset("base", generator_attention=text).generator_attention is meant


def test_a_config_is_a_value():
    config, same = preset("small"), preset("small", seed="0")
    assert config == same and hash(config) == hash(same)
    assert {config: "found"}[same] == "found"
    assert config.replace(seed=1) == preset("small", seed=1) != config
    with pytest.raises(ValueError, match="frozen"):
        config.seed = 1


def test_the_course_of_a_new_run_is_its_presets_but_the_networks_are_the_weights():
    trained = preset("small", generator_widths=(8, 16, 32), anchor_share=0.0, warmup_share=1.0)
    config = new_course(trained, seed=5)
    assert config == preset("small", generator_widths=(8, 16, 32), seed=5)


def test_what_a_visitor_may_steer_is_no_more_than_was_meant():
    courses = {"anchor_share", "warmup_share", "learning_rate", "update_rule", "seed", "batch_size"}
    networks = {"size", "generator_widths", "discriminator_widths"}
    cycles = {
        "generator_steps",
        "discriminator_steps",
        "beta_rule",
        "preconditioner",
        "first_radius",
    }
    weights = {f"{term}_weight" for term in ("adversarial", "anchor", "area", "binary")}
    assert courses | networks | cycles | weights | {"self_training_weight"} == STEERABLE


@pytest.mark.parametrize("name", sorted(SETTINGS))
def test_each_setting_says_what_it_may_be_and_holds_to_it(name):
    facts = SETTINGS[name]
    assert facts["description"] and "default" in facts
    if "enum" in facts:
        assert facts["default"] in facts["enum"]
    elif facts["type"] in ("integer", "number"):
        low, high = facts["minimum"], facts["maximum"]
        assert low <= facts["default"] <= high
        for beyond in (low - 1, high + 1):
            with pytest.raises(SettingError, match=f"{name} must be .* Received"):
                preset("small", **{name: beyond})


def test_settings_need_no_tensorflow():
    code = "import sys, gecat.config; sys.exit(bool({'tensorflow', 'keras'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], timeout=100).returncode == 0
