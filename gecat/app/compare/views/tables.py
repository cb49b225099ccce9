"""Draws what was published: a table of scores, and how far each method ends, game by game."""

import html
import math

from gecat.app.ui.figures import explained

FURTHEST = 10.0  # what ended further away is drawn there
NEAREST = 1e-3


def quality_html(found, words):
    """The scores of all methods on many photos.

    Args:
        found: of `published("quality")`, or None.
        words: of the page, in its language.
    """
    compare = words.compare
    if found is None:
        return f"<p>{compare.unpublished}</p>"
    rows = sorted(found["rows"], key=lambda row: -row["iou"])
    heads = [compare.method, *compare.scores.values()]
    body = "".join(
        f'<tr data-method="{row["method"]}"><th scope="row">{compare.methods[row["method"]]}</th>'
        f"<td>{_interval(row)}</td>"
        f"<td>{row['boundary_f']:.3f}</td><td>{row['max_f_beta']:.3f}</td>"
        f"<td>{row['pixel_accuracy']:.3f}</td><td>{row['ms']:.0f}</td></tr>"
        for row in rows
    )
    title, how = compare.quality_figure
    columns = {name: [row[name] for row in rows] for name in rows[0] if name != "iou_interval"}
    columns |= {f"iou {end}": [row["iou_interval"][at] for row in rows] for at, end in _ENDS}
    table = _table(heads, body) + _source(found, compare)
    return explained(
        "quality",
        title.format(count=found["count"], photos=html.escape(found["photos"])),
        how,
        words.explore,
        table,
        columns,
    )


def stability_html(found, game, words):
    """How far each method ends from the known end of a game, at its best and its worst number.

    Args:
        found: of `published("stability")`, or None.
        game: one of `games(found)`.
        words: of the page, in its language.
    """
    compare = words.compare
    if found is None:
        return f"<p>{compare.unpublished}</p>"
    rows = [row for row in found["rows"] if row["game"] == game]
    heads = [compare.method, compare.distance, compare.lost]
    body = "".join(
        f'<tr data-arm="{html.escape(row["arm"])}"><th scope="row">{compare.arms[row["arm"]]}</th>'
        f"<td>{_range(row)}</td><td>{row['lost']} / {row['runs']}</td></tr>"
        for row in rows
    )
    title, how = compare.stability_figure
    columns = {name: [row[name] for row in rows] for name in rows[0]} if rows else {}
    table = _table(heads, body) + _source(found, compare)
    told = title.format(game=compare.games[game])
    return explained(f"stability-{game}", told, how, words.explore, table, columns)


def games(found):
    """The names of the games that were measured."""
    return list(dict.fromkeys(row["game"] for row in (found or {"rows": []})["rows"]))


_ENDS = ((0, "low"), (1, "high"))


def _interval(row):
    """A bar as long as the IoU, its 95% interval, and the numbers."""
    low, high = row["iou_interval"]
    return (
        f'<div class="bar-cell"><b>{row["iou"]:.3f}</b><div class="track"><i style="width: '
        f'{row["iou"]:.1%}"></i><s style="left: {low:.1%}; width: {high - low:.1%}"></s></div>'
        f"<small>{low:.3f}–{high:.3f}</small></div>"
    )


def _range(row):
    """A line from the best to the worst end on a logarithmic scale, and the numbers."""
    best, worst = (_place(row[name]) for name in ("best", "worst"))
    numbers = " – ".join(_short(row[name]) for name in ("best", "worst"))
    lost = " some-lost" if row["lost"] else ""
    return (
        f'<div class="range-cell"><div class="track{lost}"><u style="left: {_place(1.0):.1%}"></u>'
        f'<i style="left: {best:.1%}; width: {max(worst - best, 0.008):.1%}"></i></div>'
        f"<small>{numbers}</small></div>"
    )


def _place(value):
    value = FURTHEST if value is None else min(max(value, NEAREST), FURTHEST)
    return math.log(value / NEAREST) / math.log(FURTHEST / NEAREST)


def _short(value):
    if value is None or value > 1e4:
        return "∞"
    return f"{value:.2g}" if value < 100 else f"{value:.0f}"


def _table(heads, body):
    head = "".join(f'<th scope="col">{text}</th>' for text in heads)
    return (
        '<div class="published" tabindex="0"><table>'
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def _source(found, compare):
    told = {name: html.escape(found[name]) for name in ("date", "machine")}
    told["command"] = f"<code>{html.escape(found['command'])}</code>"
    return f'<p class="source">{compare.source.format(**told)}</p>'
