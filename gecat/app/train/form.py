"""What a training is asked for, on the page: everything has a good default."""

from types import SimpleNamespace

import gradio as gr

from gecat.app.train.actions import TERMS
from gecat.app.ui.events import AT_ONCE, connect
from gecat.config import PRESETS, SETTINGS, preset
from gecat.images.datasets import MINIMUM_PHOTOS

PRESET, SECONDS, LONGEST_K = "small", 60, 16
FIRST_RADII = [1e-5, 1e-4, 1e-3, 1e-2, 1e-1]
SIZES = (64, 96, 128, 160)  # sides of a training picture, pixels


def build_form(words, jobs):
    """Builds the form; returns its start button and the inputs that `start` takes, by name."""
    train, limits = words.train, jobs.limits
    sources = [(train.scenes, "scenes"), (train.my_photos, "photos")]
    data = gr.Radio(
        [*sources, *jobs.folders], value="scenes", label=train.learn_from, elem_id="learn-from"
    )
    megabytes = f"{limits.upload_bytes / 1e6:.0f}"
    info = train.files_info.format(least=MINIMUM_PHOTOS, count=limits.photos, size=megabytes)
    with gr.Column(visible=False) as uploads:
        files = gr.File(label=train.files, file_count="multiple", height=160, elem_id="train-files")
        gr.Markdown(info, elem_classes="small")
    seconds = gr.Slider(
        10,
        limits.seconds,
        value=min(SECONDS, limits.seconds),
        step=5,
        label=train.seconds,
        info=train.seconds_info,
        elem_id="seconds",
    )
    # Nobody presses it before the page knows whose run it will be.
    start = gr.Button(train.start, variant="primary", size="lg", interactive=False, elem_id="start")
    with gr.Accordion(train.steer, open=False, elem_id="steer"):
        method = _method(words, limits)
    connect(
        data.change,
        lambda data: {"uploads": gr.update(visible=data == "photos")},
        {"data": data},
        {"uploads": uploads},
        **AT_ONCE,
    )
    return SimpleNamespace(
        start=start, inputs={"data": data, "files": files, "seconds": seconds, **method}
    )


def _method(words, limits):
    """How a run learns; returns the components by the names that `start` takes."""
    train, choices, base = words.train, words.choices, preset(PRESET)
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
        info=train.preset_info,
        elem_id="preset",
    )
    settings = {
        "size": gr.Radio(
            SIZES, value=base.size, label=train.size, info=train.size_info, elem_id="size"
        ),
        "update_rule": gr.Radio(
            [(choices.update_rule[key], key) for key in SETTINGS["update_rule"]["enum"]],
            value=base.update_rule,
            label=train.update_rule,
            info=train.update_rule_info,
        ),
        "generator_steps": gr.Slider(
            1,
            min(LONGEST_K, limits.generator_steps),
            value=base.generator_steps,
            step=1,
            label=train.generator_steps,
            info=train.generator_steps_info,
            elem_id="generator-steps",
        ),
        "first_radius": gr.Radio(
            FIRST_RADII,
            value=base.first_radius,
            label=train.first_radius,
            info=train.first_radius_info,
            elem_id="first-radius",
        ),
        "beta_rule": gr.Radio(
            SETTINGS["beta_rule"]["enum"],
            value=base.beta_rule,
            label=train.beta_rule,
            info=train.beta_rule_info,
        ),
        "preconditioner": gr.Radio(
            [(choices.preconditioner[key], key) for key in SETTINGS["preconditioner"]["enum"]],
            value=base.preconditioner,
            label=train.preconditioner,
            info=train.preconditioner_info,
        ),
    }
    terms = gr.CheckboxGroup(
        [(train.term_names[key], key) for key in TERMS],
        value=list(TERMS),
        label=train.terms,
        info=train.terms_info,
    )
    networks = {"preset": name, "size": settings["size"]}
    connect(
        begin.change,
        lambda begin: dict.fromkeys(networks, gr.update(visible=begin == "random")),
        {"begin": begin},
        networks,
        **AT_ONCE,
    )
    connect(
        name.change,
        lambda name: {"size": preset(name).size if name in PRESETS else base.size},
        {"name": name},
        {"size": settings["size"]},
        **AT_ONCE,
    )
    return {"begin": begin, "preset": name, "terms": terms, **settings}
