"""What the Train tab shows of runs, as HTML; it reads and draws, and changes nothing."""

import html
from dataclasses import dataclass
from pathlib import Path

from gecat.app.train.tiles import count_columns, sheet_style, tiles_html
from gecat.app.ui.charts import draw_bars, draw_chart
from gecat.app.ui.sentences import skipped_html
from gecat.errors import RunError, UserError
from gecat.i18n import say
from gecat.jobs.job import Job
from gecat.training.run.diagnosis import diagnose
from gecat.training.run.folder import read_description, read_now, skipped_of
from gecat.training.run.history import History
from gecat.training.run.pictures import cycle_of, picture_paths

STAGES = ("reading", "anchor", "warm-up", "adversarial")
LIVE = ("queued", "running", "paused", "stopping")  # states that may change by themselves
NAMED = 12  # files left out that are named
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


@dataclass(frozen=True)
class Sight:
    """What is known of a run at one moment."""

    job: Job
    state: str
    position: int
    folder: Path
    now: dict
    history: History
    description: dict
    reason: UserError | None  # why its process ended, where it failed or was interrupted

    @property
    def spent(self):
        """Seconds that it has learned for."""
        return self.history.seconds[-1] if self.history.seconds else 0.0


def see(jobs, job, history):
    """Looks at a run.

    Args:
        jobs: the Jobs; job: one of them; history: its History.

    Returns:
        Sight.
    """
    folder = jobs.folder(job)
    try:
        description = read_description(folder)
    except (RunError, ValueError):
        description = {}
    state = jobs.state(job)
    reason = jobs.reason(job) if state in ("failed", "interrupted") else None
    return Sight(
        job,
        state,
        jobs.position(job),
        folder,
        read_now(folder),
        history.read(),
        description,
        reason,
    )


def sentence(sight, train):
    """Says in plain words what is going on.

    Args:
        sight: a Sight; train: the words of the tab.
    """
    word, values = sight.state, {}
    if sight.state == "queued":
        values = {"position": sight.position}
    elif sight.reason is not None:
        values = {"reason": say(sight.reason, train.language)}
    elif sight.state == "running":
        doing = sight.now.get("doing", "starting")
        word, values = doing, sight.now
        if doing not in ("starting", "reading", "preparing"):
            word, values = diagnose(sight.history)
    return train.tell[word].format(**values)


def status_html(sight, train):
    """The run's name, state, progress and stage, and the sentence on what is going on."""
    if sight is None:
        return f'<div class="run-status"><p class="tell">{train.no_runs}</p></div>'
    job, seconds = sight.job, sight.job.seconds
    left = max(0.0, seconds - sight.spent)
    facts = [
        train.cycle.format(cycle=sight.history.last.get("cycle", 0), seconds=f"{sight.spent:.0f}")
    ]
    if sight.state in ("running", "paused"):
        facts.append(train.time_left.format(seconds=f"{left:.0f}"))
    if sight.history.breaks:
        facts.append(train.healed.format(count=len(sight.history.breaks)))
    reading = sight.state == "running" and sight.now.get("doing") == "reading"
    share = (
        sight.now["done"] / max(1, sight.now["total"])
        if reading
        else min(1.0, sight.spent / seconds)
    )
    return (
        f'<div class="run-status" data-state="{sight.state}">'
        f'<div class="head"><b>{html.escape(job.name)}</b>'
        f'<span class="state {sight.state}">{train.states[sight.state]}</span>'
        f'<span class="facts">{" · ".join(facts)}</span></div>'
        f'<div class="bar{" reading" if reading else ""}" role="progressbar" '
        f'aria-valuenow="{100 * share:.0f}">'
        f'<i style="width:{100 * share:.1f}%"></i></div>'
        f"{_stages_html(sight, train)}{lights_html(sight, train)}"
        f'<p class="tell" role="status">{html.escape(sentence(sight, train))}</p>'
        f"{_left_out_html(sight, train)}</div>"
    )


def _stages_html(sight, train):
    """The stages of a run, the one that it is in marked."""
    now = sight.history.last.get("stage", "reading" if sight.state == "running" else None)
    items = "".join(
        f'<li class="{"now" if stage == now else ""}">{train.stages[stage]}</li>'
        for stage in STAGES
    )
    return f'<ol class="stages">{items}</ol>'


