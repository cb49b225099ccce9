"""A race as HTML: two columns of masks that the page's script plays, and the curves of both."""

import base64
import html
import json
from functools import partial

from gecat.app.train.networks import BOTH, networks_html
from gecat.app.ui.charts import draw_chart
from gecat.i18n import say
from gecat.training.race.entries import METHOD, PLAIN, SIDES
from gecat.training.race.folder import (
    BROKEN,
    best_iou,
    curve,
    is_broken,
    loss_swing,
    mask_swing,
    score_gap,
)

NAME = "GEC-AT"  # in every language
LOSS_SHOWN = 2.0  # times the method's highest: what runs away further leaves the chart
CHARTS = (
    # name, how each side's line is read, lowest and highest value
    ("iou", partial(curve, name="iou"), 0.0, 1.0),
    ("change", partial(curve, name="change"), 0.0, None),
    ("loss", partial(curve, name="generator_loss"), 0.0, None),
    ("scores", score_gap, -1.0, 1.0),
)


def film_html(film, train, moving=False):
    """Both sides of a race, with all that is known of them.

    With more than one frame the page's script plays it, by setting `--frame` and `--share`.

    Args:
        film: a `training.race.film.Film`, or None; train: the words of the tab.
        moving: whether both sides learn right now.

    Returns:
        HTML.
    """
    race = train.race
    if film is None:
        return ""
    end = film.lines[-1]["sides"][METHOD]["asked"]
    frames = [_frame(film.lines[: place + 1], end, race) for place in film.frames]
    style = (
        f"--sheet:url(data:image/webp;base64,{base64.b64encode(film.sheet).decode()});"
        f"--size:{100 * film.columns}% {100 * film.rows}%;--rows:{film.rows};"
        f"--frame:{len(frames) - 1};--share:1"
    )
    sides = "".join(
        _side_html(place, film, frames[-1]["sides"][place], train, moving)
        for place in range(len(SIDES))
    )
    return (
        f'<div class="race-film" data-number="{film.number:g}" style="{style}" '
        f'data-frames="{html.escape(json.dumps(frames))}">'
        f'<div class="sides">{sides}</div>{_player_html(len(frames), frames[-1], race)}'
        f'<div class="charts">{_charts_html(film, race)}</div>'
        f'<p class="legend"><span>{race.held_out}</span>'
        f"<span>{race.seed.format(seed=film.seed)}</span></p></div>"
    )


def recorded_sentence(ends, race):
    """Says where both sides ended over the slider.

    Args:
        ends: of `training.race.film.recorded_ends`; race: the words.
    """
    low, high = (
        {side: f"{pick(values):.2f}" for side, values in ends.items()} for pick in (min, max)
    )
    return race.ends.format(
        method_low=low[METHOD],
        method_high=high[METHOD],
        plain_low=low[PLAIN],
        plain_high=high[PLAIN],
    )


def status_html(job, state, spent, now, reason, position, train):
    """How a race of the visitor's stands.

    Args:
        job: the Job; state: of `Jobs.state`; spent: seconds; now: of `run.folder.read_now`.
        reason: why its process ended, or None; position: in the queue; train: the tab's words.
    """
    share = min(1.0, spent / job.seconds)
    left = train.time_left.format(seconds=f"{job.seconds - spent:.0f}")
    facts = left if state in ("running", "paused") else ""
    sentence = _sentence(state, now, reason, position, train)
    return (
        f'<div class="run-status" data-state="{state}"><div class="head">'
        f'<b>{html.escape(job.name)}</b><span class="state {state}">{train.states[state]}</span>'
        f'<span class="facts">{facts}</span></div>'
        f'<div class="bar" role="progressbar" aria-valuenow="{100 * share:.0f}">'
        f'<i style="width:{100 * share:.1f}%"></i></div>'
        f'<p class="tell" role="status">{html.escape(sentence)}</p></div>'
    )


def race_choices(races, state, train):
    """(label, value) of what can be shown: the recorded races, then the visitor's.

    Args:
        races: Jobs; state: a function from a Job to its state; train: the tab's words.
    """
    mine = [(f"{job.name} · {job.race:g} · {train.states[state(job)]}", job.id) for job in races]
    return [(train.race.recorded, "recorded"), *mine]


def _sentence(state, now, reason, position, train):
    own, usual = train.race.tell, train.tell
    if state == "running":
        doing = now.get("doing", "starting")
        told = usual if doing in ("starting", "reading", "preparing") else own
        return told.get(doing, own.learning).format(**now)
    if state == "queued":
        return usual.queued.format(position=position)
    if state == "stopped":
        why = "" if reason is None else f"{say(reason, train.language)} "
        return why + own.stopped
    if reason is not None:
        return usual[state].format(reason=say(reason, train.language))
    return (own if state in own else usual)[state]


def _frame(lines, end, race):
    """What the script shows beside one frame."""
    asked = lines[-1]["sides"][METHOD]["asked"]
    sides = [
        {"iou": f"{lines[-1]['sides'][side]['iou']:.2f}", "broken": is_broken(lines, side)}
        for side in SIDES
    ]
    return {
        "at": race.at.format(count=asked),
        "share": round(asked / max(1, end), 3),
        "sides": sides,
    }


def _side_html(place, film, told, train, moving):
    side, race = SIDES[place], train.race
    asked = film.lines[-1]["sides"][side]["asked"]
    name, number = {METHOD: (NAME, race.first_radius), PLAIN: (race.plain, race.rate)}[side]
    tiles = "".join(
        f'<div class="tile" style="--column:{100 * column / max(1, film.columns - 1):.3f}%">'
        '<i></i><i class="mask"></i></div>'
        for column in range(film.columns)
    )
    return (
        f'<section class="side" style="--side:{place}" data-asked="{asked}" '
        f'data-broken="{json.dumps(told["broken"])}">'
        f'<h2 class="key-{place}">{name}</h2>'
        f'<p class="number">{number.format(number=f"{film.number:g}")}</p>'
        f"{networks_html(BOTH if moving else None, train, frozen=side == METHOD)}"
        f'<p class="verdict"><span>IoU <b class="iou">{told["iou"]}</b></span>'
        f'<span class="holds">{race.holds}</span>'
        f'<span class="broken">{race.broken.format(gap=BROKEN)}</span></p>'
        f'<div class="tiles">{tiles}</div><p class="facts">{_facts(film.lines, side, race)}</p>'
        "</section>"
    )


def _facts(lines, side, race):
    loss = loss_swing(lines, side)
    return race.facts.format(
        best=f"{best_iou(lines, side):.2f}",
        loss="–" if loss is None else f"{loss:.2g}",
        change=f"{mask_swing(lines, side):.1%}",
    )


def _player_html(count, last, race):
    if count < 2:
        return f'<p class="at">{last["at"]}</p>'
    return (
        f'<div class="player"><button type="button" class="play" data-play="{race.play}" '
        f'data-pause="{race.pause}">{race.play}</button>'
        f'<input type="range" min="0" max="{count - 1}" value="{count - 1}" '
        f'aria-label="{race.scrub}"><span class="at">{last["at"]}</span></div>'
    )


def _charts_html(film, race):
    charts = []
    for name, read, low, high in CHARTS:
        lines = [
            (NAME if side == METHOD else race.plain_short, *read(film.lines, side))
            for side in SIDES
        ]
        if name == "loss":
            known = [value for value in lines[0][2] if value is not None]
            high = LOSS_SHOWN * max(known, default=1.0)
        charts.append(draw_chart(race.charts[name], lines, race.axis, low, high, cursor=True))
    return "".join(charts)
