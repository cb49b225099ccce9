"""What a person can do wrong, as codes: each language has the words in its catalogue.

A code is dotted: `image.too_large` finds its sentence as `too_large` in `[errors.image]`, and tells
the kind of error. What a sentence needs to know are its values: numbers, texts, nouns that are
translated too (`Term`), further errors, and lists of these or of pairs (name, reason). A path is
given by its name alone: where things lie on a server is nobody's business.
"""

import errno
from collections.abc import Iterable
from enum import IntEnum
from functools import partial
from pathlib import Path
from typing import Any, Self

from gecat.i18n import say


class Status(IntEnum):
    """How a command ends, as the system is told."""

    DONE = 0
    SOME_SKIPPED = 1
    WRONG_USE = 2
    FAILED = 3


class Term:
    """A noun of a sentence that has its words in each language, such as "a video".

    Args:
        code: its name in `[terms]`; values: what its words fill in.
    """

    def __init__(self, code: str, **values: Any) -> None:
        self.code, self.values = code, values

    @property
    def typed(self) -> str | None:
        """What is typed for it; None where it is no name of a thing that is typed."""
        return None

    @property
    def key(self) -> str:
        """Where the catalogue has it."""
        return f"terms.{self.code}"

    def __str__(self):
        return self.code

    def __repr__(self):
        return f"Term({self.code!r})"


class Setting(Term):
    """The name of a setting: on a page in words, for whoever types commands as it is typed."""

    @property
    def typed(self) -> str | None:
        """What is typed."""
        return self.code

    @property
    def key(self) -> str:
        """Where the catalogue has it."""
        return f"settings.{self.code}"


class Choice(Term):
    """One of the values that a setting is chosen from; told as the setting itself is."""

    def __init__(self, setting: str, value: str) -> None:
        super().__init__(value)
        self.setting = setting

    @property
    def typed(self) -> str | None:
        """What is typed."""
        return self.code

    @property
    def key(self) -> str:
        """Where the catalogue has it."""
        return f"choices.{self.setting}.{self.code}"


class UserError(ValueError):
    """Something that cannot be done as it was asked for; `str` says why, in English.

    Args:
        code: what is wrong, dotted.
        values: what its sentence fills in.
    """

    typed = None

    def __init__(self, code: str, **values: Any) -> None:
        super().__init__(code)
        self.code, self.values = code, values

    @property
    def key(self) -> str:
        """Where the catalogue has it."""
        return f"errors.{self.code}"

    @property
    def kind(self) -> str:
        """The first part of the code."""
        return self.code.partition(".")[0]

    def __str__(self):
        return say(self)

    def bare(self) -> Self:
        """Returns the same error without what led to it, which may hold a whole photo."""
        values = {
            name: value.bare() if isinstance(value, UserError) else value
            for name, value in self.values.items()
        }
        return type(self)(self.code, **values)

    def to_dict(self) -> dict[str, Any]:
        """Returns the error as values that JSON can hold."""
        return {
            "code": self.code,
            "values": {name: _packed(value) for name, value in self.values.items()},
        }

    @staticmethod
    def from_dict(packed: dict[str, Any]) -> "UserError":
        """Returns the error that `to_dict` packed, of its own kind.

        Raises:
            ValueError: if it is none, or one that the catalogue does not know.
        """
        try:
            values = {name: _unpacked(value) for name, value in packed["values"].items()}
            kind = KINDS.get(packed["code"].partition(".")[0], UserError)
            error = kind(packed["code"], **values)
            say(error)
        except (AttributeError, IndexError, KeyError, TypeError) as problem:
            raise ValueError(
                f"this is no error that is known, received {packed!r:.80}"
            ) from problem
        return error


class ImageError(UserError):
    """A picture, or a source of pictures, that cannot be taken."""


class WeightsError(UserError):
    """A file that holds no weights of a GEC-AT model, or none that fit."""


class RunError(UserError):
    """A training that cannot be started, resumed or gone on with."""


class JobError(UserError):
    """Something that cannot be done with a run that the app started, or how one ended."""


class SettingError(UserError):
    """A setting of a model or a training that does not work.

    Args:
        code: what is wrong, dotted.
        name: the setting's, or None where it is not about one.
        allowed: the values that it may have, or the settings that there are, or None.
        values: what else its sentence fills in.
    """

    def __init__(
        self,
        code: str,
        *,
        name: object = None,
        allowed: Iterable[object] | None = None,
        **values: Any,
    ) -> None:
        if name is not None:
            values["name"] = Setting(str(name))
        if allowed is not None:
            terms = Setting if name is None else partial(Choice, str(name))
            values["allowed"] = [terms(str(term)) for term in allowed]
        super().__init__(code, **values)


def told_of(error: BaseException) -> UserError | None:
    """Returns what may be told of any exception, as a UserError; None where nobody expected it.

    What the system refuses of a file is told by the file's name.
    """
    if isinstance(error, UserError):
        return error
    if is_out_of_memory(error):
        return UserError("system.out_of_memory")
    if isinstance(error, OSError) and error.errno in _FULL:  # where, the system does not say
        return UserError("file.full")
    if isinstance(error, OSError) and error.filename is not None:
        code = _SYSTEM.get(error.errno or 0, "failed")
        return UserError(f"file.{code}", received=name_of(error.filename))
    return None


def is_out_of_memory(error: BaseException) -> bool:
    """Returns whether the memory was not enough, of the machine or of its GPU.

    What computes has errors of its own for that, which are known by their names: nothing here loads
    what computes.
    """
    kinds = {kind.__name__ for kind in type(error).__mro__}
    if kinds & {"MemoryError", "ResourceExhaustedError"}:  # the latter is TensorFlow's
        return True
    return "JaxRuntimeError" in kinds and str(error).startswith("RESOURCE_EXHAUSTED")


def name_of(path: str | Path) -> str:
    """Returns what a path is called, without the folders that it lies in."""
    return Path(path).name or str(path)


KINDS = {
    "image": ImageError,
    "weights": WeightsError,
    "run": RunError,
    "job": JobError,
    "setting": SettingError,
}

_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_SYSTEM = {
    errno.ENOENT: "missing",
    errno.EACCES: "forbidden",
    errno.EPERM: "forbidden",
    errno.EROFS: "forbidden",
    errno.EISDIR: "folder",
    errno.ENOTDIR: "no_folder",
    errno.EEXIST: "no_folder",
}


def _packed(value):
    if isinstance(value, UserError):
        return {"error": value.to_dict()}
    if isinstance(value, Setting):
        return {"setting": value.code}
    if isinstance(value, Choice):
        return {"choice": value.code, "setting": value.setting}
    if isinstance(value, Term):
        values = {name: _packed(part) for name, part in value.values.items()}
        return {"term": value.code, "values": values}
    return [_packed(part) for part in value] if isinstance(value, (list, tuple)) else value


def _unpacked(value):
    if isinstance(value, list):
        return [_unpacked(part) for part in value]
    if not isinstance(value, dict):
        return value
    if "error" in value:
        return UserError.from_dict(value["error"])
    if "choice" in value:
        return Choice(value["setting"], value["choice"])
    if "setting" in value:
        return Setting(value["setting"])
    values = {name: _unpacked(part) for name, part in value["values"].items()}
    return Term(value["term"], **values)
