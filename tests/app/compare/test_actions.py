"""What the Compare tab does without a browser; the networks are untrained, the rivals real."""

import io
import json
from types import SimpleNamespace

import gradio as gr
import numpy as np
import pytest
from PIL import Image

from gecat.app.compare.actions import CompareActions
from gecat.app.compare.contenders import RIVALS, Comparison, compare, networks, rivals
from gecat.app.compare.views.board import board_html, progress_html
from gecat.app.compare.views.tables import games, quality_html, stability_html
from gecat.app.ui.large_photos import LargePhotos
from gecat.app.ui.published import published
from gecat.app.ui.result_cache import ResultCache
from gecat.app.ui.run_weights import RunWeights
from gecat.evaluation.baselines import METHODS
from gecat.evaluation.bench import stability
from gecat.evaluation.bench.stability.arms import ARMS
from gecat.i18n import LANGUAGES, words
from gecat.jobs.job import new_key
from gecat.jobs.requests import RunRequest

from ...stand_in import wait_for

ENGLISH = words("en")
NOBODY = {"own": [], "weights": None, "visitor": {}, "run_in_use": None}


@pytest.fixture
def blobs():
    return {}


@pytest.fixture
def actions(segmenter, open_jobs, blobs):
    run_weights = RunWeights(ENGLISH, open_jobs())
    return CompareActions(
        ENGLISH, lambda: segmenter, ResultCache(), run_weights, LargePhotos(), blobs
    )


@pytest.fixture
def photo(tmp_path):
    """A bright disc on a dark ground, and its mask."""
    y, x = np.mgrid[:90, :120]
    disc = np.hypot(y - 45, x - 60) < 25
    noise = np.random.default_rng(0).normal(0, 5, (90, 120, 3))
    pixels = np.clip(np.where(disc[..., None], (210, 190, 60), (40, 60, 90)) + noise, 0, 255)
    for name, picture in (("disc", pixels.astype(np.uint8)), ("mask", np.uint8(disc) * 255)):
        Image.fromarray(picture).save(tmp_path / f"{name}.png")
    return given(tmp_path / "disc.png"), given(tmp_path / "mask.png"), disc


def given(path):
    return {"path": str(path), "orig_name": path.name}


def run(actions, photo, ticket=None, mask=None, painted=None, **asked):
    return list(actions.compare(photo, photo, ticket, mask, painted, **{**NOBODY, **asked}))


def test_each_is_shown_as_it_comes_and_the_first_photo_clears_the_truth(actions, photo):
    steps = run(actions, photo[0])
    assert len(steps) == len(RIVALS) + 2
    assert steps[0]["mask"] is None and steps[0]["canvas"] is not None
    for number, step in enumerate(steps):
        assert step["board"].count("<img") == 1 + number
        assert f'value="{number}"' in step["status"]
    assert "GrabCut …" in steps[-2]["status"] and "All 7" in steps[-1]["status"]
    assert "IoU 0" not in steps[-1]["board"]
    again = run(actions, photo[0], steps[0]["ticket"])
    assert "canvas" not in again[0]


def test_a_true_mask_scores_what_is_there_and_names_the_best(actions, photo):
    photo, mask, _ = photo
    ticket = run(actions, photo)[0]["ticket"]
    board = actions.score(ticket, mask, None)["board"]
    assert board.count("IoU ") >= 1 + len(RIVALS)
    scores = dict(zip(["gecat", *RIVALS], actions.results.get(ticket).ious(), strict=True))
    assert min(scores["otsu"], scores["kmeans"], scores["grabcut"]) > 0.9
    assert max(scores.values()) < 1.01 and "best" in board
    assert (
        "IoU "
        not in actions.score(ticket, None, None)["board"]
        .split("figcaption")[2]
        .split('<p class="how">')[0]
    )


def test_what_is_painted_is_a_true_mask_too(actions, photo, blobs):
    photo, _, disc = photo
    ticket = run(actions, photo)[0]["ticket"]
    layer = np.zeros((*disc.shape, 4), np.uint8)
    layer[disc] = 255
    buffer = io.BytesIO()
    Image.fromarray(layer).save(buffer, "PNG")
    blobs["one"] = SimpleNamespace(layers=[buffer.getvalue()])
    told = actions.score_painted(ticket, None, {"id": "one"})
    assert told["mask"] is None and ENGLISH.compare.truth_card in told["board"]
    with pytest.raises(gr.Error, match=ENGLISH.errors.page.nothing_painted):
        actions.score_painted(ticket, None, {"id": "one"})


def test_a_mask_of_another_size_is_refused(actions, photo, tmp_path):
    ticket = run(actions, photo[0])[0]["ticket"]
    Image.new("L", (50, 40), 255).save(tmp_path / "other.png")
    with pytest.raises(gr.Error, match="120 x 90 pixels. Received: 50 x 40"):
        actions.score(ticket, given(tmp_path / "other.png"), None)


