import base64
import csv
import io
import re

import numpy as np
import pytest
from matplotlib.figure import Figure

from gecat import i18n
from gecat.app.ui import figures
from gecat.app.ui.figures import Scale

ENGLISH, CHINESE = i18n.words("en").explore, i18n.words("zh").explore
SCALE = Scale("cividis", -1.0, 3.0, "logit")


@pytest.fixture
def values():
    return np.linspace(-1, 3, 12, dtype=np.float32).reshape(3, 4)


@pytest.fixture
def photo():
    return np.random.default_rng(0).integers(0, 256, (30, 40, 3), np.uint8)


def test_colours_run_from_low_to_high_and_stop_there():
    painted = figures.paint([-5, -1, 1, 3, 9], SCALE)
    assert np.array_equal(painted[0], painted[1])
    assert np.array_equal(painted[3], painted[4])
    light = painted.astype(int) @ [2, 7, 1]
    assert light[1] < light[2] < light[3]


def test_a_map_laid_over_a_photo_hides_as_much_as_it_is_opaque(photo):
    values = np.full((30, 40), 3.0)
    clear = figures.lay_over(photo, values, SCALE, 0.0)
    assert np.ptp(clear, axis=-1).max() == 0  # the photo, grey
    hidden = figures.lay_over(photo, values, SCALE, 1.0)
    assert np.array_equal(hidden[0, 0], figures.paint([3.0], SCALE)[0])
    assert np.array_equal(hidden[0, 0], hidden[-1, -1])


def test_the_page_can_read_a_maps_values(photo, values):
    figure = figures.map_figure("map", "Title", "So.", ENGLISH, photo, values, SCALE)
    found = dict(re.findall(r'data-(\w+)="([^"]*)"', figure))
    assert (found["rows"], found["columns"]) == ("3", "4")
    levels = np.frombuffer(base64.b64decode(found["values"]), np.uint8)
    low, high = float(found["low"]), float(found["high"])
    assert low + levels / 255 * (high - low) == pytest.approx(values.ravel(), abs=0.01)


def test_a_maps_numbers_are_its_values_by_place(photo, values, numbers):
    rows = numbers(figures.map_figure("map", "T", "S", ENGLISH, photo, values, SCALE))
    assert len(rows) == 12
    assert (rows[5]["y"], rows[5]["x"]) == ("1", "1")
    assert float(rows[5]["value"]) == pytest.approx(values[1, 1], rel=1e-3)


def test_components_are_read_each(photo, numbers):
    stacked = np.zeros((3, 4, 3), np.float32)
    scales = [("one", np.zeros((8, 3), np.uint8))] * 3
    figure = figures.map_figure("map", "T", "S", ENGLISH, photo, stacked, scales)
    assert set(numbers(figure)[0]) == {"y", "x", "component 1", "component 2", "component 3"}
    assert figure.count(">one<") == 3


def test_every_figure_says_how_to_read_it_and_can_be_saved(photo, values):
    for words in (ENGLISH, CHINESE):
        figure = figures.map_figure("map", "Title", "So is it read.", words, photo, values, SCALE)
        for text in (words.how_to_read, "So is it read.", words.save_png, words.save_csv):
            assert text in figure
        assert ">-1<" in figure
        assert ">3<" in figure


def test_a_marked_place_is_where_it_was_clicked(photo, values):
    figure = figures.map_figure("m", "T", "S", ENGLISH, photo, values, SCALE, mark=(0.5, 0.25))
    assert 'cx="240.0" cy="90.0"' in figure  # of 480 x 360


def test_a_charts_words_are_put_in_the_pages_language():
    chart = Figure()
    chart.add_subplot().set_xlabel("generator's loss", color=figures.INK)
    svg = figures.to_svg(chart, {"generator's loss": "生成器的 <损失>"})
    assert "生成器的 &lt;损失&gt;" in svg
    assert "generator's loss<" not in svg
    assert svg.startswith("<svg")
    assert "currentColor" in svg
    assert figures.INK not in svg


def test_columns_of_different_length_end_in_empty_cells():
    assert figures.to_csv({"a": [1, 2.5], "b": ["x"]}) == "a,b\r\n1,x\r\n2.5,\r\n"


def test_a_file_name_is_no_formula_and_breaks_no_row():
    names = ["=1+1", 'a "b", c', "-x\ny", "x\r=1+1", "\t=1"]
    table = figures.to_csv({"name": names, "score": [-0.5]})
    rows = list(csv.reader(io.StringIO(table, newline="")))
    assert [row[0] for row in rows[:4]] == ["name", "'=1+1", 'a "b", c', "'-x\ny"]
    assert [row[0] for row in rows[4:]] == ["x\r=1+1", "'\t=1"]
    assert rows[1][1] == "-0.5"
