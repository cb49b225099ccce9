"""Figures for the page: SVG with a sentence on how to read it, its PNG and its numbers.

A figure is text in the page, so its words are in the page's fonts and languages. The page's script
reads the value under the pointer and turns the SVG into a PNG; the numbers travel as CSV.
"""

import base64
import csv
import html
import io
from dataclasses import dataclass
from itertools import zip_longest

import numpy as np
from PIL import Image

from gecat.images.sizes import shrink

INK = "#010203"  # stands for the page's own text colour, which a chart cannot know
VALUES_SIDE = 96  # longer side of the values that a map carries, pixels
PICTURE_SIDE = 512  # longer side of a map's picture, pixels

# Perceptually uniform, and safe for readers who do not tell red from green.
PROBABILITY = "cividis"
DOUBT = "inferno"
SIGNED = "berlin"

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True)
class Scale:
    """What the colours of a map mean.

    Attributes:
        colours: name of a matplotlib colour map.
        low, high: the values at its ends.
        label: what the values are.
    """

    colours: str
    low: float
    high: float
    label: str


def paint(values, scale):
    """Colours of values, uint8 (..., 3).

    Args:
        values: float array.
        scale: a Scale; values beyond its ends take the colours of the ends.
    """
    import matplotlib

    span = max(scale.high - scale.low, 1e-12)
    parts = np.clip((np.asarray(values) - scale.low) / span, 0, 1)
    return matplotlib.colormaps[scale.colours](parts, bytes=True)[..., :3]


def lay_over(photo, values, scale, opacity):
    """Lays a map's colours over a grey photo.

    Args:
        photo: uint8 (H, W, 3).
        values: float (H, W).
        scale: a Scale.
        opacity: float, or array (H, W), in [0, 1].

    Returns:
        uint8 (H, W, 3).
    """
    grey = photo.mean(axis=-1, keepdims=True) * 0.8
    opacity = np.broadcast_to(opacity, values.shape)[..., None]
    return np.rint(opacity * paint(values, scale) + (1 - opacity) * grey).astype(np.uint8)


def map_figure(name, title, how, words, picture, values, scale, mark=None):
    """A picture with a colour scale; the value under the pointer can be read.

    Args:
        name: of the downloads.
        title, how: what it is, and how to read it.
        words: the language of the page's buttons.
        picture: uint8 (H, W, 3).
        values: float (h, w) or (h, w, C), what is read at a place.
        scale: a Scale, or a list of (label, colours uint8 (n, 3)) where it is not one colour map.
        mark: (x, y) in [0, 1] of a place to be marked, or None.

    Returns:
        HTML text.
    """
    picture, values = shrink(picture, PICTURE_SIDE), shrink(np.float32(values), VALUES_SIDE)
    svg = _map_svg(picture, scale, mark)
    planes = values.reshape(*values.shape[:2], -1)
    attributes = _readable(planes)
    columns = {"y": np.repeat(np.arange(len(values)), values.shape[1])}
    columns["x"] = np.tile(np.arange(values.shape[1]), len(values))
    for index in range(planes.shape[-1]):
        key = "value" if planes.shape[-1] == 1 else f"component {index + 1}"
        columns[key] = planes[..., index].ravel()
    return drawn_figure(name, title, how, words, svg, columns, attributes)


def chart_figure(name, title, how, words, chart, columns, names):
    """A chart; see `map_figure` for the arguments that it shares.

    Args:
        chart: a matplotlib Figure, its words in English.
        columns: dict of the numbers' names and lists, which may differ in length.
        names: dict from the chart's English words to the page's.

    Returns:
        HTML text.
    """
    return drawn_figure(name, title, how, words, to_svg(chart, names), columns)


def drawn_figure(name, title, how, words, svg, columns, attributes=""):
    """A figure of SVG text that is there already; see `chart_figure` for the other arguments.

    Args:
        svg: text.
        attributes: of the HTML element; with them the value under the pointer can be read.

    Returns:
        HTML text.
    """
    reading = f'<p class="reading">{words.reading}</p>' if attributes else ""
    png = f'<button type="button" class="png">{words.save_png}</button>'
    drawn = named_svg(svg, title) + reading
    return explained(name, title, how, words, drawn, columns, attributes, png)


def explained(name, title, how, words, body, columns, attributes="", tools=""):
    """HTML that shows numbers, with a title, how to read it, and the numbers as CSV.

    Args:
        name, title, how, words: as for `map_figure`.
        body: HTML; attributes: of the element around it; tools: HTML that stands before the CSV.
        columns: as for `chart_figure`.

    Returns:
        HTML text.
    """
    csv = base64.b64encode(to_csv(columns).encode("utf-8-sig")).decode()
    return (
        f'<figure class="explained" data-name="{name}" {attributes}>'
        f"<figcaption>{title}</figcaption>{body}"
        f'<p class="how"><b>{words.how_to_read}</b> {how}</p>'
        f'<p class="tools">{tools}'
        f'<a class="csv" download="{name}.csv" href="data:text/csv;base64,{csv}">'
        f"{words.save_csv}</a></p></figure>"
    )