def lights_html(sight, train):
    """In slow motion: which stage of the cycle is running."""
    if sight is None or sight.state != "running" or not sight.now.get("slow"):
        return ""
    lit = sight.now.get("light")
    items = "".join(
        f'<li class="{"lit" if light == lit else ""}">{text}</li>'
        for light, text in train.lights.items()
    )
    return f'<ul class="lights">{items}</ul>'


def _left_out_html(sight, train):
    skipped = skipped_of(sight.description)
    if not skipped:
        return ""
    rows = skipped_html(skipped[:NAMED], train.language)
    more = "<li>…</li>" if len(skipped) > NAMED else ""
    head = train.left_out.format(count=len(skipped))
    return f'<div class="left-out"><p>{head}</p><ul>{rows}{more}</ul></div>'


def masks_html(sight, back, train):
    """The fixed photos with their masks, now or earlier.

    Args:
        sight: a Sight or None; back: from 0, the first picture, to 100, the newest.
        train: the words of the tab.
    """
    paths = picture_paths(sight.folder) if sight else []
    if not paths:
        return waiting_html(train)
    path = paths[round(back / 100 * (len(paths) - 1))]
    cycle = cycle_of(path)
    facts = [train.cycle.format(cycle=cycle, seconds=f"{sight.history.seconds_at(cycle):.0f}")]
    iou = sight.history.value_at("iou", cycle)
    if iou is not None:
        facts.append(f"{train.charts['iou']}: <b>{iou:.2f}</b>")
    photo, mask, score_map = train.rows
    if not _critic_has_learned(sight, cycle):
        score_map = f"<b>{train.critic_idle}</b>"
    rows = " · ".join((photo, mask, score_map))
    try:
        style, tiles = sheet_style(path), tiles_html(path)
    except FileNotFoundError:  # the run has just thinned out its pictures
        return masks_html(sight, back, train)
    return (
        f'<div class="probes" data-cycle="{cycle}" style="{style}">{tiles}</div>'
        f'<p class="legend"><span>{rows}</span><span>{" · ".join(facts)}</span></p>'
    )


def pairs_html(sight, train):
    """Photos with fitting, generated and spoiled masks as D sees them, with its scores."""
    path = sight.folder / "pictures" / "pairs.png" if sight else None
    if path is None or not path.exists():
        return waiting_html(train)
    looked = sight.history.looked
    scores, cycle = looked.get("pair_scores", {}), looked.get("cycle", 0)
    idle = "" if _critic_has_learned(sight, cycle) else f" <b>{train.critic_idle}</b>"
    columns = count_columns(path) // len(train.critics_columns)
    groups = "".join(
        f'<div class="group"><h4>{title}</h4>'
        f"{tiles_html(path, group * columns, columns, scores.get(kind))}</div>"
        for group, (kind, title) in enumerate(
            zip(("real", "generated", "spoiled"), train.critics_columns, strict=True)
        )
    )
    return (
        f'<p class="how">{train.critics_info}{idle}</p>'
        f'<div class="pairs" style="{sheet_style(path)}">{groups}</div>'
    )


def _critic_has_learned(sight, cycle):
    """Whether the critic was more than random weights after a cycle."""
    history = sight.history
    learned = zip(history.cycles, history.curves["score_real"], strict=False)
    return sight.job.start != "random" or any(
        number <= cycle and score is not None for number, score in learned
    )


def histogram_html(sight, train):
    """How D's scores of the three kinds of pairs spread."""
    scores = sight.history.looked.get("pair_scores", {}) if sight else {}
    kinds = ("real", "generated", "spoiled")
    groups = [
        (title, scores[kind])
        for kind, title in zip(kinds, train.critics_columns, strict=True)
        if kind in scores
    ]
    return draw_bars(train.critics_score, groups)


def curves_html(sight, train):
    """All curves of a run."""
    if sight is None:
        return ""
    history = sight.history
    charts = "".join(
        draw_chart(
            train.charts[name],
            [(train.lines[line], history.seconds, history.curves[curve]) for line, curve in lines],
            train.seconds_axis,
            low,
            high,
        )
        for name, lines, low, high in CHARTS
    )
    return f'<div class="charts">{charts}</div>' if charts else waiting_html(train)


def run_choices(jobs, mine, train):
    """(label, id) of each run for a list of them."""
    return [(f"{job.name} · {train.states[jobs.state(job)]}", job.id) for job in mine]


def waiting_html(train):
    """What stands where there is nothing to show yet."""
    return f'<p class="waiting">{train.nothing_yet}</p>'
