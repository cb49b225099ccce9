import re
from types import SimpleNamespace

import gradio as gr
import numpy as np
import pytest

from gecat.app.explore.duel import COLOUR, DuelActions
from gecat.app.explore.views.duel import duel_html
from gecat.app.ui.painting import PAINTED, painted_layer
from gecat.errors import ImageError
from gecat.i18n import words
from gecat.images.decoding import read_opacity

ENGLISH = words("en").explore


@pytest.fixture
def blobs(layer_bytes):
    opacity = np.zeros((72, 96), np.uint8)
    opacity[20:50, 30:70] = 170
    return {"one": SimpleNamespace(layers=[layer_bytes(opacity)])}


def test_without_a_photo_it_waits(explorer):
    actions = DuelActions(explorer, {})
    assert ENGLISH.waiting in actions.ask(None, None)["scores"]
    assert actions.empty(None)["canvas"] is None


def test_it_opens_with_a_mask_that_was_judged_already(explorer, ticket, photo):
    opened = DuelActions(explorer, {}).open(ticket)
    (layer,) = opened["canvas"].value["layers"]
    painted = read_opacity(layer["path"])
    assert painted.any() and painted.shape == photo.image.shape[:2]
    assert f"{photo.binary_judgement[0]:.1%}" in opened["scores"]
    assert ENGLISH.your_map in opened["yours"]
    assert ENGLISH.waiting in DuelActions(explorer, {}).open(None)["scores"]


def test_a_painted_mask_is_judged_against_the_generators(explorer, ticket, photo, blobs):
    asked = DuelActions(explorer, blobs).ask(ticket, {"id": "one"})
    assert f"{photo.binary_judgement[0]:.1%}" in asked["scores"]
    assert ENGLISH.generator_map in asked["theirs"]
    assert ENGLISH.your_map in asked["yours"]
    assert blobs == {}  # read once, then forgotten


def test_the_generators_own_mask_is_a_draw(explorer, ticket, photo, layer_bytes):
    mask = photo.mask > 0.5
    assert mask.any()
    blobs = {"one": SimpleNamespace(layers=[layer_bytes(mask * np.uint8(170))])}
    asked = DuelActions(explorer, blobs).ask(ticket, {"id": "one"})
    assert ENGLISH.duel_even in asked["scores"]


def test_improving_begins_with_the_score_that_was_asked_for(explorer, ticket, blobs):
    again = {"two": blobs["one"]}
    asked = DuelActions(explorer, blobs).ask(ticket, {"id": "one"})
    improved = DuelActions(explorer, again).improve(ticket, {"id": "two"})
    score = float(re.findall(r"<b>([\d.]+)%</b>", asked["scores"])[1])
    _, caption = improved["steps"][0]
    assert float(caption.removeprefix("Step 0: ").removesuffix("%")) == pytest.approx(score, abs=5)


def test_improving_shows_every_step_and_compares_the_last(explorer, ticket, blobs, numbers):
    improved = DuelActions(explorer, blobs).improve(ticket, {"id": "one"})
    scores = [float(row["score"]) for row in numbers(improved["chart"]) if row["score"]]
    captions = [caption for _, caption in improved["steps"]]
    assert len(captions) > 1
    assert captions[0].startswith("Step 0")
    assert len(scores) == len(captions)
    assert captions[-1].endswith(f"{scores[-1]:.0%}")
    assert f"{scores[-1]:.1%}" in improved["scores"]


def test_an_empty_canvas_is_no_mask(explorer, ticket, layer_bytes):
    empty = {"one": SimpleNamespace(layers=[layer_bytes(np.zeros((9, 9), np.uint8))])}
    for stored, payload in ((empty, {"id": "one"}), ({}, {"layers": []}), ({}, None)):
        with pytest.raises(gr.Error, match="Paint something"):
            DuelActions(explorer, stored).ask(ticket, payload)


def test_a_canvas_begins_with_the_generators_mask(explorer, ticket, photo, layer_bytes):
    canvas = DuelActions(explorer, {}).generators_mask(ticket)["canvas"]
    assert canvas.value is not None
    layer = np.zeros((*photo.mask.shape, 4), np.uint8)
    layer[photo.mask > 0.5] = (*COLOUR, 170)
    painted = read_opacity(layer_bytes(layer[..., 3])) >= PAINTED
    assert np.array_equal(painted, photo.mask > 0.5)


def test_a_layer_is_refused_before_it_is_opened(layer_bytes):
    blobs = {"one": SimpleNamespace(layers=[layer_bytes(np.zeros((2001, 2000), np.uint8))])}
    with pytest.raises(ImageError, match="at most 4 megapixels"):
        painted_layer({"id": "one"}, blobs)


def test_layers_come_as_files_or_as_uploads(tmp_path, layer_bytes):
    opacity = np.full((4, 5), 99, np.uint8)
    (tmp_path / "layer.png").write_bytes(layer_bytes(opacity))
    given = {"layers": [{"path": str(tmp_path / "layer.png")}]}
    assert np.array_equal(painted_layer(given, {}), opacity)
    assert painted_layer({"id": "gone", "layers": []}, {}) is None


@pytest.mark.parametrize(
    ("yours", "sentence"),
    [(0.7, ENGLISH.duel_won), (0.3, ENGLISH.duel_lost), (0.502, ENGLISH.duel_even)],
)
def test_the_higher_score_wins(yours, sentence):
    assert sentence in duel_html(0.5, yours, ENGLISH)