def test_a_photo_is_compared_once_until_somebody_asks_again(actions, photo):
    asked = actions.ask(photo[0], None)
    assert asked["asked"]["path"] == photo[0]["path"]
    assert actions.ask(photo[0], asked["asked"]) == {} == actions.ask(None, None)
    # Nor does the page's telling of the same photo once more begin or cancel anything.
    assert actions.follow(photo[0], asked["asked"]) == {} == actions.follow(None, None)
    assert actions.follow(photo[0], None)["followed"] != actions.follow(photo[0], None)["followed"]
    assert actions.ask_again(photo[0])["asked"] != asked["asked"]
    # A page that has never shown the tab tells of a change, too, where nobody has asked.
    assert list(actions.compare(photo[0], None, None, None, None, **NOBODY)) == []


def test_whoever_asks_without_a_photo_is_told_what_to_do(actions):
    """The page opens before its photo comes: until somebody asks, nothing is wrong."""
    told = actions.ask_again(None)
    assert [*told] == ["status"] and ENGLISH.compare.no_photo in told["status"]


def test_cancelled_it_says_how_far_it_came(actions, photo):
    steps = actions.compare(photo[0], photo[0], None, None, None, **NOBODY)
    first = next(steps)
    next(steps)
    steps.close()
    told = actions.cancel(first["ticket"])
    assert "Cancelled after 1 of 7" in told["status"]
    assert told["cancel"]["interactive"] is False


def test_a_visitors_own_weights_are_compared(actions, photo, small_weights, tmp_path):
    jobs, key = actions.run_weights.jobs, new_key()
    visitor = {"key": key, "run": None}
    assert actions.runs(visitor, [])["own"]["visible"] is False
    run_id = jobs.start(key, RunRequest(seconds=1))
    wait_for(lambda: jobs.state(jobs.get(key, run_id)) == "done")
    learned = jobs.folder(jobs.get(key, run_id)) / "weights.safetensors"
    learned.write_bytes(small_weights.read_bytes())
    assert actions.runs(visitor, ["gone"])["own"] == gr.update(
        choices=[("Run 1", run_id)], value=[], visible=True
    )
    found = actions._networks([run_id, "gone"], None, visitor, {"key": key, "run": run_id})
    assert [(each.kind, each.name) for each in found] == [("gecat", ""), ("own", "Run 1")]
    # Nobody else's.
    assert len(actions._networks([run_id], None, {"key": new_key()}, None)) == 1
    own_file = tmp_path / "mine.safetensors"
    own_file.write_bytes(small_weights.read_bytes())
    brought = actions._networks([], given(own_file), visitor, None)[1]
    assert brought.name == "mine.safetensors"
    comparison = compare("path", "name", np.zeros((40, 60, 3), np.uint8), [brought])
    comparison.proceed()
    assert comparison.outcomes[0].mask.shape == (40, 60)


def test_weights_that_would_take_too_much_are_refused(actions, small_weights, tmp_path):
    """Before any network is built: the settings alone are read."""
    data = small_weights.read_bytes()
    length = int.from_bytes(data[:8], "little")
    header = json.loads(data[8 : 8 + length])
    described = json.loads(header["__metadata__"]["gecat"])
    described["config"]["inference_size"] = 1024
    header["__metadata__"]["gecat"] = json.dumps(described)
    text = json.dumps(header).encode()
    path = tmp_path / "large.safetensors"
    path.write_bytes(len(text).to_bytes(8, "little") + text + data[8 + length :])
    with pytest.raises(ValueError, match="512 at most"):
        actions._networks([], given(path), {}, None)


def test_a_large_photo_is_reduced_first(segmenter):
    comparison = compare(
        "p", "n", np.zeros((900, 3000, 3), np.uint8), [networks(lambda: segmenter)]
    )
    assert comparison.photo.shape == (192, 640, 3) and comparison.full == (900, 3000)
    comparison.proceed()
    assert comparison.outcomes[0].mask.shape == (192, 640)


@pytest.mark.parametrize("language", LANGUAGES)
def test_all_that_is_shown_has_its_words(language, photo):
    page = words(language)
    compare = page.compare
    kinds = {"gecat", "own", *RIVALS}
    assert set(compare.notes) == kinds <= set(compare.methods)
    assert set(compare.methods) == {*METHODS, "gecat", "gecat refined", "own"}
    assert set(RIVALS) <= set(METHODS)
    assert set(compare.games) == set(stability.TOYS)
    assert set(compare.arms) == set(ARMS)
    comparison = Comparison("p", "n", (9, 9), np.zeros((9, 9, 3), np.uint8), rivals())
    assert board_html(comparison, page).count(compare.not_yet) == len(RIVALS)
    for state in compare.states:
        assert f'data-state="{state}"' in progress_html(comparison, compare, state)
    assert compare.unpublished in quality_html(None, page)


def test_what_is_published_is_drawn_with_its_command_day_and_machine(numbers):
    for bench in ("quality", "stability"):
        found = published(bench)
        assert {"command", "date", "machine", "rows"} <= set(found)
        assert found["rows"]
    drawn = quality_html(published("quality"), ENGLISH)
    assert "bench quality" in drawn
    rows = {row["method"]: row for row in numbers(drawn)}
    assert set(rows) == {*METHODS, "gecat", "gecat refined"}
    found = published("stability")
    assert set(games(found)) == set(stability.TOYS)
    for game in games(found):
        told = numbers(stability_html(found, game, ENGLISH))
        assert {row["arm"] for row in told} >= {"GEC-AT", "alternating Adam"}
