"""The views' actions on untrained networks, without a browser."""

import io
import json
import re
from types import SimpleNamespace

import gradio as gr
import numpy as np
import pytest
from PIL import Image

import gecat
from gecat.app.explore.critic import CriticView, spoiled
from gecat.app.explore.cycle import CycleView, make_batch
from gecat.app.explore.duel import DuelView, duel_html, painted_layer
from gecat.app.explore.folder import FolderView, passes
from gecat.app.explore.generator import GeneratorView
from gecat.app.explore.subject import make_explorer
from gecat.app.explore.tab import Entry, duel
from gecat.app.explore.timing import time_views
from gecat.app.ui.result_cache import Shelf
from gecat.errors import ImageError
from gecat.i18n import words
from gecat.images.decoding import read_opacity
from gecat.images.scenes import draw_scene

ENGLISH_PAGE, CHINESE_PAGE = words("en"), words("zh")
ENGLISH, CHINESE = ENGLISH_PAGE.explore, CHINESE_PAGE.explore


@pytest.fixture(scope="module")
def segmenter(small_weights):
    return gecat.load(small_weights)


@pytest.fixture(scope="module")
def explorer(segmenter):
    return make_explorer(ENGLISH_PAGE, lambda: segmenter, Shelf())


@pytest.fixture
def photo(tmp_path):
    path = tmp_path / "a <b> cat.png"
    Image.fromarray(draw_scene(3, 96)[0][:72]).save(path)
    return {"path": str(path), "orig_name": "a <b> cat.png"}


@pytest.fixture
def ticket(explorer, photo):
    return explorer.look(photo)


def click(x, y):
    return SimpleNamespace(index=(x, y))


def test_a_photo_is_looked_at_once_and_its_name_is_harmless(explorer, ticket):
    subject = explorer.subject(ticket)
    assert subject.image.shape == (72, 96, 3)
    assert subject.mask.shape == (72, 96)
    assert subject.stem == "a-b-cat"
    nothing, note = Entry(explorer).look(None)
    assert nothing is None
    assert ENGLISH.waiting in note


def test_without_a_photo_every_view_waits(explorer, small_weights):
    assert GeneratorView(explorer).open(None)[0] == []
    assert ENGLISH.waiting in GeneratorView(explorer).show(None, 3)
    assert ENGLISH.waiting in CriticView(explorer, small_weights).judge(None, "own", 0, 0, 0, 0)[0]
    assert ENGLISH.waiting in DuelView(explorer, {}).ask(None, None)[0]
    assert ENGLISH.waiting in CycleView(explorer).run(None)[0]


def test_all_stages_are_shown_and_each_can_be_opened(explorer, ticket):
    view = GeneratorView(explorer)
    thumbnails, figure, photo, _ = view.open(ticket)
    names = [name for _, name in thumbnails]
    assert names[0] == "Encoder 1"
    assert names[names.index("Bottleneck") + 1] == "Decoder 1"
    assert names[-3:] == ["Logits", "Mask", "Refined mask"]
    assert ENGLISH.mask_figure[0] in figure
    assert photo.shape == (72, 96, 3)
    opened = [view.show(ticket, index) for index in range(len(names))]
    assert len(set(opened)) == len(names)
    assert "channels at" in opened[0]


def test_the_place_that_was_clicked_is_marked(explorer, ticket):
    figure = GeneratorView(explorer).occlude(ticket, click(48, 36))
    assert 'cx="240.0" cy="180.0"' in figure  # the middle of 480 x 360
    assert ENGLISH.occlusion_scale in figure


def test_the_sliders_spoil_the_mask_and_the_critic_is_asked(explorer, ticket, small_weights):
    view = CriticView(explorer, small_weights)
    subject = explorer.subject(ticket)
    verdict, doubts, shown, scale = view.judge(ticket, "own", 0, 0, 0, 0)
    assert f"{subject.score:.0%}" in verdict
    assert ENGLISH.scale_missing in verdict
    assert scale == ""
    assert ENGLISH.map_figure[0] in doubts
    assert view.judge(ticket, "all", 0, 0, 0, 50)[1] != doubts
    assert view.judge(ticket, "own", 5, 10, 0, 0)[2] != shown


