"""The languages say the same, say all of it, and say nothing that nobody asks for."""

import re
from collections.abc import Mapping
from pathlib import Path
from string import Formatter

import pytest

from gecat.config import SETTINGS, Config, preset
from gecat.errors import SettingError
from gecat.i18n import LANGUAGES, Section, words

ROOT = Path(__file__).resolve().parents[2]
SOURCES = [path.read_text() for kind in ("py", "js") for path in ROOT.glob(f"gecat/**/*.{kind}")]
# The name of the other language, those of a network and of formulas, what stands between words.
NOT_CHINESE = {"page.other_language", "choices.architecture.unet", "lists.pair"}
NOT_CHINESE |= {"lists.comma", "lists.space"}


def texts(section, path=""):
    """(dotted name, text) of all texts; a list's have numbers."""
    for name, entry in section.items():
        here = f"{path}.{name}" if path else name
        if isinstance(entry, Section):
            yield from texts(entry, here)
        elif isinstance(entry, tuple):
            yield from ((f"{here}.{number}", text) for number, text in enumerate(entry))
        else:
            yield here, entry


def filled_in(text):
    """What a text fills in, with the formats."""
    return {(name, form) for _, name, form, _ in Formatter().parse(text) if name is not None}


ENGLISH, CHINESE = (dict(texts(words(language))) for language in LANGUAGES)
KEYS = sorted({re.sub(r"\.\d+$", "", name) for name in ENGLISH})


def test_both_languages_have_the_same_texts():
    assert ENGLISH.keys() == CHINESE.keys()


def test_both_languages_fill_in_the_same_values():
    for name, text in ENGLISH.items():
        assert name == "lists.space" or (text.strip() and CHINESE[name].strip()), name
        assert filled_in(text) == filled_in(CHINESE[name]), name


def test_chinese_is_chinese():
    foreign = {name for name, text in CHINESE.items() if not re.search("[\u4e00-\u9fff]", text)}
    rules = {f"choices.beta_rule.{rule}" for rule in SETTINGS["beta_rule"]["enum"]}
    assert foreign == NOT_CHINESE | rules


def test_chinese_sentences_follow_each_other_without_a_gap():
    """The end of a line within a paragraph is a gap on the page, too."""
    chinese, stop = "\u4e00-\u9fff", "，。；：！？、）”"
    gap = re.compile(rf"[{chinese}{stop}]\**\n *[{chinese}“*]|[{stop}]\** +\S")
    gaps = {name: gap.search(text) for name, text in CHINESE.items()}
    assert {name: found[0] for name, found in gaps.items() if found} == {}


def test_a_text_that_is_missing_is_named():
    with pytest.raises(AttributeError, match="'threshhold' here, only"):
        words("en").segment.threshhold  # noqa: B018
    with pytest.raises(ValueError, match="en, zh, received 'fr'"):
        words("fr")


def test_no_name_hides_what_a_section_can_do():
    names = {part for key in KEYS for part in key.split(".")}
    assert not names & {name for name in (*dir(Mapping), *dir(Section)) if name[0] != "_"}


def test_every_text_is_used():
    """By its name, in quotes or behind a dot; where data make the name, by a test of that data."""
    elsewhere = ("errors.", "settings.", "choices.", "about.names.", "gradio.")
    elsewhere += ("page.example_names.", "page.hard_examples.", "present.steps.")
    elsewhere += ("gradio_labels.", "compare.")
    for key in KEYS:
        name = re.escape(key.rpartition(".")[2].removesuffix("_figure"))
        called = re.compile(rf"""\.{name}\b|"{name}"|\.{name}_figure\b""")
        assert key.startswith(elsewhere) or any(map(called.search, SOURCES)), key


def test_every_figure_has_one_sentence_on_how_to_read_it():
    figures = [key for key in KEYS if key.endswith("_figure")]
    assert figures
    for told in (ENGLISH, CHINESE):
        for figure in figures:
            assert told[f"{figure}.0"]
            assert told[f"{figure}.1"][-1] in ".。"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_setting_has_a_name_of_its_own(language):
    names = words(language).settings
    assert set(names) == set(preset("base").to_dict())
    assert len(set(names.values())) == len(names)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_choice_of_a_setting_has_its_word(language):
    chosen = words(language).choices
    texts = {name for name, value in preset("base").to_dict().items() if isinstance(value, str)}
    assert set(chosen) == texts
    for name, choices in chosen.items():
        with pytest.raises(SettingError) as caught:
            preset("?") if name == "preset" else Config.from_dict({name: "?"})
        assert set(choices) == {choice.code for choice in caught.value.values["allowed"]}
