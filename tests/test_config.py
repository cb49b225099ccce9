"""Settings: what is allowed, and what a wrong one is told."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gecat.config import PRESETS, Config, preset


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
        ("beta_rule", "BFGS", "FR, PR"),
        ("batch_size", 0, "from 2 to 512"),
        ("composites", "person", "object, region"),
        ("relabel_from", 1.5, "from 0.0 to 1.0"),
        ("batch_size", "many", "type int"),
        ("batch_size", 2.5, "type int"),
        ("batch_size", 5, "even, received 5"),
        ("batch_size", float("inf"), "type int, received inf"),
        ("size", 100, "multiple of"),
        ("generator_widths", (8,), "2 to 6 widths"),
        ("generator_blocks", (1, 1, 1, 1, 1), "at most"),
        ("generator_attention", 2, "from 0 to 1"),
        ("generator_blocks", (0,), "counts from 1 to 16"),
        ("learning_rate", float("nan"), "learning_rate"),
        ("colour", "red", "unknown settings"),
    ],
)
def test_a_wrong_setting_is_told_what_is_allowed(setting, value, told):
    with pytest.raises(ValueError, match=told) as caught:
        preset("small", **{setting: value})
    assert str(value) in str(caught.value) or setting in str(caught.value)


@pytest.mark.parametrize(
    ("name", "changes", "told"),
    [
        ("article", {"generator_widths": (8, 4)}, "3 widths .*received \\(8, 4\\)"),
        ("article", {"discriminator_widths": (8, 4, 4)}, "2 widths .*received \\(8, 4, 4\\)"),
        ("base", {"generator_widths": (4, 4, 1, 4), "generator_attention": 1}, "a third of"),
    ],
)
def test_what_the_networks_cannot_be_built_of_is_refused(name, changes, told):
    with pytest.raises(ValueError, match=told):
        preset(name, **changes)


def test_an_unknown_preset_is_told_the_known_ones():
    with pytest.raises(ValueError, match=r"small.*'huge'"):
        preset("huge")


@given(st.floats(0, 1), st.floats(0, 1))
def test_shares_of_a_run_never_exceed_it(anchor, warmup):
    if anchor + warmup > 1.0:
        with pytest.raises(ValueError, match="at most 1 together"):
            preset("small", anchor_share=anchor, warmup_share=warmup)
    else:
        assert preset("small", anchor_share=anchor, warmup_share=warmup).warmup_share == warmup