def test_spoiling_begins_with_what_was_chosen():
    mask = np.zeros((20, 20), np.float32)
    mask[5:15, 5:15] = 1
    assert np.array_equal(spoiled(mask, "own", 0, 0, 0, 0), mask)
    assert spoiled(mask, "all", 0, 0, 0, 0).all()
    assert not spoiled(mask, "nothing", 0.1, 0, 0, 0).any()
    assert spoiled(mask, "own", 0, 0.25, 0, 0)[5:15, 10:].all()
    assert spoiled(mask, "own", 0, 0, 0, 0.5).sum() == 50


def test_the_scale_is_drawn_where_it_lies_beside_the_weights(explorer, ticket, tmp_path):
    scores = {"true": [0.9, 0.8], "spoiled": [0.2, 0.3], "own": [0.5, 0.6], "own_iou": [0.6, 0.7]}
    (tmp_path / "w.scale.json").write_text(json.dumps(scores))
    view = CriticView(explorer, tmp_path / "w.safetensors")
    verdict, _, _, scale = view.judge(ticket, "own", 0, 0, 0, 0)
    assert "IoU of 0.6" in verdict
    assert "spoiled masks" in scale


def layer_bytes(opacity):
    layer = np.zeros((*opacity.shape, 4), np.uint8)
    layer[..., 3] = opacity
    buffer = io.BytesIO()
    Image.fromarray(layer).save(buffer, "PNG")
    return buffer.getvalue()


@pytest.fixture
def blobs():
    opacity = np.zeros((72, 96), np.uint8)
    opacity[20:50, 30:70] = 170
    return {"one": SimpleNamespace(layers=[layer_bytes(opacity)])}


def test_a_painted_mask_is_judged_against_the_generators(explorer, ticket, blobs):
    view = DuelView(explorer, blobs)
    verdict, theirs, yours = view.ask(ticket, {"id": "one"})
    assert f"{explorer.subject(ticket).decided[0]:.1%}" in verdict
    assert ENGLISH.generator_map in theirs
    assert ENGLISH.your_map in yours
    assert blobs == {}  # read once, then forgotten


def test_the_generators_own_mask_is_a_draw(explorer, ticket):
    mask = explorer.subject(ticket).mask > 0.5
    assert mask.any()
    blobs = {"one": SimpleNamespace(layers=[layer_bytes(mask * np.uint8(170))])}
    verdict, *_ = DuelView(explorer, blobs).ask(ticket, {"id": "one"})
    assert ENGLISH.duel_even in verdict


def test_improving_begins_with_the_score_that_was_asked_for(explorer, ticket, blobs):
    again = {"two": blobs["one"]}
    verdict, *_ = DuelView(explorer, blobs).ask(ticket, {"id": "one"})
    pictures, *_ = DuelView(explorer, again).improve(ticket, {"id": "two"})
    asked = float(re.findall(r"<b>([\d.]+)%</b>", verdict)[1])
    assert float(pictures[0][1].removeprefix("Step 0: ").removesuffix("%")) == pytest.approx(
        asked, abs=5
    )


def test_improving_shows_every_step_and_compares_the_last(explorer, ticket, blobs, numbers):
    pictures, chart, verdict, _, _ = DuelView(explorer, blobs).improve(ticket, {"id": "one"})
    scores = [float(row["score"]) for row in numbers(chart) if row["score"]]
    assert len(pictures) > 1
    assert pictures[0][1].startswith("Step 0")
    assert len(scores) == len(pictures)
    assert pictures[-1][1].endswith(f"{scores[-1]:.0%}")
    assert f"{scores[-1]:.1%}" in verdict


def test_an_empty_canvas_is_no_mask(explorer, ticket):
    empty = {"one": SimpleNamespace(layers=[layer_bytes(np.zeros((9, 9), np.uint8))])}
    for stored, payload in ((empty, {"id": "one"}), ({}, {"layers": []}), ({}, None)):
        with pytest.raises(gr.Error, match="Paint something"):
            DuelView(explorer, stored).ask(ticket, payload)


