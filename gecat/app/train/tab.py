"""The Train tab: start a run, watch it learn, steer it, take it home."""

from types import SimpleNamespace

import gradio as gr

from gecat.app.train.actions import TERMS, TrainActions
from gecat.app.train.views import masks_html, status_html, waiting_html
from gecat.app.ui.events import PRIVATE
from gecat.config import PRESETS, SETTINGS, preset
from gecat.images.datasets import MINIMUM_PHOTOS

PRESET, SECONDS, LONGEST_K = "small", 60, 16
NOW = 100  # of the slider through a run's pictures
SIZES = (64, 96, 128, 160)  # sides of a training picture, pixels
# Nobody waits behind others' photos to see, pause or stop a training.
AT_ONCE = {"queue": False, "preprocess": False, "show_progress": "hidden", **PRIVATE}
# Gradio 6.31 shows a refusal only of what went through its queue; without a limit nothing waits.
REFUSABLE = {**AT_ONCE, "queue": True, "concurrency_limit": None}
FILES = {"concurrency_id": "files", "concurrency_limit": 2, "preprocess": False, **PRIVATE}


def build_tab(words, train, jobs, visitor, timer, loaded, opened, use_weights):
    """Builds the tab inside the open `gr.Blocks`.

    Args:
        words: of the page, in its language; train: those of the tab.
        jobs: the runs.
        visitor: the gr.BrowserState of who looks; timer: the gr.Timer of the page.
        loaded, opened: the events of the page's being loaded and of the tab's being opened.
        use_weights: called with the button, the visitor and the list of runs; it wires the button
            that puts a run's weights into use.
    """
    actions = TrainActions(words, train, jobs)
    gr.Markdown(train.intro)
    with gr.Row():
        with gr.Column(scale=4, min_width=300):
            asked = _form(words, jobs)
            runs = gr.Radio([], label=train.your_runs, elem_id="runs")
            managed = _manage(train, jobs.caps)
        with gr.Column(scale=8, min_width=300):
            shown = _sights(train)
            with gr.Tabs(elem_id="train-views", overflow_behavior="wrap"):
                with gr.Tab(train.curves):
                    shown.curves = gr.HTML(waiting_html(train), elem_id="curves")
                with gr.Tab(train.critics_view):
                    shown.pairs = gr.HTML(waiting_html(train), elem_id="pairs")
                    shown.histogram = gr.HTML(elem_id="histogram")
                with gr.Tab(train.step_by_step):
                    stepped = _steps(train)
                with gr.Tab(train.compare):
                    others = gr.CheckboxGroup(
                        [], label=train.compare_with, info=train.compare_info, elem_id="others"
                    )
                    shown.compared = gr.HTML(elem_id="compared")
                    shown.settings = gr.HTML(elem_id="settings")
                with gr.Tab(train.take_home) as take_home:
                    taken = _take_home(train)
    _wire(
        actions,
        SimpleNamespace(visitor=visitor, runs=runs, others=others, timer=timer),
        asked,
        managed,
        shown,
        stepped,
        taken,
        loaded,
        opened,
        take_home.select,
    )
    use_weights(taken.use, visitor, runs)


def _form(words, jobs):
    """What a run is asked for; everything has a good default."""
    train, choices = words.train, words.choices
    caps, base = jobs.caps, preset(PRESET)
    sources = [(train.scenes, "scenes"), (train.my_photos, "photos")]
    data = gr.Radio(
        [*sources, *jobs.folders], value="scenes", label=train.learn_from, elem_id="learn-from"
    )
    megabytes = f"{caps.upload_bytes / 1e6:.0f}"
    info = train.files_info.format(least=MINIMUM_PHOTOS, count=caps.photos, size=megabytes)
    with gr.Column(visible=False) as uploads:
        files = gr.File(label=train.files, file_count="multiple", height=160, elem_id="train-files")
        gr.Markdown(info, elem_classes="small")
    seconds = gr.Slider(
        10,
        caps.seconds,
        value=min(SECONDS, caps.seconds),
        step=5,
        label=train.seconds,
        info=train.seconds_info,
        elem_id="seconds",
    )
    # Nobody presses it before the page knows whose run it will be.
    start = gr.Button(train.start, variant="primary", size="lg", interactive=False, elem_id="start")
    with gr.Accordion(train.steer, open=False, elem_id="steer"):
        gr.Markdown(train.steer_info, elem_classes="small")
        begin = gr.Radio(
            [
                (train.begin_random, "random"),
                (train.begin_shipped, "shipped"),
                (train.begin_run, "run"),
            ],
            value="random",
            label=train.begin_with,
            info=train.begin_info,
            elem_id="begin",
        )
        name = gr.Radio(
            [(choices.preset[key], key) for key in ("small", "base", "article")],
            value=PRESET,
            label=train.preset,
            elem_id="preset",
        )
        size = gr.Radio(SIZES, value=base.size, label=train.size, elem_id="size")
        rule = gr.Radio(
            [(choices.update_rule[key], key) for key in SETTINGS["update_rule"]["enum"]],
            value=base.update_rule,
            label=train.update_rule,
        )
        steps = gr.Slider(
            1,
            min(LONGEST_K, caps.generator_steps),
            value=base.generator_steps,
            step=1,
            label=train.generator_steps,
            info=train.generator_steps_info,
            elem_id="generator-steps",
        )
        beta = gr.Radio(SETTINGS["beta_rule"]["enum"], value=base.beta_rule, label=train.beta_rule)
        preconditioner = gr.Radio(
            [(choices.preconditioner[key], key) for key in SETTINGS["preconditioner"]["enum"]],
            value=base.preconditioner,
            label=train.preconditioner,
        )
        terms = gr.CheckboxGroup(
            [(train.term_names[key], key) for key in TERMS], value=list(TERMS), label=train.terms
        )
    data.change(lambda chosen: gr.update(visible=chosen == "photos"), [data], [uploads], **AT_ONCE)
    begin.change(
        lambda chosen: [gr.update(visible=chosen == "random")] * 2, [begin], [name, size], **AT_ONCE
    )
    name.change(
        lambda chosen: preset(chosen).size if chosen in PRESETS else base.size,
        [name],
        [size],
        **AT_ONCE,
    )
    settings = [name, size, rule, steps, beta, preconditioner, terms]
    return SimpleNamespace(start=start, inputs=[data, files, seconds, begin, *settings])


