import base64
import io
import re
import zipfile
from dataclasses import replace
from pathlib import Path

import gradio as gr
import numpy as np
import pytest
from PIL import Image

import gecat
from gecat.app.segment import actions as module
from gecat.app.segment.actions import FILES, PICTURES, parse_colour
from gecat.app.segment.endpoints import Endpoints
from gecat.app.ui import uploads
from gecat.app.ui.result_cache import ResultCache
from gecat.i18n import words

ENGLISH, CHINESE = words("en"), words("zh")
SETTINGS = (0.5, "#ffffff", None)


@pytest.fixture
def actions(segmenter):
    return Endpoints(ENGLISH, lambda: segmenter, ResultCache())


@pytest.fixture
def photo(tmp_path):
    pixels = np.random.default_rng(0).integers(0, 256, (60, 90, 3), np.uint8)
    path = tmp_path / "a cat.png"
    Image.fromarray(pixels).save(path)
    return {"path": str(path), "orig_name": "a cat.png"}


@pytest.fixture
def ticket(actions, photo):
    return actions.segment(photo, False)["ticket"]


def payload(folder, name, data):
    path = folder / name
    path.write_bytes(data)
    return {"path": str(path), "orig_name": name}


def test_the_slider_redraws_without_the_network(actions, ticket):
    redrawn = Endpoints(ENGLISH, None, actions.results)  # no network to be called
    low, high = (redrawn.show(ticket, level, "#ffffff", None) for level in (0.02, 0.98))
    assert not np.array_equal(low["mask"], high["mask"])
    assert "60" in low["score"]
    assert "90" in low["score"]


def test_the_mask_is_the_one_the_segmenter_gives(actions, photo, ticket, segmenter):
    kept = actions.results.get(ticket)
    result = segmenter(photo["path"])
    assert np.allclose(kept.mask / 255, result.mask, atol=0.003)
    assert kept.score == result.score


def test_nothing_of_full_size_is_made_that_nobody_looks_at(segmenter, photo):
    results = []

    def recorded(*image, **options):
        results.append(segmenter(*image, **options))
        return results[-1]

    actions = Endpoints(ENGLISH, lambda: recorded, ResultCache())
    ticket = actions.segment(photo, True)["ticket"]
    actions.show(ticket, *SETTINGS)
    actions.offer(ticket, *SETTINGS)
    actions.answer(photo, False, 0.5)
    actions.segment_many([photo], False, 0.5)
    assert len(results) == 3
    for result in results:
        assert not {"score_map", "boxes"} & set(vars(result))


def test_a_result_that_the_cache_let_go_is_asked_for_again(segmenter, photo):
    crowded = Endpoints(ENGLISH, lambda: segmenter, ResultCache(capacity=1))
    first = crowded.segment(photo, False)["ticket"]
    crowded.segment(photo, False)
    with pytest.raises(gr.Error, match="no longer kept"):
        crowded.show(first, *SETTINGS)


def test_no_photo_shows_what_to_do(actions):
    shown = actions.show(None, *SETTINGS)
    assert all(shown[name] is None for name in PICTURES)
    assert ENGLISH.segment.waiting in shown["score"]
    assert all(shown[name]["interactive"] is False for name in FILES)
    assert shown.pop("drawn") is None  # so the picture to draw on is emptied, too
    assert actions.segment(None, False) == {"ticket": None, **shown}
    assert actions.reset() == {"photo": None, "ticket": None, **shown}


