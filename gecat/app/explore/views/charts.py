"""The charts of the Explore tab: numbers in, matplotlib figures with English words out.

Colours are those of Okabe and Ito, which readers with any colour vision can tell apart.
"""

import numpy as np

from gecat.app.ui.figures import INK

BLUE, ORANGE, GREEN, GREY = "#0072b2", "#d55e00", "#009e73", "#94a3b8"
BINS = np.linspace(0, 1, 26)
MARKER = "marker"


def score_histograms(true, spoiled):
    """Scores of right and of spoiled masks, and a marker at 0 that `move_marker` moves.

    Args:
        true, spoiled: lists of scores in [0, 1].

    Returns:
        (matplotlib Figure, dict of the columns that it shows: the bins and the shares in each).
    """
    chart, axes = _axes("score", "share of the masks")
    columns = {"score from": BINS[:-1], "score to": BINS[1:]}
    for scores, colour, label in ((spoiled, ORANGE, "spoiled masks"), (true, BLUE, "true masks")):
        weights = np.full(len(scores), 1 / max(len(scores), 1))
        columns[label], _, _ = axes.hist(
            scores, BINS, weights=weights, color=colour, alpha=0.55, label=label
        )
    marker = axes.axvline(0, color=INK, linewidth=2.5, label="this mask", clip_on=False)
    marker.set_gid(MARKER)
    axes.set_xlim(0, 1)
    _legend(axes)
    return chart, columns


def move_marker(svg, chart, place):
    """Moves the marker of a chart's SVG text, since to draw the chart anew takes much longer.

    Args:
        svg: of `figures.to_svg`.
        chart: the matplotlib Figure that it was drawn from.
        place: where the marker goes, in [0, 1] along the axis.

    Returns:
        SVG text.
    """
    width = chart.axes[0].get_position().width * chart.get_figwidth() * 72  # points
    group = f'<g id="{MARKER}"'
    return svg.replace(group, f'{group} transform="translate({place * width:.2f} 0)"')


def score_histogram(scores):
    """Scores of many photos' masks.

    Args:
        scores: list of scores in [0, 1].

    Returns:
        matplotlib Figure.
    """
    chart, axes = _axes("score", "photos")
    axes.hist(scores, np.linspace(0, 1, 21), color=BLUE)
    axes.set_xlim(0, 1)
    axes.yaxis.get_major_locator().set_params(integer=True)
    return chart


def score_steps(scores, rival):
    """Scores of a mask on its way, against the generator's.

    Args:
        scores: list of scores, the start first.
        rival: the generator's score.

    Returns:
        matplotlib Figure.
    """
    chart, axes = _axes("step", "score")
    axes.axhline(rival, color=ORANGE, linewidth=2, linestyle="--", label="the generator's mask")
    axes.plot(range(len(scores)), scores, "o-", color=BLUE, linewidth=2, label="your mask")
    axes.set_ylim(0, 1)
    axes.xaxis.get_major_locator().set_params(integer=True)
    _legend(axes)
    return chart


def line_search(conjugate, steepest, least, accepted):
    """The loss along two directions from one point.

    Args:
        conjugate, steepest: Lines.
        least: Armijo's share of the decrease that the slope promises.
        accepted: (distance, loss) of the step that was taken.

    Returns:
        matplotlib Figure.
    """
    chart, axes = _axes("distance walked", "generator's loss")
    axes.plot(steepest.distance, steepest.loss, color=ORANGE, linewidth=2, label="steepest descent")
    axes.plot(
        conjugate.distance, conjugate.loss, color=BLUE, linewidth=2.5, label="conjugate direction"
    )
    line = conjugate.armijo(least)
    axes.plot(conjugate.distance, line, color=INK, linewidth=1.2, linestyle="--", label="Armijo")
    axes.plot(*accepted, "o", color=GREEN, markersize=10, label="step taken")
    lowest = min(conjugate.loss.min(), steepest.loss.min())
    start = conjugate.loss[0]
    room = max(start - lowest, 1e-6)
    axes.set_ylim(lowest - 0.25 * room, start + 1.0 * room)
    _legend(axes)
    return chart


def loss_plane(plane):
    """The loss on a plane, as a map with contour lines, and the path on it.

    Args:
        plane: a landscape.Slice.

    Returns:
        matplotlib Figure.
    """
    chart, axes = _axes("along the whole path", "across it")
    levels = np.linspace(plane.loss.min(), np.quantile(plane.loss, 0.9), 14)
    filled = axes.contourf(plane.x, plane.y, plane.loss, levels, cmap="viridis", extend="max")
    axes.contour(plane.x, plane.y, plane.loss, levels, colors="white", linewidths=0.4)
    axes.plot(*plane.path.T, "o-", color="white", linewidth=3.5, markersize=9)
    axes.plot(*plane.path.T, "o-", color=ORANGE, linewidth=2, markersize=6)
    axes.annotate(
        "start",
        plane.path[0],
        (-6, 8),
        textcoords="offset points",
        color="white",
        fontsize=12,
        ha="right",
    )
    bar = chart.colorbar(filled, ax=axes, pad=0.02, format="%.2f")
    bar.set_label("generator's loss", color=INK, fontsize=11)
    bar.ax.tick_params(colors=INK, labelsize=10)
    bar.outline.set_visible(False)
    return chart


def gradient_angles(degrees):
    """Angles between successive gradients.

    Args:
        degrees: list of angles.

    Returns:
        matplotlib Figure.
    """
    chart, axes = _axes("between steps", "angle in degrees")
    names = [f"{step}–{step + 1}" for step in range(1, len(degrees) + 1)]
    axes.bar(names, degrees, color=BLUE, width=0.5)
    axes.axhline(90, color=INK, linewidth=1.5, linestyle="--", label="right angle")
    for place, value in enumerate(degrees):
        axes.text(place, value + 3, f"{value:.0f}°", ha="center", color=INK, fontsize=11)
    axes.set_ylim(0, 180)
    axes.set_yticks([0, 45, 90, 135, 180])
    _legend(axes)
    return chart


def _axes(across, up):
    from matplotlib.figure import Figure  # when the first chart is drawn, not before the page is up

    chart = Figure(figsize=(6.4, 3.9), layout="constrained")
    axes = chart.add_subplot()
    axes.set_xlabel(across, color=INK, fontsize=11)
    axes.set_ylabel(up, color=INK, fontsize=11)
    axes.tick_params(colors=INK, labelsize=10)
    axes.set_facecolor("none")
    for side, spine in axes.spines.items():
        spine.set_visible(side in ("left", "bottom"))
        spine.set_color(GREY)
    return chart, axes


def _legend(axes):
    axes.legend(frameon=False, labelcolor=INK, fontsize=10)