def named_svg(svg, title):
    """SVG text that says what it shows to who does not see it."""
    return svg.replace("<svg ", f'<svg role="img" aria-label="{html.escape(title)}" ', 1)


def to_svg(chart, names):
    """SVG text of a matplotlib Figure; its words stay text, in the page's fonts and colour.

    Args:
        chart: a matplotlib Figure; the colour INK becomes the page's text colour.
        names: dict from the words in the figure to those shown.
    """
    import matplotlib

    buffer = io.StringIO()
    with matplotlib.rc_context({"svg.fonttype": "none", "font.family": "sans-serif"}):
        chart.savefig(buffer, format="svg", transparent=True, metadata={"Date": None})
    svg = buffer.getvalue().replace(INK, "currentColor")
    # Matplotlib may have no Chinese font to measure with, so the words are put in afterwards.
    for key, shown in names.items():
        svg = svg.replace(f">{html.escape(key, quote=False)}<", f">{html.escape(shown)}<")
    return svg[svg.index("<svg") :]


def to_csv(columns):
    """CSV text of a dict of columns; shorter columns end in empty cells."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(map(_cell, columns))
    writer.writerows(zip_longest(*map(_cells, columns.values()), fillvalue=""))
    return text.getvalue()


def data_uri(picture):
    """A picture as an address that holds it."""
    buffer = io.BytesIO()
    Image.fromarray(picture).save(buffer, "WEBP", quality=88, method=1)
    return f"data:image/webp;base64,{base64.b64encode(buffer.getvalue()).decode()}"


def _readable(planes):
    """Attributes from which the page's script reads values: bytes, and what 0 and 255 stand for."""
    low, high = planes.min(axis=(0, 1)), planes.max(axis=(0, 1))
    levels = np.rint((planes - low) / np.maximum(high - low, 1e-12) * 255).astype(np.uint8)
    return (
        f'data-values="{base64.b64encode(levels.tobytes()).decode()}" '
        f'data-rows="{planes.shape[0]}" data-columns="{planes.shape[1]}" '
        f'data-low="{_list(low)}" data-high="{_list(high)}"'
    )


def _map_svg(picture, scale, mark):
    height, width = picture.shape[:2]
    wide = 480
    tall = wide * height / width
    bars = scale if isinstance(scale, list) else [(scale.label, paint(_ramp(scale), scale))]
    parts = [
        f'<image class="map" width="{wide}" height="{tall:.1f}" preserveAspectRatio="none" '
        f'href="{data_uri(picture)}"/>'
    ]
    if mark is not None:
        place = f'cx="{mark[0] * wide:.1f}" cy="{mark[1] * tall:.1f}"'
        parts.append(f'<circle {place} r="8" fill="none" stroke="#000" stroke-width="4"/>')
        parts.append(f'<circle {place} r="8" fill="none" stroke="#fff" stroke-width="2"/>')
    each = wide / len(bars)
    for index, (label, colours) in enumerate(bars):
        left, length = index * each, each - (12 if index < len(bars) - 1 else 0)
        parts.append(
            f'<image x="{left:.1f}" y="{tall + 12:.1f}" width="{length:.1f}" height="12" '
            f'preserveAspectRatio="none" href="{data_uri(np.repeat(colours[None], 4, 0))}"/>'
        )
        middle = left + length / 2
        parts.append(_text(middle, tall + 40, html.escape(label), "middle"))
        if not isinstance(scale, list):
            parts.append(_text(0, tall + 40, f"{scale.low:.3g}", "start"))
            parts.append(_text(wide, tall + 40, f"{scale.high:.3g}", "end"))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {wide} {tall + 46:.1f}">'
        f"{''.join(parts)}</svg>"
    )


def _text(x, y, text, anchor):
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" font-size="13" text-anchor="{anchor}" '
        f'fill="currentColor">{text}</text>'
    )


def _ramp(scale):
    return np.linspace(scale.low, scale.high, 64)


def _list(numbers):
    return " ".join(f"{number:.6g}" for number in numbers)


def _cells(column):
    if isinstance(column, np.ndarray) and column.dtype.kind in "iuf":  # a map has thousands
        form = ".5g" if column.dtype.kind == "f" else "d"
        return [format(value, form) for value in column.tolist()]
    return [_cell(value) for value in column]


def _cell(value):
    if not isinstance(value, str):
        return f"{value:.5g}" if isinstance(value, float | np.floating) else str(value)
    # A spreadsheet takes a cell that begins so for a formula; file names are strangers' words.
    return f"'{value}" if value.startswith(FORMULA_STARTS) else value
