"""The Train tab: start a run, watch it learn, steer it, take it home."""

from types import SimpleNamespace

import gradio as gr

from gecat.app.train.actions import FILES, TrainActions
from gecat.app.train.form import SECONDS, build_form
from gecat.app.train.race.tab import connect_race, race_parts
from gecat.app.train.views import masks_html, status_html, waiting_html
from gecat.app.ui.charts import LOOKS
from gecat.app.ui.events import AT_ONCE, AT_ONCE_QUEUED, connect, connect_in_browser, named

NOW = 100  # of the slider through a run's pictures
COPYING = {"concurrency_id": "files", "concurrency_limit": 2, "show_progress": "hidden"}


def title(words):
    """The tab's name in the language of the page."""
    return words.train.tab


def build(page, tab):
    """Builds the tab inside the open `gr.Tab`.

    Args:
        page: the Page.
        tab: the gr.Tab, for the event of its being opened.
    """
    train = page.words.train
    actions = TrainActions(page.words, page.jobs)
    gr.Markdown(train.intro)
    # Clicked by the page's script when somebody comes back to the window.
    returned = gr.Button(visible="hidden", elem_id="train-returned").click
    with gr.Tabs(elem_id="train-modes") as modes:
        with gr.Tab(train.race.tab, id="race") as race_tab:
            race = race_parts(train)
        with gr.Tab(train.one_training, id="training") as training_tab:
            training = _training(page.words, page.jobs)
    seen = [tab.select, returned]
    arrived = _connect_training(page, actions, modes, training, [*seen, training_tab.select])
    connect_race(page, race, arrived.then, [*seen, race_tab.select])
    # Whoever opens the tab may start a run.
    connect(tab.select, page.jobs.expect, **AT_ONCE)


def _training(words, jobs):
    """One training: what it is asked for, and what it shows."""
    train = words.train
    with gr.Row():
        with gr.Column(scale=4, min_width=300):
            form = build_form(words, jobs)
            runs = gr.Radio([], label=train.your_runs, elem_id="runs")
            managing = _managing(train, jobs.limits)
        with gr.Column(scale=8, min_width=300):
            shown = _shown(train)
            with gr.Tabs(elem_id="train-views", overflow_behavior="wrap"):
                with gr.Tab(train.curves, id="curves"):
                    shown.looks = gr.CheckboxGroup(
                        [(train.looks[look], look) for look in LOOKS],
                        label=train.looks_label,
                        container=False,
                        elem_id="looks",
                    )
                    shown.curves = gr.HTML(waiting_html(train), elem_id="curves")
                with gr.Tab(train.critics_view, id="critic"):
                    shown.pairs = gr.HTML(waiting_html(train), elem_id="pairs")
                    shown.histogram = gr.HTML(elem_id="histogram")
                with gr.Tab(train.step_by_step, id="step-by-step"):
                    stepping = _stepping(train)
                    shown.lights = stepping.lights
                with gr.Tab(train.side_by_side, id="side-by-side"):
                    shown.others = gr.CheckboxGroup(
                        [], label=train.compare_with, info=train.compare_info, elem_id="others"
                    )
                    shown.comparison = gr.HTML(elem_id="compared")
                    shown.settings = gr.HTML(elem_id="settings")
                with gr.Tab(train.take_home, id="take-home") as take_home:
                    downloads = _downloads(train)
                    shown.use = downloads.use
    return SimpleNamespace(
        form=form,
        runs=runs,
        managing=managing,
        shown=shown,
        stepping=stepping,
        downloads=downloads,
        taking=take_home.select,
    )


