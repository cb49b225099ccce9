import zipfile
from dataclasses import replace

import gradio as gr
import numpy as np
import pytest
from PIL import Image

import gecat
from gecat.app.segment.actions import Actions
from gecat.app.ui import uploads
from gecat.app.ui.result_cache import Shelf
from gecat.i18n import words

ENGLISH, CHINESE = words("en"), words("zh")

SETTINGS = (0.5, "#ffffff", None)


@pytest.fixture(scope="module")
def segmenter(small_weights):
    return gecat.load(small_weights)


@pytest.fixture
def actions(segmenter):
    return Actions(ENGLISH, lambda: segmenter, Shelf())


@pytest.fixture
def photo(tmp_path):
    pixels = np.random.default_rng(0).integers(0, 256, (60, 90, 3), np.uint8)
    path = tmp_path / "a cat.png"
    Image.fromarray(pixels).save(path)
    return {"path": str(path), "orig_name": "a cat.png"}


def payload(folder, name, data):
    path = folder / name
    path.write_bytes(data)
    return {"path": str(path), "orig_name": name}


def test_the_slider_redraws_without_the_network(actions, photo):
    ticket = actions.segment(photo, False)
    redrawn = Actions(ENGLISH, None, actions.shelf)  # no network to be called
    low, high = (redrawn.show(ticket, level, "#ffffff", None) for level in (0.02, 0.98))
    assert not np.array_equal(low[3], high[3])
    assert "60" in low[5]
    assert "90" in low[5]


def test_the_mask_is_the_one_the_segmenter_gives(actions, photo, segmenter):
    kept = actions.shelf.get(actions.segment(photo, False))
    result = segmenter(photo["path"])
    assert np.allclose(kept.mask / 255, result.mask, atol=0.003)
    assert kept.score == result.score


def test_a_result_that_the_shelf_let_go_is_asked_for_again(segmenter, photo):
    crowded = Actions(ENGLISH, lambda: segmenter, Shelf(capacity=1))
    first = crowded.segment(photo, False)
    crowded.segment(photo, False)
    with pytest.raises(gr.Error, match="no longer kept"):
        crowded.show(first, *SETTINGS)


def test_no_photo_shows_what_to_do(actions):
    assert actions.segment(None, False) is None
    shown = actions.show(None, *SETTINGS)
    assert shown[:5] == [None] * 5
    assert ENGLISH.segment.waiting in shown[5]
    assert all(button["interactive"] is False for button in map(as_update, shown[6:]))
    assert len(actions.reset()) == len(shown) + 2


def opened(path):
    with Image.open(path) as picture:
        return picture.copy()


def as_update(button):
    return button if isinstance(button, dict) else {"interactive": button.interactive}


def test_files_are_offered_under_the_photos_name(actions, photo):
    ticket = actions.segment(photo, False)
    paths = [button.value for button in actions.offer(ticket, *SETTINGS)]
    names = [path["path"] if isinstance(path, dict) else path for path in paths]
    assert [name.rsplit("/")[-1] for name in names] == [
        "a-cat-cutout.png",
        "a-cat-mask.png",
        "a-cat-background.jpg",
    ]
    assert opened(names[0]).size == (90, 60)


def test_a_picture_serves_as_background(actions, photo, tmp_path):
    Image.new("RGB", (30, 20), (1, 2, 3)).save(tmp_path / "wall.png")
    ticket = actions.segment(photo, False)

    def of_the_wall(backdrop):
        shown = actions.show(ticket, 0.98, "#ffffff", backdrop)
        return np.abs(shown[4].astype(int) - (1, 2, 3)).max(axis=-1) <= 1

    assert of_the_wall({"path": str(tmp_path / "wall.png")}).any()
    assert not of_the_wall(None).any()


@pytest.mark.parametrize(
    ("name", "data", "reason"),
    [
        ("note.png", b"only words", "text"),
        ("drawing.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>", "SVG"),
        ("empty.jpg", b"", "empty"),
        ("cut.jpg", b"\xff\xd8\xff\xe0 and no more", "JPEG"),
    ],
)
def test_a_file_that_is_no_photo_is_refused_with_the_reason(actions, tmp_path, name, data, reason):
    with pytest.raises(gr.Error) as caught:
        actions.segment(payload(tmp_path, name, data), False)
    assert ENGLISH.titles.image in caught.value.message
    assert reason in caught.value.message
    assert str(tmp_path) not in caught.value.message


def test_a_message_never_carries_markup(actions, tmp_path):
    with pytest.raises(gr.Error) as caught:
        actions.segment({"path": str(tmp_path / "<img src=x>.png")}, False)
    assert "<img" not in caught.value.message


@pytest.mark.parametrize(
    "photo", [{"url": "data:image/png"}, {"path": None}, {"path": __file__}, "a"]
)
def test_what_is_not_an_uploaded_file_is_refused(actions, photo):
    with pytest.raises(gr.Error, match="uploaded file"):
        actions.segment(photo, False)