def test_a_file_that_is_refused_takes_no_good_photo_away(actions, photo, tmp_path):
    kept = actions.segment(photo, False)["kept"]
    path, ticket = photo["path"], kept["ticket"]
    note = payload(tmp_path, "note.png", b"only words")
    with pytest.raises(gr.Error):
        actions.segment(note, False)
    back = actions.restore(note, kept)
    assert back == {"photo": path, "restored": kept}
    # It is not segmented again, but drawn; another photo, given meanwhile, is segmented.
    again = actions.segment(photo, False, None, back["restored"])
    assert again == {"ticket": again["ticket"], "kept": again["kept"], "restored": None}
    assert again["ticket"] != ticket
    assert again["kept"] == {"path": path, "ticket": again["ticket"]}
    assert actions.results.get(again["ticket"]) is actions.results.get(ticket)
    other = payload(tmp_path, "other.png", Path(path).read_bytes())
    assert actions.segment(other, False, None, back["restored"])["ticket"]
    # Where nothing was shown, or it is gone, the page is emptied.
    assert actions.restore(note, None) == actions.reset()
    assert actions.restore(note, {**kept, "ticket": "gone"}) == actions.reset()
    standing = actions.restore(photo, kept)
    assert standing.keys() == {"ticket", "kept"} and standing["ticket"] != ticket
    Path(path).unlink()
    assert actions.restore(note, kept) == actions.reset()


def test_nothing_of_another_photo_is_shown_or_offered(actions, photo, ticket):
    kept = {"path": photo["path"], "ticket": ticket}
    assert actions.show(ticket, *SETTINGS, photo=photo, kept=kept)["drawn"]
    assert actions.offer(ticket, *SETTINGS, photo=photo, kept=kept)["cutout_file"]["value"]
    for another in ({"path": "/another.png"}, None):
        assert actions.show(ticket, *SETTINGS, photo=another, kept=kept) == {}
        assert actions.offer(ticket, *SETTINGS, photo=another, kept=kept) == {}
    # Nor is the page emptied while the first photo is being segmented.
    assert actions.show(None, *SETTINGS, photo=photo) == {}


def test_downloads_say_that_they_are_being_prepared_and_how_long(actions, ticket):
    short = actions.show(ticket, *SETTINGS)["mask_file"]
    assert short == gr.update(value=None, interactive=False, label=ENGLISH.segment.preparing)
    image = np.broadcast_to(np.uint8(0), (5000, 6000, 3))
    large = actions.preparing(replace(actions.results.get(ticket), image=image))["mask_file"]
    assert re.search(r"about \d+ s", large["label"])
    offered = actions.offer(ticket, *SETTINGS)
    assert offered["mask_file"]["label"] == ENGLISH.segment.download_mask


def test_the_photo_is_compared_with_its_cut_out_or_overlay(actions, ticket):
    cutout, overlay = (
        actions.show(ticket, *SETTINGS, after=after)["before_after"]
        for after in ("cutout", "overlay")
    )
    assert cutout != overlay
    assert [picture.mode for picture in pictures_in(cutout)] == ["RGB", "RGBA"]
    assert [picture.mode for picture in pictures_in(overlay)] == ["RGB", "RGB"]


def pictures_in(html):
    """The pictures that an HTML text carries."""
    encoded = re.findall(r'src="data:[^,]+,([^"]+)"', html)
    return [Image.open(io.BytesIO(base64.b64decode(data))) for data in encoded]


def test_of_several_pictures_the_first_is_taken_and_that_is_said(actions, tmp_path, monkeypatch):
    said = []
    monkeypatch.setattr(gr, "Info", said.append)
    frames = [Image.new("RGB", (60, 40), colour) for colour in ("red", "blue")]
    path = tmp_path / "a.gif"
    frames[0].save(path, save_all=True, append_images=frames[1:])
    kept = actions.results.get(actions.segment({"path": str(path)}, False)["ticket"])
    assert kept.image[5, 5].tolist() == [255, 0, 0]
    assert said == [ENGLISH.segment.first_of_several]


