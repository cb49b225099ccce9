import json
from pathlib import Path

import gradio as gr
import numpy as np
import pytest
from PIL import Image

from gecat.app.segment.endpoints import Endpoints
from gecat.app.segment.mended import Mended, mend, strokes_of_page, without_last
from gecat.app.ui.result_cache import ResultCache
from gecat.errors import UserError
from gecat.i18n import words
from gecat.images.scenes import draw_scene
from gecat.inference.strokes import MOST_STROKES, Stroke

ENGLISH = words("en")
KEEP = {"keep": True, "points": [[0.25, 0.5]]}
REMOVE = {"keep": False, "points": [[0.75, 0.5], [0.75, 0.6]], "radius": 0.05}


@pytest.fixture
def actions(segmenter):
    return Endpoints(ENGLISH, lambda: segmenter, ResultCache())


@pytest.fixture
def photo(tmp_path):
    image, _ = draw_scene(3, 96)
    Image.fromarray(image).save(tmp_path / "a cat.png")
    return {"path": str(tmp_path / "a cat.png"), "orig_name": "a cat.png"}


@pytest.fixture
def shown(actions, photo):
    """The ticket of a photo's result, and what `restore` needs."""
    answer = actions.segment(photo, False)
    return answer["ticket"], answer["kept"]


def touched(actions, shown, *strokes):
    """What is shown after strokes."""
    mended = actions.mend(shown[0], json.dumps(strokes), shown[1])["mended"]
    adopted = actions.adopt(mended, shown[1])
    return adopted["ticket"], adopted["kept"]


def test_the_mask_follows_the_strokes_and_the_score_the_mask(actions, shown, segmenter):
    first = actions.results.get(shown[0])
    after = touched(actions, shown, KEEP, REMOVE)
    mended = actions.results.get(after[0])
    assert mended.mask[48, 24] == 255 and mended.mask[48, 72] == mended.mask[57, 72] == 0
    assert (mended.mask != first.mask).mean() > 0.01
    photo, mask = mended.preview
    assert mended.score == pytest.approx(segmenter.judge(photo, mask / 255)[0])
    assert mended.score != first.score
    assert mended.stem == first.stem and mended.image is first.image
    assert after[1]["ticket"] == after[0]  # a refused photo brings the mended result back


def test_what_is_downloaded_is_the_mended_mask(actions, shown):
    after, _ = touched(actions, shown, KEEP, REMOVE)
    offered = actions.offer(after, 0.5, "#ffffff", None)
    with Image.open(offered["mask_file"]["value"]) as written:
        mask = np.asarray(written)
    assert mask.shape == (96, 96)
    assert mask[48, 24] == 255 and mask[48, 72] == 0
    assert Path(offered["mask_file"]["value"]).name == "a-cat-mask.png"


def test_strokes_are_taken_back_one_by_one(actions, shown):
    first = actions.results.get(shown[0])
    one = touched(actions, shown, KEEP)
    mask = actions.results.get(one[0]).mask
    two = touched(actions, one, KEEP, REMOVE)
    assert (actions.results.get(two[0]).mask != mask).any()
    text = actions.undo(json.dumps([KEEP, REMOVE]))["strokes"]
    assert json.loads(text) == [KEEP]
    back = touched(actions, two, *json.loads(text))
    assert np.array_equal(actions.results.get(back[0]).mask, mask)
    assert actions.undo(text) == {"strokes": ""}
    ticket, _ = touched(actions, back)
    assert actions.results.get(ticket) is first


def test_the_same_strokes_again_change_nothing(actions, shown):
    assert actions.mend(shown[0], "", shown[1]) == {}
    after = touched(actions, shown, KEEP)
    assert actions.mend(after[0], json.dumps([KEEP]), after[1]) == {}
    assert actions.mend(None, json.dumps([KEEP]), None) == {}


def test_a_stroke_on_the_last_photo_never_shows_under_the_next(actions, shown):
    mended = actions.mend(shown[0], json.dumps([KEEP]), shown[1])["mended"]
    assert actions.adopt(mended, {"path": "another", "ticket": "other"}) == {}
    assert actions.adopt(mended, None) == actions.adopt(None, shown[1]) == {}


def test_what_is_shown_is_kept_until_the_page_shows_what_replaces_it(actions, shown):
    one = actions.mend(shown[0], json.dumps([KEEP]), shown[1])["mended"]
    # The page has not taken it over, and asks again with what it shows.
    other = actions.mend(shown[0], json.dumps([REMOVE]), shown[1], mended=one)["mended"]
    assert actions.results.get(shown[0]) is not None
    actions.mend(other["ticket"], json.dumps([REMOVE, KEEP]), other["kept"], mended=other)
    assert actions.results.get(shown[0]) is None
    assert actions.results.get(other["ticket"]) is not None


