"""Every code of an error is raised for real, and told in both languages."""

import json
import pickle
import re
from types import SimpleNamespace

import pytest

from gecat.errors import KINDS, ImageError, Setting, SettingError, Term, UserError, told_of
from gecat.evaluation.baselines import METHODS
from gecat.i18n import say, words
from gecat.images.reading import read_image

from .refusals import commands, images, jobs, runs, weights

RECIPES = {
    code: provoke
    for module in (images, weights, runs, jobs, commands)
    for code, provoke in module.RECIPES.items()
}
CODES = [f"{kind}.{name}" for kind, section in words("en").errors.items() for name in section]
# Formats, units and names of things that are called so in every language.
FORMATS = {"JPEG", "PNG", "WebP", "AVIF", "GIF", "BMP", "TIFF", "HEIC", "SVG", "PDF", "ZIP", "XL"}
UNITS = {"MB", "GB"}
NAMES = {
    "PIL",
    "NumPy",
    "Photoshop",
    "PostScript",
    "TensorFlow",
    "JAX",
    "ONNX",
    "GEC-AT",
    "Net",
    "Armijo",
    "Adam",
}
VALUES = {"NaN", "uint8", "float64", "int", "article", "true", "false", *METHODS}
ALLOWED = FORMATS | UNITS | NAMES | VALUES


@pytest.fixture
def tools(tmp_path, small_weights, monkeypatch, open_jobs):
    """What a recipe may need; what it hands in of its own is called "given"."""
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(tmp_path))
    return SimpleNamespace(place=tmp_path, weights=small_weights, patch=monkeypatch, jobs=open_jobs)


def foreign(error):
    """The words of the Chinese sentence that are neither Chinese nor what was handed in."""
    told = say(error, "zh")
    # What is typed on a command line is typed so by everybody.
    typed = r"“[^”]*”|--[a-z-]+( scenes)?|KEY=VALUE|#\w+|\.(zip|npy)"
    given = r"(given)+[\w./-]*|\w+(/\w+)+"  # and arrays inside a weights file
    told = re.sub(f"{typed}|{given}", " ", told)
    return set(re.findall(r"[A-Za-z]{2}[A-Za-z0-9_-]*", told)) - ALLOWED


def test_every_code_has_a_recipe_and_words():
    assert sorted(RECIPES) == sorted(CODES)


@pytest.mark.parametrize("code", RECIPES)
def test_every_error_is_told_in_both_languages(code, tools):
    with pytest.raises(UserError) as caught:
        RECIPES[code](tools)
    error = caught.value
    assert error.code == code
    assert type(error) is KINDS.get(error.kind, UserError)
    assert str(error)[-1] == "."
    assert "{" not in str(error)
    assert str(tools.place) not in str(error)
    assert not foreign(error), say(error, "zh")
    for language in ("en", "zh"):
        again = UserError.from_dict(json.loads(json.dumps(error.to_dict())))
        assert type(again) is type(error)
        assert say(again, language) == say(error, language)


@pytest.mark.parametrize("data", images.OTHER_KINDS, ids=lambda data: repr(data[:12]))
def test_no_english_is_left_where_another_kind_of_file_is_named(data):
    with pytest.raises(ImageError) as caught:
        read_image(data)
    assert not foreign(caught.value), say(caught.value, "zh")


def test_a_setting_is_called_as_it_is_typed_or_as_the_page_names_it():
    error = SettingError("setting.multiple", name="size", step=4, received=65)
    assert str(error) == "size must be a multiple of 4. Received: 65."
    assert say(error, "en").startswith(words("en").settings.size)
    assert say(error, "zh").startswith(words("zh").settings.size)


def test_values_of_all_kinds_survive_being_packed():
    inner = ImageError("image.no_picture", accepted=["PNG", "GIF"], received=Term("text"))
    pairs = [("a.png", inner), ("b.png", inner)]
    numbers = {"limit": 8, "usable": 0, "name": "photos", "skipped": 2}
    error = ImageError("image.too_few_photos", **numbers, reasons=pairs)
    again = UserError.from_dict(json.loads(json.dumps(error.to_dict())))
    assert str(again) == str(error)
    assert str(error).count("Accepted: PNG and GIF. Received: text.") == 2
    assert str(pickle.loads(pickle.dumps(error))) == str(error)
    named = UserError.from_dict(SettingError("setting.text", name="preset", received=3).to_dict())
    assert isinstance(named.values["name"], Setting)


@pytest.mark.parametrize(
    "packed",
    [
        None,
        [],
        {},
        {"code": "image.empty"},
        {"code": 3, "values": {}},
        {"code": "image.nonsense", "values": {}},
        {"code": "image.empty", "values": {}},
        {"code": "image", "values": {}},
        {"code": "image.no_picture", "values": {"accepted": {}, "received": ""}},
        {"code": "image.no_pixels", "values": {"width": {"term": "nonsense", "values": {}}}},
    ],
)
def test_what_is_no_error_is_not_taken_for_one(packed):
    with pytest.raises(ValueError, match="no error that is known"):
        UserError.from_dict(packed)


def test_an_error_that_is_kept_holds_nothing_else():
    with pytest.raises(ImageError) as caught:
        read_image(b"\x89PNG and no more")
    error = ImageError("image.bad_mask", reason=caught.value)
    bare = error.bare()
    assert str(bare) == str(error)
    for one in (bare, bare.values["reason"]):
        assert one.__traceback__ is one.__cause__ is one.__context__ is None


def test_nothing_is_told_of_what_nobody_expected():
    assert told_of(ValueError("secret")) is None
    assert told_of(OSError("secret")) is None
    assert told_of(KeyError("secret")) is None