def _connect_training(page, actions, modes, parts, opened):
    """Wires one training; returns the event of the visitor's being known."""
    runs, shown = parts.runs, parts.shown
    run = {"visitor": page.visitor, "run": runs}
    listed = {"visitor": page.visitor, "runs": runs}
    refresh = _refresh(page, actions, run, shown)
    arrived = connect(
        page.loaded,
        actions.arrive,
        {"visitor": page.visitor},
        {**listed, "start": parts.form.start, "modes": modes},
        **AT_ONCE,
    )
    for event in (arrived.then, page.timer.tick, *opened):
        connect(event, **refresh)
    for event in (shown.back.input, shown.others.input, shown.looks.input):
        connect(event, **refresh, trigger_mode="always_last")
    asked = {**run, **parts.form.inputs}
    started = connect(parts.form.start.click, actions.start, asked, listed, **COPYING)
    started.success(None, js="() => gecat.showOnPhone('#train-status')")
    chosen = connect(runs.input, actions.choose, run, {"visitor": page.visitor}, **AT_ONCE)
    for event in (started.success, chosen.success):
        back_to_now = connect(event, lambda: {"back": NOW}, None, {"back": shown.back}, **AT_ONCE)
        connect(back_to_now.then, **refresh)
    _connect_steering(actions, run, listed, shown, parts.stepping, parts.managing, refresh)
    _connect_downloads(page, actions, run, parts.downloads, parts.taking, chosen.success)
    return arrived


def _managing(train, limits):
    with gr.Accordion(train.manage, open=False, elem_id="manage"):
        name = gr.Textbox(label=train.name, max_length=60, elem_id="run-name")
        rename = gr.Button(train.rename, size="md", elem_id="rename")
        seconds = gr.Slider(
            10, limits.seconds, value=min(2 * SECONDS, limits.seconds), step=5, label=train.longer
        )
        longer = gr.Button(train.continue_longer, size="md", elem_id="longer")
        delete = gr.Button(train.delete, size="md", elem_id="delete")
        with gr.Group(visible=False) as asked:
            gr.Markdown(train.delete_sure, container=True)
            with gr.Row():
                keep = gr.Button(train.delete_not, min_width=90, size="md", elem_id="delete-not")
                delete_for_good = gr.Button(
                    train.delete_for_good,
                    variant="stop",
                    min_width=90,
                    size="md",
                    elem_id="delete-for-good",
                )
    return SimpleNamespace(
        name=name,
        rename=rename,
        seconds=seconds,
        longer=longer,
        delete=delete,
        asked=asked,
        keep=keep,
        delete_for_good=delete_for_good,
    )


def _shown(train):
    """What is going on, and the masks as they appear."""
    status = gr.HTML(status_html(None, train), elem_id="train-status", container=True)
    with gr.Row():
        pause, resume, stop = (
            gr.Button(label, interactive=False, min_width=90, size="md", elem_id=name)
            for name, label in (
                ("pause", train.pause),
                ("resume", train.resume),
                ("stop", train.stop),
            )
        )
    masks = gr.HTML(masks_html(None, NOW, train), elem_id="masks", container=True)
    back = gr.Slider(
        0,
        NOW,
        value=NOW,
        step=1,
        label=train.back_in_time,
        info=train.back_info,
        buttons=[],
        elem_id="back",
    )
    return SimpleNamespace(
        status=status, pause=pause, resume=resume, stop=stop, masks=masks, back=back
    )


def _stepping(train):
    gr.Markdown(train.step_info, elem_classes="small")
    part = gr.Radio(
        [(text, key) for key, text in train.parts.items()],
        value="both",
        label=train.who_learns,
        elem_id="part",
    )
    with gr.Row():
        one_cycle, slow_motion, full_speed = (
            gr.Button(label, size="md", min_width=90, elem_id=name)
            for name, label in (
                ("one-cycle", train.one_cycle),
                ("slow-motion", train.slow_motion),
                ("full-speed", train.full_speed),
            )
        )
    return SimpleNamespace(
        part=part,
        one_cycle=one_cycle,
        slow_motion=slow_motion,
        full_speed=full_speed,
        lights=gr.HTML(elem_id="lights"),
    )


