"""Several runs side by side: their curves on the same axes, their settings in one table."""

import html

from gecat.app.charts import draw_chart
from gecat.app.train_views import CHARTS, waiting_html

COMPARED = ("iou", "losses", "scores", "gradients", "drift", "step")


def compared_html(sights, train):
    """Several runs on the same axes: the first line of each compared chart, a run a colour."""
    charts = "".join(
        draw_chart(
            f"{train.charts[name]} · {train.lines[lines[0][0]]}",
            [(sight.job.name, sight.history.seconds, sight.history.curves[lines[0][1]])
             for sight in sights],
            train.seconds_axis, low, high,
        )
        for name, lines, low, high in CHARTS
        if name in COMPARED
    )  # fmt: skip
    return f'<div class="charts">{charts}</div>' if charts else waiting_html(train)


def settings_html(sights, train):
    """The settings of several runs side by side, those that differ first and marked."""
    table = {sight.job.id: settings_of(sight, train) for sight in sights}
    names = list(dict.fromkeys(name for settings in table.values() for name in settings))
    rows = [(name, [settings.get(name, "–") for settings in table.values()]) for name in names]
    rows.sort(key=lambda row: len(set(row[1])) == 1)
    body = "".join(
        f'<tr class="{"differs" if len(set(values)) > 1 else ""}"><th>{html.escape(name)}</th>'
        + "".join(f"<td>{html.escape(value)}</td>" for value in values)
        + "</tr>"
        for name, values in rows
    )
    head = "".join(f"<th>{html.escape(sight.job.name)}</th>" for sight in sights)
    return (
        f'<div class="settings"><table><thead><tr><th>{train.setting}</th>{head}</tr></thead>'
        f"<tbody>{body}</tbody></table></div>"
    )


def settings_of(sight, train):
    """A run's settings as text, by name: what was asked for, then all of its Config."""
    job = sight.job
    asked = {
        train.learn_from: {"scenes": train.scenes, "photos": train.my_photos}.get(
            job.data, job.data
        ),
        train.begin_with: {"random": train.begin_random, "shipped": train.begin_shipped}.get(
            job.start, job.start
        ),
        train.seconds: str(job.seconds),
    }
    config = sight.description.get("config") or {"preset": job.preset, **job.changes}
    return asked | {
        name: ", ".join(map(str, value)) if isinstance(value, (list, tuple)) else str(value)
        for name, value in config.items()
    }
