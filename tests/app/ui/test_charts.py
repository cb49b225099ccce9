import re

import numpy as np
import pytest

from gecat.app.ui.charts import POINTS, draw_bars, draw_chart, short, smoothed, thin


def polylines(figure):
    """The points of each line, by the number of its colour."""
    found = re.findall(r'<polyline class="line-(\d)" points="([^"]*)"', figure)
    return {
        int(number): [tuple(map(float, point.split(","))) for point in points.split()]
        for number, points in found
    }


def test_thinning_averages_neighbours():
    times, values = thin(range(6), [1.0, 3.0, 5.0, 7.0, 9.0, 11.0], 3)
    assert times.tolist() == [0.5, 2.5, 4.5]
    assert values.tolist() == [2.0, 6.0, 10.0]


def test_what_is_no_number_is_no_point():
    times, values = thin([0, 1, 2, 3], [1.0, None, float("nan"), 2.0], 9)
    assert (times.tolist(), values.tolist()) == ([0.0, 3.0], [1.0, 2.0])
    assert draw_chart("Nothing", [("line", [0, 1], [None, None])]) == ""


@pytest.mark.parametrize("count", [1, 2, 4])
def test_a_chart_has_few_points_however_long_the_run(count):
    long = list(range(10_000))
    figure = draw_chart("Loss", [(str(number), long, long) for number in range(count)])
    assert len(polylines(figure)) == count
    assert sum(map(len, polylines(figure).values())) <= POINTS <= 500


def test_lines_rise_from_the_lower_left():
    figure = draw_chart("IoU", [("iou", [5, 10], [0.0, 1.0])], "{seconds} s", 0.0, 1.0)
    (low, high) = polylines(figure)[0]
    assert low == (177.0, 112.0)  # half way along the 274 units between 40 and 314
    assert high == (314.0, 8.0)
    assert ">10 s<" in figure and "<b>1</b>" in figure


def test_an_empty_line_leaves_the_others_their_colours():
    figure = draw_chart("Loss", [("one", [1, 2], [None, None]), ("two", [1, 2], [3.0, 4.0])])
    assert list(polylines(figure)) == [1]
    assert "key-1" in figure and "key-0" not in figure


def test_a_flat_line_has_an_axis():
    figure = draw_chart("Beta", [("beta", [1, 2], [0.0, 0.0])], low=0.0)
    assert {y for _, y in polylines(figure)[0]} == {112.0}


def test_names_carry_no_markup():
    figure = draw_chart("<b>", [("<script>", [1], [1.0])])
    assert "<script>" not in figure and "<b>:" not in figure


def test_bars_count_what_lies_in_each_bin():
    figure = draw_bars("Scores", [("real", [0.95, 0.91]), ("wrong", [0.05])])
    heights = {0: [], 1: []}
    for group, height in re.findall(r'class="bar-(\d)".*?height="([\d.]+)"', figure):
        heights[int(group)].append(float(height))
    assert np.nonzero(heights[0])[0].tolist() == [9]
    assert np.nonzero(heights[1])[0].tolist() == [0]
    assert heights[0][9] == 2 * heights[1][0] > 0
    assert draw_bars("Scores", []) == draw_bars("Scores", [("real", [])]) == ""


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"),
        (0.4217, "0.422"),
        (12.34, "12.3"),
        (1234.5, "1230"),
        (0.00663, "0.0066"),
        (5.9e-4, "0.0006"),
        (1e-5, "0.00001"),
        (-0.03, "-0.03"),
        (12066.42, "12100"),
        (3.4e38, "3.4·10³⁸"),
        (-2e-30, "-2·10⁻³⁰"),
        (float("nan"), "–"),
    ],
)
def test_numbers_are_written_as_people_read_them(value, text):
    assert short(value) == text


def test_a_number_beside_an_axis_is_whole_however_long():
    figure = draw_chart("Step", [("step", [0, 1], [0.0, 1e-6])])
    right = float(re.search(r'<text x="([\d.]+)" [^>]*>0.000001<', figure)[1])
    assert right >= 6 * len("0.000001")
    assert polylines(figure)[0][0][0] > right


def test_what_leaves_a_chart_is_marked_and_told():
    lines = [("calm", [1, 2, 3, 4], [1.0] * 4), ("wild", [1, 2, 3, 4], [1.0, 9.0, 250.0, 1.0])]
    figure = draw_chart("Loss", lines, low=0.0, high=2.0, beyond="{name} up to {highest}")
    assert figure.count('<path class="beyond line-1"') == 1  # one stretch, one mark
    assert "beyond line-0" not in figure
    assert "wild up to 250" in figure and "calm up to" not in figure
    whole = draw_chart("Loss", lines, low=0.0, beyond="{name} up to {highest}")
    assert "beyond" not in whole


def test_a_logarithmic_chart_gives_each_decade_the_same_height():
    line = ("loss", [0, 1, 2], [0.01, 0.1, 1.0])
    linear, scaled = (draw_chart("Loss", [line], looks=looks) for looks in ((), ("logarithmic",)))
    (_, low), (_, middle), (_, high) = polylines(scaled)[0]
    assert middle == pytest.approx((low + high) / 2, abs=0.1)
    assert polylines(linear)[0][1][1] > middle
    assert 'data-scale="log"' in scaled and 'data-low="0.01"' in scaled
    # What is not above 0 has no logarithm.
    flat = [("change", [0, 1], [0.0, 1.0])]
    assert draw_chart("Change", flat, looks=("logarithmic",)) == draw_chart("Change", flat)


def test_a_smooth_line_swings_less_and_keeps_its_ends_and_its_mean():
    values = np.linspace(0, 1, 200) + np.tile([0.2, -0.2], 100)
    calm = smoothed(values)
    assert len(calm) == 200
    assert np.abs(np.diff(calm)).max() < 0.1
    assert calm.mean() == pytest.approx(values.mean(), abs=0.01)
    assert smoothed(np.array([3.0, 4.0])).tolist() == [3.0, 4.0]
    noisy = [("line", range(200), values)]
    assert draw_chart("a", noisy, looks=("smooth",)) != draw_chart("a", noisy)
