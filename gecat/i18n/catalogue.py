"""The words of a page, a plot, a refusal: `en.toml` and `zh.toml`, a section a room.

A text fills in {names} where it is used, with Python's own formats. A list is a tuple here.
"""

import functools
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

LANGUAGES = ("en", "zh")


class Section(Mapping):
    """Words by name: `words.train.start`, or `words.train.states[state]` where the name is data.

    Attributes:
        language: whose words these are, one of LANGUAGES.
    """

    def __init__(self, entries: Mapping[str, Any], language: str) -> None:
        self._entries, self.language = entries, language

    def __getattr__(self, name):
        # Asked only for what is no attribute; copying asks before there are entries.
        entries = self.__dict__.get("_entries", {})
        if name not in entries:
            raise AttributeError(f"the catalogue has no {name!r} here, only {', '.join(entries)}")
        return entries[name]

    def __getitem__(self, name):
        return self._entries[name]

    def __iter__(self):
        return iter(self._entries)

    def __len__(self):
        return len(self._entries)

    def __hash__(self):
        return id(self)


@functools.cache
def words(language: str) -> Section:
    """Returns all words of a language, a Section of Sections.

    Args:
        language: one of LANGUAGES.

    Raises:
        ValueError: for another one.
    """
    if language not in LANGUAGES:
        raise ValueError(f"language must be one of {', '.join(LANGUAGES)}, received {language!r}")
    text = Path(__file__).with_name(f"{language}.toml").read_text(encoding="utf-8")
    return _section(tomllib.loads(text), language)


def say(said: Any, language: str | None = None) -> str:
    """Puts an error, or a noun of one, into words.

    Args:
        said: a `UserError` or a `Term`: whatever has a `key`, dotted, and `values` to fill in.
        language: one of LANGUAGES; None for whoever types commands, in English, and with the
            settings called as they are typed.

    Returns:
        str.
    """
    if language is None and said.typed:
        return said.typed
    entry = words(language or "en")
    for name in said.key.split("."):
        entry = entry[name]
    values = {name: _fitting(value, language) for name, value in said.values.items()}
    return entry.format(**values).strip()


def _section(entries, language):
    return Section(
        {name: _entry(value, language) for name, value in entries.items()},
        language,
    )


def _entry(value, language):
    if isinstance(value, dict):
        return _section(value, language)
    return tuple(value) if isinstance(value, list) else value


def _fitting(value, language):
    """What is filled in for a value: numbers as they are, since the text says how they look."""
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return value
    if hasattr(value, "key"):
        return say(value, language)
    lists = words(language or "en").lists
    if value is None:
        return lists.nothing
    if not isinstance(value, (list, tuple)):
        return str(value)
    if value and all(isinstance(part, (list, tuple)) for part in value):
        pairs = ([_fitting(part, language) for part in pair] for pair in value)
        return lists.space.join(lists.pair.format(name=name, reason=why) for name, why in pairs)
    *others, last = [str(_fitting(part, language)) for part in value] or [lists.nothing]
    return f"{lists.comma.join(others)}{lists.before_last}{last}" if others else last
