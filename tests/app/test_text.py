import dataclasses
import re

import pytest
from gecat.app.text import CHINESE, ENGLISH, count_in_words, score_in_words

# The reasons are a table of their own, with tests of its own.
FIELDS = [field.name for field in dataclasses.fields(ENGLISH) if field.name != "reasons"]


def flat(value):
    if isinstance(value, dict):
        return list(value.values())
    return list(value) if isinstance(value, tuple) else [value]


@pytest.mark.parametrize("name", FIELDS)
def test_both_languages_fill_in_the_same_values(name):
    english, chinese = (flat(getattr(words, name)) for words in (ENGLISH, CHINESE))
    assert len(english) == len(chinese)
    for one, other in zip(english, chinese, strict=True):
        assert one.strip()
        assert other.strip()
        assert set(re.findall(r"{\w+}", one)) == set(re.findall(r"{\w+}", other))


@pytest.mark.parametrize("name", [name for name in FIELDS if name != "language"])
def test_chinese_is_chinese(name):
    texts = "".join(flat(getattr(CHINESE, name)))
    assert re.search("[\u4e00-\u9fff]", texts) or name == "other_language"


def test_a_better_score_never_sounds_worse():
    ranks = [ENGLISH.scores.index(score_in_words(step / 100, ENGLISH)) for step in range(101)]
    assert ranks == sorted(ranks)
    assert set(ranks) == {0, 1, 2, 3}


def test_objects_are_counted_in_words():
    assert [count_in_words(count, ENGLISH) for count in (0, 1, 2)] == [
        "No object",
        "1 object",
        "2 objects",
    ]