def _downloads(train):
    gr.Markdown(train.take_info, elem_classes="small")
    with gr.Row():
        weights_file, run_file, film_file = (
            gr.DownloadButton(label, interactive=False, size="md", min_width=150, elem_id=name)
            for name, label in (
                ("take-weights", train.weights),
                ("take-run", train.whole_run),
                ("take-film", train.film),
            )
        )
    with gr.Row():
        with gr.Column(scale=5, min_width=280):
            film = gr.Image(
                label=train.film,
                type="filepath",
                interactive=False,
                height=300,
                buttons=[],
                elem_id="film",
            )
        with gr.Column(scale=4, min_width=280):
            command = gr.Code(
                label=train.command_line,
                language="shell",
                interactive=False,
                lines=3,
                wrap_lines=True,
                elem_id="command-line",
            )
            use = gr.Button(train.use_in_segment, elem_id="use")
    return SimpleNamespace(
        weights_file=weights_file,
        run_file=run_file,
        film_file=film_file,
        film=film,
        command=command,
        use=use,
    )


def _refresh(page, actions, run, shown):
    """How an event shows how the selected run stands, as `connect` takes it."""
    seen = gr.State(None)
    pictures = named(shown, "status", "lights", "masks", "pairs", "histogram", "curves")
    comparison = named(shown, "comparison", "settings", "others")
    buttons = named(shown, "pause", "resume", "stop", "use")
    page_wide = {"runs": run["run"], "timer": page.timer, "seen": seen}
    return {
        "action": actions.refresh,
        "inputs": {**run, **named(shown, "back", "others", "looks"), "seen": seen},
        "outputs": {**pictures, **comparison, **buttons, **page_wide},
        **AT_ONCE,
    }


def _connect_steering(actions, run, listed, shown, stepping, managing, refresh):
    """Whoever was refused sees why: another window may have changed the run, or removed it."""
    part = {"part": stepping.part}
    for button, action, inputs in (
        (shown.pause, actions.pause, {}),
        (shown.resume, actions.resume, {}),
        (shown.stop, actions.stop, {}),
        (stepping.one_cycle, actions.one_cycle, part),
        (stepping.slow_motion, actions.slow_motion, part),
        (stepping.full_speed, actions.full_speed, part),
        (managing.rename, actions.rename, {"name": managing.name}),
        (managing.longer, actions.longer, {"seconds": managing.seconds}),
    ):
        steered = connect(button.click, action, {**run, **inputs}, **AT_ONCE_QUEUED)
        connect(steered.then, **refresh)
    asked = {"asked": managing.asked}
    connect(
        managing.delete.click, actions.ask_to_delete, {"run": run["run"]}, asked, **AT_ONCE_QUEUED
    )
    for event in (managing.keep.click, managing.delete_for_good.click, run["run"].change):
        connect_in_browser(event, {"asked": gr.update(visible=False)}, asked)
    deleted = connect(managing.delete_for_good.click, actions.delete, run, listed, **AT_ONCE_QUEUED)
    connect(deleted.then, **refresh)


def _connect_downloads(page, actions, run, downloads, opened, selected):
    """What a run leaves: files to take home, and weights that segment."""
    files = named(downloads, *FILES, "film", "command")
    prepare = {"trigger_mode": "always_last", **COPYING}
    preparing = connect(opened, actions.prepare_downloads, run, files, **prepare)
    # What was prepared of one run must not stand there as another's.
    connect(run["run"].change, actions.clear_downloads, None, files, cancels=[preparing], **AT_ONCE)
    if_shown = "(visitor, run) => gecat.runIfFilesAreShown(visitor, run)"
    connect(selected, actions.prepare_downloads, run, files, js=if_shown, **prepare)
    used = connect(
        downloads.use.click,
        actions.use,
        run,
        named(page, "run_in_use", "weights_chosen", "tabs"),
        **AT_ONCE_QUEUED,
    )
    used.success(None, js="() => gecat.scrollToTop()")
