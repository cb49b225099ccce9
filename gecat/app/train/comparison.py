"""Several runs side by side: their curves on the same axes, their settings in one table."""

import html

from gecat.app.train.views import CHARTS, waiting_html
from gecat.app.ui.charts import draw_chart
from gecat.config import preset
from gecat.errors import SettingError

UNKNOWN = "–"
COMPARED = ("iou", "losses", "scores", "gradients", "drift", "step")


def comparison_html(snapshots, train):
    """Several runs on the same axes: the first line of each compared chart, a run a colour."""
    charts = "".join(
        draw_chart(
            _title(name, lines, train),
            [
                (snapshot.job.name, snapshot.history.seconds, snapshot.history.curves[lines[0][1]])
                for snapshot in snapshots
            ],
            train.seconds_axis,
            low,
            high,
        )
        for name, lines, low, high in CHARTS
        if name in COMPARED
    )
    return f'<div class="charts">{charts}</div>' if charts else waiting_html(train)


def _title(name, lines, train):
    """A chart's title; where it has several lines, which one is compared."""
    title = train.charts[name]
    return title if len(lines) == 1 else f"{title} · {train.lines[lines[0][0]]}"


def settings_html(snapshots, words):
    """The settings of several runs side by side, those that differ first and marked.

    What nobody knows yet of a run that has not begun differs from nothing.
    """
    train = words.train
    table = {snapshot.job.id: settings_of(snapshot, words) for snapshot in snapshots}
    names = list(dict.fromkeys(name for settings in table.values() for name in settings))
    rows = [(name, [settings.get(name, UNKNOWN) for settings in table.values()]) for name in names]
    differing = [row for row in rows if len(set(row[1]) - {UNKNOWN}) > 1]
    others = [row for row in rows if row not in differing]
    equal = sum(UNKNOWN not in values for _, values in others)
    names = "".join(f"<th>{html.escape(snapshot.job.name)}</th>" for snapshot in snapshots)
    head = f"<thead><tr><th>{train.setting}</th>{names}</tr></thead>"
    summary = train.equal_settings.format(count=equal)
    return (
        f'<div class="settings"><table>{head}{_rows_html(differing, "differs")}</table>'
        f"<details><summary>{summary}</summary><table>{head}{_rows_html(others)}</table></details>"
        "</div>"
    )


def _rows_html(rows, kind=""):
    body = "".join(
        f'<tr class="{kind}"><th>{html.escape(name)}</th>'
        + "".join(f"<td>{html.escape(value)}</td>" for value in values)
        + "</tr>"
        for name, values in rows
    )
    return f"<tbody>{body}</tbody>"


def settings_of(snapshot, words):
    """A run's settings in words, by their names: what was asked for, then all of its Config."""
    job, train = snapshot.job, words.train
    sources = {"scenes": train.scenes, "photos": train.my_photos}
    starts = {"random": train.begin_random, "shipped": train.begin_shipped}
    asked = {
        train.learn_from: sources.get(job.data, job.data),
        train.begin_with: starts.get(job.start, job.start),
        train.seconds: str(job.seconds),
    }
    config = snapshot.description.get("config") or asked_config(job)
    # An older run may have settings that there are no more.
    return asked | {
        words.settings.get(name, name): _value(name, value, words) for name, value in config.items()
    }


def asked_config(job):
    """What a run that has not begun will have of a Config's settings, as far as that is known."""
    if job.start != "random":
        return job.changes  # the weights that it begins from bring the others
    try:
        return preset(job.preset, **job.changes).to_dict()
    except SettingError:  # an older app asked for what there is no more
        return job.changes


def _value(name, value, words):
    if isinstance(value, (list, tuple)):
        return ", ".join(map(str, value))
    if isinstance(value, bool):
        return words.lists.yes if value else words.lists.no
    return words.choices.get(name, {}).get(value, str(value))