def test_a_background_that_nobody_uploaded_is_refused(actions, photo):
    ticket = actions.segment(photo, False)
    with pytest.raises(gr.Error, match="uploaded file"):
        actions.show(ticket, 0.5, "#ffffff", {"path": __file__})


def test_a_refused_background_is_dropped_and_a_later_one_kept(actions, photo):
    with pytest.raises(gr.Error, match="uploaded file"):
        actions.check_background({"path": __file__})
    assert actions.drop_background({"path": __file__}) is None
    assert actions.drop_background(photo) == gr.skip()


def test_a_number_that_is_being_written_changes_nothing(actions, photo):
    ticket = actions.segment(photo, False)
    assert actions.show(ticket, None, "#ffffff", None) == [gr.skip()] * 9
    assert actions.offer(ticket, None, "#ffffff", None) == [gr.skip()] * 3


def test_an_empty_mask_is_told_in_words_and_not_by_a_score(actions, photo):
    ticket = actions.segment(photo, False)
    kept = actions.shelf.get(ticket)
    for highest, sentence in (
        (0.4, ENGLISH.segment.nothing_found),
        (0.9, ENGLISH.segment.nothing_left),
    ):
        mask = np.full_like(kept.mask, round(255 * highest))
        other = actions.shelf.put(replace(kept, mask=mask, score=0.98), kept.size)
        verdict = actions.show(other, 0.95, "#ffffff", None)[5]
        assert sentence in verdict
        assert "98%" not in verdict


@pytest.mark.parametrize("threshold", ["half", None, float("nan"), -0.1, 1.1])
def test_a_threshold_that_is_none_is_refused(actions, photo, threshold):
    with pytest.raises(gr.Error, match="from 0 to 1. Received: "):
        actions.answer(photo, False, threshold)


def test_missing_weights_are_told_without_the_servers_paths(photo, tmp_path):
    def nothing():
        return gecat.load(tmp_path / "none.safetensors")

    with pytest.raises(gr.Error) as caught:
        Actions(CHINESE, nothing, Shelf()).segment(photo, False)
    assert CHINESE.titles.weights in caught.value.message
    assert str(tmp_path) not in caught.value.message


def test_damaged_weights_are_told_like_missing_ones(photo, tmp_path):
    damaged = tmp_path / "damaged.safetensors"
    damaged.write_bytes(b"not weights")
    with pytest.raises(gr.Error) as caught:
        Actions(ENGLISH, lambda: gecat.load(damaged), Shelf()).segment(photo, False)
    assert ENGLISH.titles.weights in caught.value.message


def test_a_fault_of_ours_is_told_and_logged(photo, caplog):
    def broken():
        raise RuntimeError("secret detail")

    with pytest.raises(gr.Error) as caught:
        Actions(ENGLISH, broken, Shelf()).segment(photo, False)
    assert "secret" not in caught.value.message
    assert "secret detail" in caplog.text


def test_a_wrong_colour_is_named(actions, photo):
    ticket = actions.segment(photo, False)
    with pytest.raises(gr.Error, match="Received: &lt;red&gt;"):
        actions.show(ticket, 0.5, "<red>", None)


def test_programs_get_files_and_facts(actions, photo):
    cutout, mask, facts = actions.answer(photo, False, 0.5)
    assert opened(cutout).mode == "RGBA"
    assert opened(mask).size == (90, 60)
    assert set(facts) == {"score", "share", "boxes"}
    assert 0 <= facts["score"] <= 1
    with pytest.raises(gr.Error, match="Received: nothing"):
        actions.answer(None)


def test_many_photos_leave_out_the_bad_ones_and_name_them(actions, photo, tmp_path):
    files = [photo, payload(tmp_path, "note.png", b"only words"), photo]
    pictures, download, note = actions.segment_many(files, False, 0.5)
    assert len(pictures) == 2
    assert "note.png" in note
    assert "text" in note
    value = download.value
    with zipfile.ZipFile(value["path"] if isinstance(value, dict) else value) as archive:
        assert sorted(archive.namelist()) == [
            "a-cat-cutout-2.png",
            "a-cat-cutout.png",
            "a-cat-mask-2.png",
            "a-cat-mask.png",
        ]


def test_nothing_but_bad_files_gives_no_zip(actions, tmp_path):
    files = [payload(tmp_path, "note.png", b"only words")]
    pictures, download, note = actions.segment_many(files, False, 0.5)
    assert pictures == []
    assert download.value is None
    assert "note.png" in note


def test_too_many_and_too_large_are_refused_before_any_is_read(actions, photo, monkeypatch):
    with pytest.raises(gr.Error, match="Choose some"):
        actions.segment_many(None, False, 0.5)
    with pytest.raises(gr.Error, match="At most 40"):
        actions.segment_many([photo] * 41, False, 0.5)
    monkeypatch.setattr(uploads, "MANY_BYTES", 10)
    with pytest.raises(gr.Error, match="together"):
        actions.segment_many([photo], False, 0.5)
