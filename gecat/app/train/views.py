"""What the Train tab shows of a run, as HTML; it reads pictures and draws, and changes nothing."""

import html
from collections import Counter

from gecat.app.train.networks import OF_STAGE, networks_html
from gecat.app.train.run_pictures import count_columns, sheet_style, tiles_html
from gecat.app.ui.charts import draw_bars, draw_chart
from gecat.app.ui.sentences import skipped_html
from gecat.i18n import say
from gecat.training.run.diagnosis import diagnose
from gecat.training.run.folder import skipped_of
from gecat.training.run.pictures import cycle_of, picture_paths

STAGES = ("reading", "anchor", "warm-up", "adversarial")
UNFINISHED = ("queued", "running", "paused", "stopping")  # states that may change by themselves
NAMED = 12  # files left out that are named
FEW_CYCLES = 60  # after fewer masks are rough; a minute of two idle cores walks 170
CHARTS = (
    # name, (line, curve) of each line, lowest and highest value
    ("iou", (("iou", "iou"),), 0.0, 1.0),
    (
        "losses",
        (("generator", "generator_loss"), ("discriminator", "discriminator_loss")),
        0.0,
        None,
    ),
    ("scores", (("real", "score_real"), ("wrong", "score_wrong")), 0.0, 1.0),
    (
        "gradients",
        (("generator", "generator_gradient"), ("discriminator", "discriminator_gradient")),
        0.0,
        None,
    ),
    ("drift", (("drift", "drift"),), 0.0, None),
    ("step", (("step", "step"),), 0.0, None),
    ("beta", (("beta", "beta"),), 0.0, None),
    ("evaluations", (("evaluations", "evaluations"), ("restarts", "restarts")), 0.0, None),
)


def status_sentence(snapshot, train):
    """Says in plain words what is going on.

    Args:
        snapshot: a Snapshot; train: the words of the tab.
    """
    word, values = snapshot.state, {}
    if snapshot.state == "queued":
        values = {"position": snapshot.position}
    elif snapshot.state == "done" and snapshot.history.last.get("stage") != STAGES[-1]:
        word = "done_early"
    elif snapshot.state == "done" and _is_rough(snapshot):
        word, values = "done_rough", {"cycles": snapshot.history.last["cycle"]}
    elif snapshot.state == "stopped":
        word = "stopped" if snapshot.has_learned else "stopped_early"
        if snapshot.reason is not None:
            return f"{say(snapshot.reason, train.language)} {train.tell[word]}"
    elif snapshot.reason is not None:
        values = {"reason": say(snapshot.reason, train.language)}
    elif snapshot.state == "running":
        doing = snapshot.now.get("doing", "starting")
        word, values = doing, snapshot.now
        if doing == "reading" and snapshot.job.data == "scenes":
            word = "reading_scenes"
        elif doing not in ("starting", "reading", "preparing"):
            word, values = diagnose(snapshot.history)
    return train.tell[word].format(**values)


def _is_rough(snapshot):
    return snapshot.job.start == "random" and snapshot.history.last["cycle"] < FEW_CYCLES


def status_html(snapshot, train):
    """The run's name, state, progress and stage, and the sentence on what is going on."""
    if snapshot is None:
        return f'<div class="run-status"><p class="tell">{train.no_runs}</p></div>'
    job, seconds = snapshot.job, snapshot.job.seconds
    left = max(0.0, seconds - snapshot.spent)
    facts = [
        train.cycle.format(
            cycle=snapshot.history.last.get("cycle", 0), seconds=f"{snapshot.spent:.0f}"
        )
    ]
    devices = snapshot.description.get("devices")  # runs of before 2026-11-28 do not say
    if devices:
        facts.append(train.device.format(device=html.escape(_counted(devices))))
    if snapshot.state in ("running", "paused"):
        facts.append(train.time_left.format(seconds=f"{left:.0f}"))
    if snapshot.history.breaks:
        facts.append(train.healed.format(count=len(snapshot.history.breaks)))
    reading = snapshot.state == "running" and snapshot.now.get("doing") == "reading"
    share = (
        snapshot.now["done"] / max(1, snapshot.now["total"])
        if reading
        else min(1.0, snapshot.spent / seconds)
    )
    head = status_head(job.name, snapshot.state, " · ".join(facts), share, reading, train)
    return (
        f'<div class="run-status" data-state="{snapshot.state}">{head}'
        f"{_stages_html(snapshot, train)}{_networks_html(snapshot, train)}"
        f"{lights_html(snapshot, train)}"
        f'<p class="tell" role="status">{html.escape(status_sentence(snapshot, train))}</p>'
        f"{_left_out_html(snapshot, train)}</div>"
    )