def test_no_picture_is_more_opaque_than_the_photo(actions, tmp_path):
    photo = np.random.default_rng(0).integers(0, 256, (40, 60, 4), np.uint8)
    photo[:20, :, 3] = 0
    Image.fromarray(photo).save(tmp_path / "a.png")
    given = {"path": str(tmp_path / "a.png"), "orig_name": "a.png"}
    ticket = actions.segment(given, False)["ticket"]
    shown = actions.show(ticket, 0.02, "#ffffff", None)
    assert (shown["cutout"][..., 3] <= photo[..., 3]).all()
    assert not shown["mask"][:20].any()
    before = np.asarray(pictures_in(shown["before_after"])[0])
    assert (before[:14] > 250).all()  # what is transparent is white, but for what WebP mixes in
    offered = actions.offer(ticket, 0.02, "#ffffff", None)
    assert (np.asarray(opened(offered["cutout_file"]["value"]))[..., 3] <= photo[..., 3]).all()


def opened(path):
    with Image.open(path) as picture:
        return picture.copy()


def test_files_are_offered_under_the_photos_name(actions, ticket):
    offered = actions.offer(ticket, *SETTINGS)
    assert {name: Path(button["value"]).name for name, button in offered.items()} == {
        "cutout_file": "a-cat-cutout.png",
        "mask_file": "a-cat-mask.png",
        "composite_file": "a-cat-background.jpg",
    }
    assert all(button["interactive"] for button in offered.values())
    assert opened(offered["cutout_file"]["value"]).size == (90, 60)


def test_a_picture_serves_as_background_and_is_read_once(actions, ticket, tmp_path, monkeypatch):
    Image.new("RGB", (30, 20), (1, 2, 3)).save(tmp_path / "wall.png")
    read = []
    read_photo = module.read_photo
    monkeypatch.setattr(module, "read_photo", lambda photo: read.append(photo) or read_photo(photo))
    wall = actions.take_background({"path": str(tmp_path / "wall.png")})["background"]

    def of_the_wall(background):
        shown = actions.show(ticket, 0.98, "#ffffff", background)
        return np.abs(shown["composite"].astype(int) - (1, 2, 3)).max(axis=-1) <= 1

    assert of_the_wall(wall).any()
    assert not of_the_wall(actions.take_background(None)["background"]).any()
    behind = opened(actions.offer(ticket, 0.98, "#ffffff", wall)["composite_file"]["value"])
    assert np.abs(np.asarray(behind).astype(int) - (1, 2, 3)).max(axis=-1).min() <= 3
    assert len(read) == 1


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


def test_a_refused_background_is_dropped_and_a_later_one_kept(actions, photo):
    with pytest.raises(gr.Error, match="uploaded file"):
        actions.take_background({"path": __file__})
    assert actions.drop_background({"path": __file__}) == {"picture": None}
    assert actions.drop_background(photo) == {}


def test_a_number_that_is_being_written_changes_nothing(actions, ticket):
    assert actions.show(ticket, None, "#ffffff", None) == {}
    assert actions.offer(ticket, None, "#ffffff", None) == {}


def test_an_empty_mask_is_told_in_words_and_not_by_a_score(actions, ticket):
    kept = actions.results.get(ticket)
    segment = ENGLISH.segment
    for highest, sentence in ((0.4, segment.nothing_found), (0.9, segment.nothing_left)):
        mask = np.full_like(kept.mask, round(255 * highest))
        other = actions.results.put(replace(kept, mask=mask, score=0.98), kept.size)
        score = actions.show(other, 0.95, "#ffffff", None)["score"]
        assert sentence in score
        assert "98%" not in score


@pytest.mark.parametrize("threshold", ["half", None, float("nan"), -0.1, 1.1])
def test_a_threshold_that_is_none_is_refused(actions, photo, threshold):
    with pytest.raises(gr.Error, match="from 0 to 1. Received: "):
        actions.answer(photo, False, threshold)


def test_missing_weights_are_told_without_the_servers_paths(photo, tmp_path):
    def nothing():
        return gecat.load(tmp_path / "none.safetensors")

    with pytest.raises(gr.Error) as caught:
        Endpoints(CHINESE, nothing, ResultCache()).segment(photo, False)
    assert CHINESE.titles.weights in caught.value.message
    assert str(tmp_path) not in caught.value.message


