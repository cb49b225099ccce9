"""Line charts as SVG text: light enough to be redrawn every second, in the colours of the page."""

import html
import math

import numpy as np

POINTS = 400  # of a chart at most, all its lines together
WIDTH, HEIGHT = 320, 130
LEFT, RIGHT, TOP, BOTTOM = 40, 6, 8, 18
LETTER = 6  # of a number beside an axis, wide
LOOKS = ("smooth", "logarithmic")
SCALES = ("linear", "log")
SMOOTH = 20  # windows of the moving average that a line is long


def thin(times, values, limit):
    """Averages neighbours until at most `limit` points are left.

    Args:
        times, values: sequences of numbers of one length; a value of None or NaN is no point.
        limit: points at most.

    Returns:
        two float arrays.
    """
    values = np.array(values, float)  # a None becomes NaN
    known = np.isfinite(values)
    times, values = np.asarray(times, float)[known], values[known]
    if len(values) <= limit:
        return times, values
    starts = np.arange(limit) * len(values) // limit
    counts = np.diff([*starts, len(values)])
    return np.add.reduceat(times, starts) / counts, np.add.reduceat(values, starts) / counts


def smoothed(values):
    """Moving averages over a twentieth of all values, as many as there are.

    Args:
        values: float array (M,).
    """
    width = max(1, len(values) // SMOOTH) | 1  # odd, so that nothing is shifted
    padded = np.pad(values, width // 2, mode="edge")
    return np.convolve(padded, np.full(width, 1 / width), mode="valid")


def draw_chart(
    title, lines, unit="{seconds} s", low=None, high=None, cursor=False, looks=(), beyond=None
):
    """Draws lines over the seconds of a run; the page's script tells the values at a place.

    Args:
        title: what is shown.
        lines: list of (name, times, values), up to four.
        unit: how seconds are written.
        low, high: bounds of the values; None fits the lines.
        cursor: whether there is an upright line, which `--share` of an element around it places.
        looks: of LOOKS; the scale stays linear where a value is not above 0.
        beyond: how it is said that a line leaves the chart: a text with {name} and {highest}.

    Returns:
        HTML of a figure, or "" where no line has a point.
    """
    limit = POINTS // max(1, len(lines))
    # A line keeps its colour while another one is still empty.
    drawn = [
        (number, name, *thin(times, values, limit))
        for number, (name, times, values) in enumerate(lines)
    ]
    drawn = [line for line in drawn if len(line[2])]
    if not drawn:
        return ""
    if "smooth" in looks:
        drawn = [(*line[:3], smoothed(line[3])) for line in drawn]
    logarithmic = "logarithmic" in looks and all(values.min() > 0 for *_, values in drawn)
    if logarithmic:  # bounds of a share, like 0, are none here
        low = high = None
    bottom = min(values.min() for *_, values in drawn) if low is None else low
    top = max(values.max() for *_, values in drawn) if high is None else high
    top = top if top > bottom else bottom + (abs(bottom) or 1.0)
    scale = np.log if logarithmic else np.asarray
    end = max(max(times[-1] for _, times, _ in lines if len(times)), 1e-6)
    left = max(LEFT, LETTER * max(len(short(top)), len(short(bottom))) + 6)

    def draw_line(number, times, values):
        x = left + times / end * (WIDTH - left - RIGHT)
        span = scale(top) - scale(bottom)
        share = np.clip((scale(values) - scale(bottom)) / span, 0.0, 1.0)
        y = HEIGHT - BOTTOM - share * (HEIGHT - TOP - BOTTOM)
        points = " ".join(f"{a:.1f},{b:.1f}" for a, b in zip(x, y, strict=True))
        # The dot tells where a line ends, and shows one of a single point.
        return (
            f'<polyline class="line-{number}" points="{points}"/>'
            f'<circle class="line-{number}" cx="{x[-1]:.1f}" cy="{y[-1]:.1f}" r="2.5"/>'
        ) + "".join(
            f'<path class="beyond line-{number}" d="M{place:.1f},{TOP - 7}l3.5,6h-7z"/>'
            for place in (_leaving(x, values > top) if beyond else ())
        )

    paths = "".join(draw_line(number, times, values) for number, _, times, values in drawn)
    keys = "".join(
        f'<span class="key-{number}">{html.escape(name)} <b>{short(values[-1])}</b></span>'
        for number, name, _, values in drawn
    )
    spoken = ", ".join(f"{name} {short(values[-1])}" for _, name, _, values in drawn)
    label = html.escape(f"{title}: {spoken}", quote=True)
    base = HEIGHT - BOTTOM
    way = f"--way:{WIDTH - left - RIGHT}px"
    mark = f'<path class="cursor" style="{way}" d="M{left},{TOP}V{base}"/>' if cursor else ""
    left_out = "".join(
        f'<p class="beyond">▲ {beyond.format(name=html.escape(name), highest=short(values.max()))}'
        "</p>"
        for _, name, _, values in drawn
        if beyond and values.max() > top
    )
    return (
        f'<figure class="chart"><figcaption>{html.escape(title)}</figcaption>'
        f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{label}" '
        f'data-low="{bottom:.6g}" data-high="{top:.6g}" data-scale="{SCALES[logarithmic]}" '
        f'data-top="{TOP}" data-base="{base}">'
        f'<path class="axis" d="M{left},{TOP}V{base}H{WIDTH - RIGHT}"/>'
        f'<text x="{left - 5}" y="{TOP + 8}" text-anchor="end">{short(top)}</text>'
        f'<text x="{left - 5}" y="{base}" text-anchor="end">{short(bottom)}</text>'
        f'<text x="{WIDTH - RIGHT}" y="{HEIGHT - 4}" text-anchor="end">'
        f"{unit.format(seconds=f'{end:.0f}')}</text>"
        f"{paths}{mark}</svg><div class=keys>{keys}</div>{left_out}</figure>"
    )


def draw_bars(title, groups, bins=10):
    """Draws histograms of values in [0, 1], one a group.

    Args:
        title: what is shown; groups: list of (name, values), up to four; bins: bars a group.

    Returns:
        HTML of a figure, or "" where there are no values.
    """
    counts = [(name, np.histogram(values, bins, (0.0, 1.0))[0]) for name, values in groups]
    most = max((count.max() for _, count in counts), default=0)
    if not most:
        return ""
    slot = WIDTH / bins
    width = (slot - 4) / len(counts)
    bars = "".join(
        f'<rect class="bar-{group}" x="{2 + place * slot + group * width:.1f}" '
        f'y="{HEIGHT - BOTTOM - height:.1f}" width="{width:.1f}" height="{height:.1f}"/>'
        for group, (_, count) in enumerate(counts)
        for place, height in enumerate(count / most * (HEIGHT - TOP - BOTTOM))
    )
    keys = "".join(
        f'<span class="key-{group}">{html.escape(name)}</span>'
        for group, (name, _) in enumerate(counts)
    )
    return (
        f'<figure class="chart"><figcaption>{html.escape(title)}</figcaption>'
        f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{html.escape(title)}">'
        f'<path class="axis" d="M0,{HEIGHT - BOTTOM}H{WIDTH}"/>{bars}'
        f'<text x="2" y="{HEIGHT - 4}">0</text>'
        f'<text x="{WIDTH - 2}" y="{HEIGHT - 4}" text-anchor="end">1</text>'
        f"</svg><div class=keys>{keys}</div></figure>"
    )


def short(value, digits=3):
    """Writes a number as people read it: 0.42, 12.3, 1230, 0.0066, 0.00001; never with an e.

    Args:
        value: the number; digits: that count, at most; there are fewer from the fourth place on.
            What runs away is written by its power of ten: 3.4·10³⁸.
    """
    if not np.isfinite(value):
        return "–"
    exponent = math.floor(math.log10(abs(value))) if value else 0
    if not -7 < exponent < 7:
        power = str(exponent).translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))
        return f"{short(value / 10.0**exponent, digits)}·10{power}"
    digits = min(digits, max(1, exponent + 5))
    return np.format_float_positional(
        value, precision=digits, unique=False, fractional=False, trim="-"
    )


def _leaving(x, above):
    """The middle of each stretch that lies above a chart."""
    starts = np.flatnonzero(above & ~np.append(False, above[:-1]))
    ends = np.flatnonzero(above & ~np.append(above[1:], False))
    return (x[starts] + x[ends]) / 2