def status_head(name, state, facts, share, preparing, train):
    """A run's name, state and facts, and below them how far it has come.

    Args:
        name: of the run; state: as the jobs have it; facts: HTML.
        share: what is done, in [0, 1]; preparing: whether that is of what comes before learning.
        train: the words of the tab.
    """
    return (
        f'<div class="head"><b>{html.escape(name)}</b>'
        f'<span class="state {state}">{train.states[state]}</span>'
        f'<span class="facts">{facts}</span></div>'
        f'<div class="bar{" reading" if preparing else ""}" role="progressbar" '
        f'aria-valuenow="{100 * share:.0f}">'
        f'<i style="width:{100 * share:.1f}%"></i></div>'
    )


def _counted(names):
    """Names, each once, with how often it is there where that is more than once."""
    counts = Counter(names)
    return ", ".join(f"{counts[name]} × {name}" if counts[name] > 1 else name for name in counts)


def _stages_html(snapshot, train):
    """The stages of a run, the one that it is in marked."""
    now = snapshot.history.last.get("stage", "reading" if snapshot.state == "running" else None)
    scenes = {"reading": "drawing"} if snapshot.job.data == "scenes" else {}
    items = "".join(
        f'<li class="{"now" if stage == now else ""}">{train.stages[scenes.get(stage, stage)]}</li>'
        for stage in STAGES
    )
    return f'<ol class="stages">{items}</ol>'


def _networks_html(snapshot, train):
    """Both networks while they learn: of quick turns both, in slow motion whose turn it is."""
    if snapshot.state != "running" or snapshot.now.get("doing") != "learning":
        return ""
    stage = snapshot.history.last.get("stage")
    learning = snapshot.now.get("light") if snapshot.now.get("slow") else OF_STAGE.get(stage)
    return networks_html(learning, train, frozen=stage == "adversarial")


def lights_html(snapshot, train):
    """In slow motion: which stage of the cycle is running."""
    if snapshot is None or snapshot.state != "running" or not snapshot.now.get("slow"):
        return ""
    lit = snapshot.now.get("light")
    items = "".join(
        f'<li class="{"lit" if light == lit else ""}">{text}</li>'
        for light, text in train.lights.items()
    )
    return f'<ul class="lights">{items}</ul>'


def _left_out_html(snapshot, train):
    skipped = skipped_of(snapshot.description)
    if not skipped:
        return ""
    rows = skipped_html(skipped[:NAMED], train.language)
    more = "<li>…</li>" if len(skipped) > NAMED else ""
    head = train.left_out.format(count=len(skipped))
    return f'<div class="left-out"><p>{head}</p><ul>{rows}{more}</ul></div>'


