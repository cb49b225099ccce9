"""A race as HTML: two columns of masks that the page's script plays, and the curves of both."""

import base64
import html
import json
from functools import partial

from gecat.app.train.networks import BOTH, networks_html
from gecat.app.train.views import status_head
from gecat.app.ui.charts import draw_chart, short
from gecat.i18n import say
from gecat.training.race.entries import METHOD, PLAIN, SIDES
from gecat.training.race.folder import (
    BROKEN,
    below_best,
    best_iou,
    curve,
    is_broken,
    is_lost,
    loss_swing,
    mask_swing,
    score_gap,
)

NAME = "GEC-AT"  # in every language
PREPARING = ("starting", "reading", "starting_line", "preparing")  # its clock stands
LOSS_SHOWN = 2.0  # times the method's highest: what runs away further leaves the chart
CHARTS = (
    # name, how each side's line is read, lowest and highest value
    ("iou", partial(curve, name="iou"), 0.0, 1.0),
    ("change", partial(curve, name="change"), 0.0, None),
    ("loss", partial(curve, name="generator_loss"), 0.0, None),
    ("scores", score_gap, -1.0, 1.0),
)


def film_html(film, train, moving=False, over=True):
    """Both sides of a race, with all that is known of them.

    With more than one frame the page's script plays it, by setting `--frame` and `--share`.

    Args:
        film: a `training.race.film.Film`, or None; train: the words of the tab.
        moving: whether both sides learn right now; over: whether the race has ended.

    Returns:
        HTML.
    """
    race = train.race
    if film is None:
        return ""
    last = len(film.lines) - 1
    end = film.lines[-1]["sides"][METHOD]["asked"]
    frames = [
        _frame(film.lines[: place + 1], end, race, over and place == last) for place in film.frames
    ]
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


def scenes_html(path, race, coming):
    """The scenes held out, while there is no mask of them yet.

    Args:
        path: of their picture, which may not be there yet; race: the words.
        coming: whether masks are to follow.

    Returns:
        HTML.
    """
    if not path.exists():
        return ""
    picture = base64.b64encode(path.read_bytes()).decode()
    more = race.masks_follow if coming else ""
    return (
        f'<div class="race-film"><img class="scenes" src="data:image/png;base64,{picture}" '
        f'alt="{race.held_out}"><p class="legend"><span>{race.held_out}</span>'
        f"<span>{more}</span></p></div>"
    )


def recorded_sentence(start, ends, race):
    """Says where both sides began, and where they ended over the slider.

    Args:
        start: of `training.race.film.recorded_start`; ends: of `recorded_ends` there.
        race: the words.
    """
    low, high = (
        {side: f"{pick(values):.2f}" for side, values in ends.items()} for pick in (min, max)
    )
    return race.ends.format(
        start=f"{start:.2f}",
        method_low=low[METHOD],
        method_high=high[METHOD],
        plain_low=low[PLAIN],
        plain_high=high[PLAIN],
    )


def is_preparing(now):
    """Whether a race that runs, `now` as `run.folder.read_now` says, has yet to begin."""
    return now.get("doing", "starting") in PREPARING


def status_html(job, state, spent, now, reason, position, train):
    """How a race of the visitor's stands.

    Args:
        job: the Job; state: of `Jobs.state`; spent: seconds; now: of `run.folder.read_now`.
        reason: why its process ended, or None; position: in the queue; train: the tab's words.
    """
    preparing = state == "running" and is_preparing(now)
    left = f"{job.seconds - spent:.0f}"
    counts = train.race.to_come if preparing else train.time_left
    facts = counts.format(seconds=left) if state in ("running", "paused") else ""
    share = min(1.0, now.get("done", 0) / now.get("total", 1) if preparing else spent / job.seconds)
    sentence = _sentence(state, now, reason, position, train)
    head = status_head(job.name, state, facts, share, preparing, train)
    return (
        f'<div class="run-status" data-state="{state}">{head}'
        f'<p class="tell" role="status">{html.escape(sentence)}</p></div>'
    )


def race_choices(races, state, train):
    """(label, value) of what can be shown: the recorded races, then the visitor's.

    Args:
        races: Jobs; state: a function from a Job to its state; train: the tab's words.
    """
    mine = [
        (f"{job.name} · {short(job.race)} · {train.states[state(job)]}", job.id) for job in races
    ]
    return [(train.race.recorded, "recorded"), *mine]


def _sentence(state, now, reason, position, train):
    own, usual = train.race.tell, train.tell
    if state == "running":
        doing = now.get("doing", "starting")
        if doing == "reading":
            return usual.reading_scenes.format(**now)
        told = usual if doing == "starting" else own
        return told.get(doing, own.learning).format(**now)
    if state == "queued":
        return usual.queued.format(position=position)
    if state == "stopped":
        why = "" if reason is None else f"{say(reason, train.language)} "
        return why + own.stopped
    if reason is not None:
        return usual[state].format(reason=say(reason, train.language))
    return (own if state in own else usual)[state]


def _frame(lines, end, race, over):
    """What the script shows beside one frame; `over` says that it is the end."""
    asked = lines[-1]["sides"][METHOD]["asked"]
    sides = []
    for side in SIDES:
        verdict, said = _verdict(lines, side, race, over)
        iou = f"{lines[-1]['sides'][side]['iou']:.2f}"
        sides.append({"iou": iou, "verdict": verdict, "said": said})
    return {
        "at": race.at.format(count=asked),
        "share": round(asked / max(1, end), 3),
        "sides": sides,
    }


def _verdict(lines, side, race, over):
    """(what the style goes by, words): judged at the end, as the bench does, and told before."""
    if is_lost(lines, side):
        return "lost", race.lost
    if over:
        broken = is_broken(lines, side)
        return ("broken", race.broken.format(gap=BROKEN)) if broken else ("holds", race.holds)
    if len(lines) == 1:
        return "open", race.at_start
    gap = f"{below_best(lines, side):.2f}"
    return "open", race.best_so_far if gap == "0.00" else race.below_best.format(gap=gap)


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
        f'data-verdict="{told["verdict"]}">'
        f'<h2 class="key-{place}">{name}</h2>'
        f'<p class="number">{number.format(number=short(film.number))}</p>'
        f"{networks_html(BOTH if moving else None, train, frozen=side == METHOD)}"
        f'<p class="verdict"><span>IoU <b class="iou">{told["iou"]}</b></span>'
        f'<span class="said">{told["said"]}</span></p>'
        f'<div class="tiles">{tiles}</div><p class="facts">{_facts(film.lines, side, race)}</p>'
        "</section>"
    )


def _facts(lines, side, race):
    loss = loss_swing(lines, side)
    return race.facts.format(
        best=f"{best_iou(lines, side):.2f}",
        loss="–" if loss is None else short(loss, 2),
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
        title, beyond = race.charts[name], race.beyond
        charts.append(draw_chart(title, lines, race.axis, low, high, cursor=True, beyond=beyond))
    return "".join(charts)