def _manage(train, caps):
    with gr.Accordion(train.manage, open=False, elem_id="manage"):
        name = gr.Textbox(label=train.name, max_length=60, elem_id="run-name")
        rename = gr.Button(train.rename, size="md", elem_id="rename")
        seconds = gr.Slider(
            10, caps.seconds, value=min(2 * SECONDS, caps.seconds), step=5, label=train.longer
        )
        longer = gr.Button(train.continue_longer, size="md", elem_id="longer")
        delete = gr.Button(train.delete, variant="stop", size="md", elem_id="delete")
    return SimpleNamespace(name=name, rename=rename, seconds=seconds, longer=longer, delete=delete)


def _sights(train):
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


def _steps(train):
    gr.Markdown(train.step_info, elem_classes="small")
    part = gr.Radio(
        [(text, key) for key, text in train.parts.items()],
        value="both",
        label=train.who_learns,
        elem_id="part",
    )
    with gr.Row():
        buttons = {
            pace: gr.Button(label, size="md", min_width=90, elem_id=f"pace-{pace}")
            for pace, label in (
                ("step", train.one_cycle),
                ("slow", train.slow_motion),
                ("run", train.full_speed),
            )
        }
    lights = gr.HTML(elem_id="lights")
    return SimpleNamespace(part=part, buttons=buttons, lights=lights)


def _take_home(train):
    gr.Markdown(train.take_info, elem_classes="small")
    with gr.Row():
        downloads = [
            gr.DownloadButton(label, interactive=False, size="md", min_width=150, elem_id=name)
            for name, label in (
                ("take-weights", train.weights),
                ("take-run", train.whole_run),
                ("take-film", train.film),
            )
        ]
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
            use = gr.Button(train.use_in_segment, variant="primary", elem_id="use")
    return SimpleNamespace(outputs=[*downloads, film, command], use=use)


def _wire(actions, page, asked, managed, shown, stepped, taken, loaded, opened, taking):
    chosen = [page.visitor, page.runs]
    listed = [page.visitor, page.runs]
    seen = gr.State(None)
    looking = {
        "fn": actions.look,
        "inputs": [*chosen, shown.back, page.others, seen],
        "outputs": [
            shown.status,
            stepped.lights,
            shown.masks,
            shown.pairs,
            shown.histogram,
            shown.curves,
            shown.compared,
            shown.settings,
            page.runs,
            page.others,
            shown.pause,
            shown.resume,
            shown.stop,
            page.timer,
            seen,
        ],
        **AT_ONCE,
    }

    arrived = [*listed, asked.start]
    loaded(actions.arrive, [page.visitor], arrived, **AT_ONCE).then(**looking)
    page.timer.tick(**looking)
    opened(**looking)
    started = asked.start.click(
        actions.start, [*chosen, *asked.inputs], listed, show_progress="hidden", **FILES
    )
    selected = page.runs.input(actions.choose, chosen, [page.visitor], **AT_ONCE)
    for event in (started.success, selected.success):
        event(lambda: NOW, None, [shown.back], **AT_ONCE).then(**looking)
    started.success(None, js="() => gecat.showStatusOnPhone()")
    for change in (shown.back.input, page.others.input):
        change(**looking, trigger_mode="always_last")
    # Whoever was refused sees why: another window may have changed the run, or removed it.
    for button, act in (
        (shown.pause, actions.pause),
        (shown.resume, actions.resume),
        (shown.stop, actions.stop),
    ):
        button.click(act, chosen, None, **REFUSABLE).then(**looking)
    for pace, button in stepped.buttons.items():
        button.click(
            lambda visitor, run, part, pace=pace: actions.go(visitor, run, part, pace),
            [*chosen, stepped.part],
            None,
            **REFUSABLE,
        ).then(**looking)
    for button, act, value in (
        (managed.rename, actions.rename, managed.name),
        (managed.longer, actions.longer, managed.seconds),
    ):
        button.click(act, [*chosen, value], None, **REFUSABLE).then(**looking)
    managed.delete.click(actions.delete, chosen, listed, **REFUSABLE).then(**looking)
    take = {
        "fn": actions.take,
        "inputs": chosen,
        "outputs": taken.outputs,
        "show_progress": "hidden",
        "trigger_mode": "always_last",
        **FILES,
    }
    being_taken = taking(**take)
    # What was prepared of one run must not stand there as another's.
    page.runs.change(actions.put_away, None, taken.outputs, cancels=[being_taken], **AT_ONCE)
    selected.success(**take, js="(visitor, run) => gecat.runIfFilesAreShown(visitor, run)")
