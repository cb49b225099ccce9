"""The race's part of the Train tab: its one slider, its buttons, and how they are wired."""

import math
from types import SimpleNamespace

import gradio as gr

from gecat.app.train.race.actions import RECORDED, RaceActions
from gecat.app.train.race.views import race_choices, recorded_sentence
from gecat.app.ui.events import AT_ONCE, AT_ONCE_QUEUED, LIVE, connect, named
from gecat.training.race.entries import NUMBER, NUMBERS
from gecat.training.race.film import recorded_ends, recorded_start


def race_parts(train):
    """Builds the race inside the open gr.Tab; returns its components."""
    words = train.race
    recorded = recorded_sentence(recorded_start(), recorded_ends(), words)
    gr.Markdown(f"{words.intro}\n\n{recorded}")
    with gr.Row():
        with gr.Column(scale=3, min_width=280):
            power = gr.Slider(
                _power(NUMBERS[0]),
                _power(NUMBERS[-1]),
                value=_power(NUMBER),
                step=1,
                label=words.power,
                info=words.power_info,
                buttons=[],
                elem_id="race-power",
            )
            start = gr.Button(
                words.start, variant="primary", size="lg", interactive=False, elem_id="race-start"
            )
            shown = gr.Radio(
                race_choices([], None, train), value=RECORDED, label=words.shown, elem_id="races"
            )
            with gr.Column(visible=False) as own:
                with gr.Row():
                    pause, resume, stop, delete = (
                        gr.Button(
                            label,
                            interactive=False,
                            min_width=90,
                            size="md",
                            elem_id=f"race-{name}",
                        )
                        for name, label in (
                            ("pause", train.pause),
                            ("resume", train.resume),
                            ("stop", train.stop),
                            ("delete", words.delete),
                        )
                    )
                command = gr.Code(
                    label=words.command,
                    language="shell",
                    interactive=False,
                    lines=2,
                    wrap_lines=True,
                    elem_id="race-command",
                )
        with gr.Column(scale=9, min_width=300):
            status = gr.HTML(visible=False, elem_id="race-status", container=True)
            film = gr.HTML(elem_id="race-film", container=True)
    return SimpleNamespace(
        power=power,
        start=start,
        shown=shown,
        pause=pause,
        resume=resume,
        stop=stop,
        delete=delete,
        own=own,
        command=command,
        status=status,
        film=film,
    )


def _power(number):
    """The power of ten that a number is."""
    return round(math.log10(number))


def connect_race(page, parts, arrived, opened):
    """Wires the race.

    Args:
        page: the Page; parts: of `race_parts`.
        arrived: the event of the visitor's being known; opened: those of the race's being opened.
    """
    actions = RaceActions(page.words, page.jobs)
    race = {"visitor": page.visitor, "shown": parts.shown}
    seen = gr.State(None)
    refresh = {
        "action": actions.refresh,
        "inputs": {**race, "power": parts.power, "seen": seen},
        "outputs": {
            **named(parts, "film", "status", "shown", "start", "own", "command"),
            **named(parts, "pause", "resume", "stop", "delete"),
            "seen": seen,
        },
        **AT_ONCE,
    }
    for event in (arrived, page.timer.tick, *opened):
        connect(event, **refresh)
    connect(parts.shown.input, **refresh, trigger_mode="always_last")
    # Whoever moves the slider wants to see what it does.
    moved = connect(
        parts.power.input, lambda: {"shown": RECORDED}, None, {"shown": parts.shown}, **LIVE
    )
    connect(moved.then, **refresh, trigger_mode="always_last")
    started = connect(
        parts.start.click,
        actions.start,
        {"visitor": page.visitor, "power": parts.power},
        {"shown": parts.shown},
        **AT_ONCE_QUEUED,
    )
    connect(started.success, **refresh)
    for name in ("pause", "resume", "stop"):
        button, action = getattr(parts, name), getattr(actions, name)
        steered = connect(button.click, action, race, **AT_ONCE_QUEUED)
        connect(steered.then, **refresh)
    deleted = connect(
        parts.delete.click, actions.delete, race, {"shown": parts.shown}, **AT_ONCE_QUEUED
    )
    connect(deleted.then, **refresh)
