import re

import numpy as np
import pytest

from gecat.app.explore.views import charts
from gecat.app.ui.figures import to_svg
from gecat.i18n import words as catalogue
from gecat.inspection.story import Line, Slice

LINE = Line(np.linspace(0, 2, 5), np.array([1.0, 0.6, 0.4, 0.5, 0.9]), -1.0)
STEEP = Line(np.linspace(0, 2, 5), np.array([1.0, 0.7, 0.8, 1.5, 4.0]), -2.0)
GROUND = Slice(
    np.linspace(-1, 3, 5),
    np.linspace(-1, 1, 5),
    np.add.outer(np.linspace(-1, 1, 5) ** 2, np.linspace(0, 2, 5)),
    np.array([[0.0, 0.0], [1.0, 0.5], [2.0, 0.0]]),
    np.array([2.0, 1.0, 0.5]),
)
DRAWN = {
    "histograms": lambda: charts.score_histograms([0.9, 0.8], [0.1, 0.3])[0],
    "histogram": lambda: charts.score_histogram([0.2, 0.9, 0.91]),
    "steps": lambda: charts.score_steps([0.2, 0.5, 0.7], 0.6),
    "line": lambda: charts.line_search(LINE, STEEP, 0.1, (1.0, 0.4)),
    "plane": lambda: charts.loss_plane(GROUND),
    "angles": lambda: charts.gradient_angles([88.0, 120.0, 45.0]),
}


@pytest.mark.parametrize("name", DRAWN)
def test_every_word_of_a_chart_has_its_chinese(name):
    texts = re.findall(r"<text[^>]*>([^<]+)<", to_svg(DRAWN[name](), {}))
    words = {text.strip() for text in texts if re.search("[a-z]{2}", text)}
    assert words
    assert words - {"Armijo"} <= set(catalogue("zh").explore.chart)


def test_the_marker_moves_to_the_score():
    chart, _ = charts.score_histograms([0.9], [0.1])
    svg = to_svg(chart, {})
    start = marker_places(svg)
    assert start == pytest.approx(marker_places(charts.move_marker(svg, chart, 0.0)), abs=0.01)
    left, right = (marker_places(charts.move_marker(svg, chart, place)) for place in (0.25, 1.0))
    axes = chart.axes[0].get_position()
    points = 72 * chart.get_figwidth()
    assert left == pytest.approx((axes.x0 + 0.25 * axes.width) * points, abs=0.1)
    assert right == pytest.approx((axes.x0 + axes.width) * points, abs=0.1)


def marker_places(svg):
    """Where the marker stands across the picture, in points."""
    group = svg[svg.index(f'<g id="{charts.MARKER}"') :]
    shift = re.match(r'<g id="marker" transform="translate\(([\d.]+) 0\)', group)
    start = re.search(r'd="M ([\d.]+)', group)
    return float(start[1]) + (float(shift[1]) if shift else 0.0)


def test_histograms_count_shares_so_that_unequal_lists_compare():
    chart, columns = charts.score_histograms([0.9], [0.1, 0.1, 0.5])
    axes = chart.axes[0]
    heights = [patch.get_height() for container in axes.containers for patch in container]
    assert sum(heights) == pytest.approx(2.0)
    assert max(heights) == pytest.approx(1.0)
    assert columns["true masks"].sum() == columns["spoiled masks"].sum() == pytest.approx(1.0)
    assert len(columns["score from"]) == len(columns["true masks"])


def test_the_armijo_line_and_the_step_are_drawn_where_they_are():
    axes = charts.line_search(LINE, STEEP, 0.1, (1.0, 0.4)).axes[0]
    lines = {line.get_label(): line.get_xydata() for line in axes.lines}
    assert lines["Armijo"][-1] == pytest.approx([2.0, 0.8])
    assert lines["step taken"][0] == pytest.approx([1.0, 0.4])


def test_the_path_lies_on_the_plane():
    axes = charts.loss_plane(GROUND).axes[0]
    assert axes.lines[-1].get_xydata() == pytest.approx(GROUND.path)
