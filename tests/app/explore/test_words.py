import re
from dataclasses import fields

import pytest
from gecat.app.explore.words import CHINESE, ENGLISH


def flat(value):
    if isinstance(value, dict):
        return list(value.values())
    return list(value) if isinstance(value, tuple) else [value]


@pytest.mark.parametrize("name", [field.name for field in fields(ENGLISH)])
def test_both_languages_say_everything(name):
    english, chinese = (flat(getattr(words, name)) for words in (ENGLISH, CHINESE))
    assert name == "chart" or len(english) == len(chinese)
    for one, other in zip(english, chinese, strict=False):
        assert other.strip()
        assert set(re.findall(r"{\w+}", one)) == set(re.findall(r"{\w+}", other))


def test_every_figure_has_one_sentence_on_how_to_read_it():
    for words in (ENGLISH, CHINESE):
        for field in fields(words):
            if field.name.endswith("_figure"):
                title, how = getattr(words, field.name)
                assert title
                assert how[-1] in ".。"