def test_a_canvas_begins_with_the_generators_mask(explorer, ticket):
    view = DuelView(explorer, {})
    subject = explorer.subject(ticket)
    value = view.generators(ticket).value
    assert value is not None
    layer = np.zeros((*subject.mask.shape, 4), np.uint8)
    layer[subject.mask > 0.5] = (*duel.COLOUR, 170)
    painted = read_opacity(layer_bytes(layer[..., 3])) >= duel.PAINTED
    assert np.array_equal(painted, subject.mask > 0.5)


def test_a_layer_is_refused_before_it_is_opened():
    blobs = {"one": SimpleNamespace(layers=[layer_bytes(np.zeros((2001, 2000), np.uint8))])}
    with pytest.raises(ImageError, match="at most 4 megapixels"):
        painted_layer({"id": "one"}, blobs)


def test_layers_come_as_files_or_as_uploads(tmp_path):
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


def test_a_cycle_is_shown_in_the_language_of_the_page(segmenter, photo):
    chinese = make_explorer(CHINESE_PAGE, lambda: segmenter, Shelf())
    prints, line, plane, angles = CycleView(chinese).run(chinese.look(photo))
    assert prints.count(f"<b>{CHINESE.same}</b>") == 1
    assert prints.count(f"<b>{CHINESE.changed}</b>") == 1
    for figure, word in ((line, "共轭方向"), (plane, "起点"), (angles, "直角")):
        assert word in figure


def test_a_batch_has_what_a_training_draws():
    photos = [draw_scene(seed, 80)[0] for seed in range(2)]
    batch = make_batch(photos, 32, "barrier")
    assert batch["image"].shape == (2, 32, 32, 3)
    assert batch["prior"].shape == batch["mask"].shape == (2, 32, 32, 1)
    assert batch["prior"].max() > 100
    assert not batch["has_mask"].any()


def test_many_photos_are_sorted_and_the_bad_ones_named(explorer, photo, tmp_path, numbers):
    (tmp_path / "note.png").write_text("only words")
    Image.new("RGB", (60, 40), (9, 99, 9)).save(tmp_path / "=green.png")
    files = [
        photo,
        {"path": str(tmp_path / "note.png"), "orig_name": "note.png"},
        {"path": str(tmp_path / "=green.png"), "orig_name": "=green.png"},
    ]
    view = FolderView(explorer)
    ticket, chart = view.score(files)
    gallery, note = view.show(ticket, "all")
    assert len(gallery) == 2
    assert ENGLISH.folder_done.format(count=2, shown=2) in note
    assert "note.png" in note
    scores = [float(row["score"]) for row in numbers(chart)]
    assert scores == sorted(scores, reverse=True)
    assert view.show(None, "all") == ([], "")


def test_filters_let_through_what_they_say():
    kinds = ("all", "empty", "full", "doubtful")

    def shown(score, share):
        entry = SimpleNamespace(score=score, share=share)
        return [kind for kind in kinds if passes(entry, kind)]

    assert shown(0.9, 0.3) == ["all"]
    assert shown(0.9, 0.0) == ["all", "empty"]
    assert shown(0.2, 0.95) == ["all", "full", "doubtful"]


def test_missing_weights_are_told(photo, tmp_path):
    nothing = make_explorer(ENGLISH_PAGE, lambda: gecat.load(tmp_path / "none"), Shelf())
    with pytest.raises(gr.Error) as caught:
        Entry(nothing).look(photo)
    assert ENGLISH_PAGE.titles.weights in caught.value.message
    assert str(tmp_path) not in caught.value.message
    # The photo is taken off the page, which asks again: the message must stay.
    for note in (Entry(nothing).reset()[2], Entry(nothing).look(None)[1]):
        assert ENGLISH_PAGE.titles.weights in note


def test_a_photo_that_the_shelf_let_go_is_asked_for_again(explorer):
    with pytest.raises(gr.Error, match="no longer kept"):
        GeneratorView(explorer).show("gone", 0)


def test_the_answers_are_timed(segmenter, small_weights):
    timed = time_views(segmenter, small_weights)
    assert set(timed) == {"another photo", "another layer", "a slider", "another place"}
    assert all(milliseconds > 0 for milliseconds in timed.values())