def test_damaged_weights_are_told_like_missing_ones(photo, tmp_path):
    damaged = tmp_path / "damaged.safetensors"
    damaged.write_bytes(b"not weights")
    with pytest.raises(gr.Error) as caught:
        Endpoints(ENGLISH, lambda: gecat.load(damaged), ResultCache()).segment(photo, False)
    assert ENGLISH.titles.weights in caught.value.message


def test_a_fault_of_ours_is_told_and_logged(photo, caplog):
    def broken():
        raise RuntimeError("secret detail")

    with pytest.raises(gr.Error) as caught:
        Endpoints(ENGLISH, broken, ResultCache()).segment(photo, False)
    assert "secret" not in caught.value.message
    assert "secret detail" in caplog.text


def test_a_wrong_colour_is_named(actions, ticket):
    with pytest.raises(gr.Error, match="Received: &lt;red&gt;"):
        actions.show(ticket, 0.5, "<red>", None)


def test_programs_get_files_and_facts(actions, photo):
    answer = actions.answer(photo, False, 0.5)
    assert opened(answer["cutout"]).mode == "RGBA"
    assert opened(answer["mask"]).size == (90, 60)
    assert set(answer["facts"]) == {"score", "share", "boxes"}
    assert 0 <= answer["facts"]["score"] <= 1
    with pytest.raises(gr.Error, match="Received: nothing"):
        actions.answer(None)


def test_many_photos_leave_out_the_bad_ones_and_name_them(actions, photo, tmp_path):
    files = [photo, payload(tmp_path, "note.png", b"only words"), photo]
    shown = actions.segment_many(files, False, 0.5)
    assert len(shown["gallery"]) == 2
    assert "note.png" in shown["note"]
    assert "text" in shown["note"]
    with zipfile.ZipFile(shown["download"]["value"]) as archive:
        assert sorted(archive.namelist()) == [
            "a-cat-cutout-2.png",
            "a-cat-cutout.png",
            "a-cat-mask-2.png",
            "a-cat-mask.png",
        ]


def test_nothing_but_bad_files_gives_no_zip(actions, tmp_path):
    files = [payload(tmp_path, "note.png", b"only words")]
    shown = actions.segment_many(files, False, 0.5)
    assert shown["gallery"] == []
    assert shown["download"]["value"] is None
    assert "note.png" in shown["note"]


def test_too_many_and_too_large_are_refused_before_any_is_read(actions, photo, monkeypatch):
    with pytest.raises(gr.Error, match="Choose some"):
        actions.segment_many(None, False, 0.5)
    with pytest.raises(gr.Error, match="At most 40"):
        actions.segment_many([photo] * 41, False, 0.5)
    monkeypatch.setattr(uploads, "MANY_BYTES", 10)
    with pytest.raises(gr.Error, match="together"):
        actions.segment_many([photo], False, 0.5)


@pytest.mark.parametrize(
    ("text", "colour"),
    [
        ("#1a2b3c", (26, 43, 60)),
        ("#FFF", (255, 255, 255)),
        ("red", (255, 0, 0)),
        ("Red ", (255, 0, 0)),  # Pillow remembers it in another form
        ("#1a2b3cff", (26, 43, 60)),
        ("rgb(26, 43, 60)", (26, 43, 60)),
        ("rgba(26.4, 43, 255.2, 0.5)", (26, 43, 255)),
    ],
)
def test_colours_are_read_as_browsers_write_them(text, colour):
    assert parse_colour(text) == colour


@pytest.mark.parametrize(
    "text", ["reddish", "", "#12", "#12345g", "rgb(1, 2)", "rgb(999, 0, 0)", None]
)
def test_what_is_no_colour_is_named(text):
    with pytest.raises(ValueError, match="Received"):
        parse_colour(text)