def test_strokes_taken_back_before_their_mask_is_shown_are_taken_back_of_it(actions, shown):
    first = actions.results.get(shown[0])
    late, kept = touched(actions, shown, KEEP, REMOVE)
    assert actions.settle(late, json.dumps([KEEP, REMOVE]), kept=kept) == {}
    assert actions.settle(late, json.dumps([KEEP, REMOVE, KEEP]), kept=kept) == {}  # on its way
    back = actions.settle(late, json.dumps([KEEP]), kept=kept)["mended"]["ticket"]
    assert len(actions.results.get(back).state.strokes) == 1
    assert actions.results.get(actions.settle(late, "", kept=kept)["mended"]["ticket"]) is first
    assert actions.settle(shown[0], json.dumps([KEEP])) == actions.settle(None, "") == {}


def test_a_photo_segmented_anew_has_no_strokes(actions, shown):
    assert actions.follow(shown[0]) == actions.follow(None) == {"strokes": ""}
    after = touched(actions, shown, KEEP)
    assert actions.follow(after[0]) == {}
    touched(actions, after, KEEP, REMOVE)
    assert actions.follow(after[0]) == {}  # a stroke that came meanwhile is not forgotten
    back = actions.mend(after[0], "", after[1])["mended"]
    assert actions.follow(back["ticket"], back) == {}  # nor one that came after all were taken back


def test_the_picture_to_draw_on_shows_the_mask(actions, shown):
    picture = actions.draw(shown[0], 0.5)["picture"]
    assert picture.shape == (96, 96, 3)
    after, _ = touched(actions, shown, {**REMOVE, "radius": 0.2})
    assert (actions.draw(after, 0.5)["picture"] != picture).any()
    assert actions.draw(None, 0.5) == {"picture": None}
    assert actions.draw(after, None) == {}


def test_the_cache_counts_what_a_mended_result_holds(actions, shown, segmenter):
    first = actions.results.get(shown[0])
    strokes = [Stroke(((5, 5),), number % 2 == 0) for number in range(4)]
    mended = mend(first, strokes, segmenter)
    assert isinstance(mended, Mended)
    held, state = mended.mask.nbytes + mended.preview[1].nbytes, mended.state
    while state is not None:
        held, state = held + state.soft.nbytes, state.before
    assert mended.size >= first.size + held


def test_nothing_shows_through_where_the_photo_is_transparent(actions, tmp_path):
    photo = np.full((40, 60, 4), 200, np.uint8)
    photo[:20, :, 3] = 0
    Image.fromarray(photo).save(tmp_path / "a.png")
    answer = actions.segment({"path": str(tmp_path / "a.png")}, False)
    shown = answer["ticket"], answer["kept"]
    after, _ = touched(actions, shown, {"keep": True, "points": [[0.5, 0.5]], "radius": 0.2})
    mask = actions.results.get(after).mask
    assert mask[25, 30] == 255 and not mask[:20].any()


@pytest.mark.parametrize("text", ["{", "7", "[" * 50_000, '{"a": 1}', "null"])
def test_what_is_no_list_of_strokes_is_refused(actions, shown, text):
    with pytest.raises(UserError, match="Strokes are a list"):
        strokes_of_page(text, (96, 96, 3))
    with pytest.raises(gr.Error, match="Strokes are a list"):
        actions.mend(shown[0], text, shown[1])
    assert without_last(text) == ""


def test_strokes_beyond_the_picture_are_refused(actions, shown):
    for odd in ([[1.2, 0.5]], [[-1, 0]], [[1e9, 0]]):
        with pytest.raises(gr.Error, match="within the photo"):
            touched(actions, shown, {"keep": True, "points": odd})
    with pytest.raises(gr.Error, match=str(MOST_STROKES)):
        touched(actions, shown, *[KEEP] * (MOST_STROKES + 1))


def test_programs_get_the_mended_files_and_facts(actions, photo):
    strokes = [{"keep": False, "points": [[72, 48]], "radius": 6}]
    plain = actions.answer(photo, False, 0.5)
    answer = actions.answer_mended(photo, strokes, False, 0.5)
    with Image.open(answer["mask"]) as written:
        assert written.size == (96, 96)
        assert not np.asarray(written)[44:53, 68:77].any()
    assert set(answer["facts"]) == {"score", "share", "boxes"}
    assert answer["facts"] != plain["facts"]
    nothing = actions.answer_mended(photo, [], False, 0.5)
    assert nothing["facts"] == plain["facts"]


@pytest.mark.parametrize(
    ("strokes", "reason"),
    [
        (None, "Strokes are a list"),
        ("keep", "Strokes are a list"),
        ([{}], "A stroke has"),
        ([{"keep": True, "points": [[96, 3]]}], "96 × 96 pixels"),
        ([{"keep": True, "points": [[float("nan"), 3]]}], "within the photo"),
        ([{"keep": True, "points": []}], "needs a point"),
        ([{"keep": True, "points": [[1, 1]] * 4001}], "4,000 points"),
        ([{"keep": True, "points": [[1, 1]], "radius": 1e6}], "radius"),
    ],
)
def test_programs_are_told_what_is_wrong_with_a_stroke(actions, photo, strokes, reason):
    with pytest.raises(gr.Error, match=reason):
        actions.answer_mended(photo, strokes)
