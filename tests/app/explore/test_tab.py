import gradio as gr
import pytest

import gecat
from gecat.app.explore.explorer import make_explorer
from gecat.app.explore.generator import GeneratorActions
from gecat.app.explore.tab import PhotoActions
from gecat.app.ui.result_cache import ResultCache
from gecat.i18n import words

ENGLISH = words("en")


def test_a_photo_is_looked_at_once_and_its_name_is_harmless(explorer, ticket, photo):
    assert explorer.photo(ticket) is photo
    assert photo.image.shape == (72, 96, 3)
    assert photo.mask.shape == (72, 96)
    assert photo.name == "a-b-cat"


def test_without_a_photo_one_is_awaited(explorer):
    inspected = PhotoActions(explorer).inspect(None)
    assert inspected["ticket"] is None
    assert ENGLISH.explore.waiting in inspected["note"]


def test_missing_weights_are_told(upload, tmp_path):
    nothing = make_explorer(ENGLISH, lambda: gecat.load(tmp_path / "none"), ResultCache())
    actions = PhotoActions(nothing)
    with pytest.raises(gr.Error) as caught:
        actions.inspect(upload)
    assert ENGLISH.titles.weights in caught.value.message
    assert str(tmp_path) not in caught.value.message
    # The photo is taken off the page, which asks again: the message must stay.
    for told in (
        actions.reset(upload, upload),
        actions.reset(upload, None),
        actions.inspect(None),
        actions.follow(None, None),
    ):
        assert ENGLISH.titles.weights in told["note"]


def test_one_photo_for_the_whole_page(explorer, upload):
    actions, other = PhotoActions(explorer), {"path": "/other.png"}
    for shown in (None, other):
        followed = actions.follow(shown, upload)
        assert followed["photo"] == upload["path"] and ENGLISH.explore.looking in followed["note"]
    assert actions.lead(other, upload) == {"chosen": "/other.png"}
    # What both have already, and what one of them has not, changes nothing.
    assert actions.follow(upload, upload) == actions.lead(upload, upload) == {}
    assert actions.follow(upload, None) == actions.lead(None, upload) == {}
    # Where the new photo cannot be used, the good one comes back.
    assert actions.reset(other, upload) == {"photo": upload["path"]}


def test_a_photo_that_the_cache_let_go_is_asked_for_again(explorer):
    with pytest.raises(gr.Error, match="no longer kept"):
        GeneratorActions(explorer).show("gone", 0)