def masks_html(snapshot, back, train):
    """The fixed photos with their masks, now or earlier.

    Args:
        snapshot: a Snapshot or None; back: from 0, the first picture, to 100, the newest.
        train: the words of the tab.
    """
    paths = picture_paths(snapshot.folder) if snapshot else []
    if not paths:
        return waiting_html(train)
    path = paths[round(back / 100 * (len(paths) - 1))]
    cycle = cycle_of(path)
    facts = [train.cycle.format(cycle=cycle, seconds=f"{snapshot.history.seconds_at(cycle):.0f}")]
    iou = snapshot.history.value_at("iou", cycle)
    if iou is not None:
        facts.append(f"{train.charts['iou']}: <b>{iou:.2f}</b>")
    photo, mask, score_map = train.rows
    if not _critic_has_learned(snapshot, cycle):
        score_map = f"<b>{train.critic_idle}</b>"
    rows = " · ".join((photo, mask, score_map))
    try:
        style, tiles = sheet_style(path), tiles_html(path)
    except FileNotFoundError:  # the run has just thinned out its pictures
        return masks_html(snapshot, back, train)
    names = "".join(f"<span>{name}</span>" for name in train.row_names)
    return (
        f'<div class="probes" data-cycle="{cycle}" style="{style}">'
        f'<div class="row-names">{names}</div>{tiles}</div>'
        f'<p class="legend"><span>{rows}</span><span>{" · ".join(facts)}</span></p>'
    )


def pairs_html(snapshot, train):
    """Photos with fitting, generated and spoiled masks as D sees them, with its scores."""
    path = snapshot.folder / "pictures" / "pairs.png" if snapshot else None
    if path is None or not path.exists():
        return waiting_html(train)
    looked = snapshot.history.looked
    scores, cycle = looked.get("pair_scores", {}), looked.get("cycle", 0)
    idle = "" if _critic_has_learned(snapshot, cycle) else f" <b>{train.critic_idle}</b>"
    columns = count_columns(path) // len(train.critics_columns)
    groups = "".join(
        f'<div class="group"><h2>{title}</h2>'
        f"{tiles_html(path, group * columns, columns, scores.get(kind))}</div>"
        for group, (kind, title) in enumerate(
            zip(("real", "generated", "spoiled"), train.critics_columns, strict=True)
        )
    )
    return (
        f'<p class="how">{train.critics_info}{idle}</p>'
        f'<div class="pairs" style="{sheet_style(path)}">{groups}</div>'
    )


def _critic_has_learned(snapshot, cycle):
    """Whether the critic was more than random weights after a cycle."""
    history = snapshot.history
    learned = zip(history.cycles, history.curves["score_real"], strict=False)
    return snapshot.job.start != "random" or any(
        number <= cycle and score is not None for number, score in learned
    )


def histogram_html(snapshot, train):
    """The critic's scores of the three kinds of pairs, as histograms."""
    scores = snapshot.history.looked.get("pair_scores", {}) if snapshot else {}
    kinds = ("real", "generated", "spoiled")
    groups = [
        (title, scores[kind])
        for kind, title in zip(kinds, train.critics_columns, strict=True)
        if kind in scores
    ]
    return draw_bars(train.critics_score, groups)


def curves_html(snapshot, train, looks=()):
    """All curves of a run; `looks` as `draw_chart` takes them."""
    if snapshot is None:
        return ""
    history = snapshot.history
    charts = "".join(
        _explained(_chart(history, train, chart, looks), train.chart_meanings[chart[0]])
        for chart in CHARTS
    )
    return f'<div class="charts">{charts}</div>' if charts else waiting_html(train)


def _chart(history, train, chart, looks):
    """One of CHARTS, or nothing while there is no value."""
    name, lines, low, high = chart
    curves = [(train.lines[line], history.seconds, history.curves[curve]) for line, curve in lines]
    return draw_chart(train.charts[name], curves, train.seconds_axis, low, high, looks=looks)


def _explained(chart, meaning):
    return f'<div>{chart}<p class="how">{meaning}</p></div>' if chart else ""


def run_choices(jobs, mine, train):
    """(label, id) of each run for a list of them."""
    return [(f"{job.name} · {train.states[jobs.state(job)]}", job.id) for job in mine]


def waiting_html(train):
    """What stands where there is nothing to show yet."""
    return f'<p class="waiting">{train.nothing_yet}</p>'
