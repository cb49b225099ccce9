import numpy as np
import pytest

from gecat.errors import UserError
from gecat.inference import strokes
from gecat.inference.strokes import (
    DRAWN_SIDE,
    MOST_POINTS,
    MOST_STROKES,
    Stroke,
    check_strokes,
    click,
    drawn,
    read_strokes,
)


def test_a_click_is_a_disc_at_its_place():
    said = drawn([click(30, 10, True)], (80, 100), (80, 100))
    rows, columns = np.nonzero(said)
    assert set(said[said != 0]) == {1}
    assert (rows.mean(), columns.mean()) == (10, 30)
    assert 2 <= len(rows) <= 12


def test_a_stroke_touches_all_along_its_way():
    said = drawn([Stroke(((10, 20), (60, 20), (60, 50)), False, radius=4)], (80, 100), (80, 100))
    assert (said[20, 10:61] == -1).all()
    assert (said[20:51, 60] == -1).all()
    assert said[17, 30] == said[23, 30] == -1
    assert said[14, 30] == said[26, 30] == 0
    assert (said == -1).mean() == pytest.approx(80 * 9 / said.size, rel=0.1)


def test_the_last_word_counts():
    both = [Stroke(((20, 20),), True, 10), click(20, 20, False)]
    assert drawn(both, (40, 40), (40, 40))[20, 20] == -1
    assert drawn(both[::-1], (40, 40), (40, 40))[20, 20] == 1


def test_strokes_of_a_large_photo_are_drawn_small():
    stroke = Stroke(((1000, 500), (3000, 500)), True, 100)
    small, whole = (drawn([stroke], shape, (2000, 4000)) for shape in ((100, 200), (2000, 4000)))
    assert small[25, 50] == small[25, 150] == 1
    assert (small != 0).mean() == pytest.approx((whole != 0).mean(), rel=0.15)
    assert (drawn([click(0, 1999, True)], (100, 200), (2000, 4000)) == 1).any()


def test_json_says_the_same():
    strokes = [{"keep": True, "points": [[1, 2.5], [3, 4]]}]
    strokes.append({"keep": False, "points": [[5, 6]], "radius": 2})
    assert read_strokes(strokes) == (
        Stroke(((1, 2.5), (3, 4)), True),
        Stroke(((5, 6),), False, 2),
    )


@pytest.mark.parametrize(
    "odd",
    [
        7,
        None,
        {},
        [[1, 2]],
        {"points": [[1, 2]]},
        {"keep": 1, "points": [[1, 2]]},
        {"keep": True, "points": 3},
        {"keep": True, "points": [[1, 2, 3]]},
        {"keep": True, "points": [["1", 2]]},
        {"keep": True, "points": [[None, True]]},
        {"keep": True, "points": [[1, 2]], "radius": "3"},
        {"keep": True, "points": [[1, 2]], "path": "a"},
    ],
)
def test_what_is_no_stroke_is_shown(odd):
    with pytest.raises(UserError, match="Received: ") as caught:
        read_strokes([odd])
    assert caught.value.code == "stroke.malformed"


@pytest.mark.parametrize(
    ("stroke", "code"),
    [
        (Stroke((), True), "no_points"),
        (click(100, 5, True), "outside"),
        (click(-0.1, 5, True), "outside"),
        (click(float("nan"), 5, True), "outside"),
        (click(5, 10**400, True), "outside"),
        (Stroke(((1, 1),) * (MOST_POINTS + 1), True), "too_many_points"),
        (Stroke(((1, 1),), True, 0), "radius"),
        (Stroke(((1, 1),), True, 26), "radius"),
        (Stroke(((1, 1),), True, float("nan")), "radius"),
    ],
)
def test_what_cannot_be_drawn_is_refused(stroke, code):
    with pytest.raises(UserError) as caught:
        check_strokes([stroke], (80, 100, 3))
    assert caught.value.code == f"stroke.{code}"


def test_as_many_strokes_as_may_be():
    check_strokes([click(1, 1, True)] * MOST_STROKES, (80, 100, 3))
    many = [click(1, 1, True)] * (MOST_STROKES + 1)
    with pytest.raises(UserError, match=str(MOST_STROKES)):
        check_strokes(many, (80, 100, 3))
    with pytest.raises(UserError, match=str(MOST_STROKES)):
        read_strokes([{"keep": True, "points": [[1, 1]]}] * (MOST_STROKES + 1))


def test_strokes_on_a_large_photo_are_drawn_on_a_canvas_that_is_bounded(monkeypatch):
    """4,000 points of the largest brush kept a photo of 64 megapixels busy for minutes."""
    drawn_on = []
    monkeypatch.setattr(strokes, "_draw", lambda canvas, *_: drawn_on.append(canvas.shape))
    assert drawn([click(1, 1, True)], (6000, 8000), (6000, 8000)).shape == (6000, 8000)
    assert drawn_on == [(3 * DRAWN_SIDE // 4, DRAWN_SIDE)]


@pytest.mark.parametrize("shape", [(6001, 37), (37, 6001), (1, 5000)])
def test_the_pixel_that_is_clicked_is_touched_however_large_the_photo(shape):
    places = np.random.default_rng(0).integers(0, shape, (50, 2))
    for row, column in [*places, (0, 0), (shape[0] - 1, shape[1] - 1)]:
        said = drawn([Stroke(((int(column), int(row)),), True, radius=3)], shape, shape)
        assert said[row, column] == 1
