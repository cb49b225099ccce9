"""Inside the generator: every stage from the photo to the mask, and what decides a pixel."""

import gradio as gr

from gecat.app.explore.views.generator import (
    occlusion_figure,
    stage_figure,
    stage_name,
    stage_thumbnail,
    stages_of,
)
from gecat.app.ui.errors import errors_become_toasts
from gecat.app.ui.events import AT_ONCE, DRAWING, LIVE, NETWORK, NEVER_WAITS, connect
from gecat.app.ui.fragments import note_html


def title(explore):
    """The view's name."""
    return explore.generator


def build(explorer, ticket, weights):
    """Builds the view inside the open tab.

    Args:
        explorer: an Explorer; ticket: the gr.State of the photo's ticket; weights: not used.
    """
    actions = GeneratorActions(explorer)
    explore = explorer.words.explore
    gr.Markdown(explore.generator_intro)
    stage = gr.State(None)
    stages = gr.Gallery(
        label=explore.stages,
        show_label=False,
        columns=7,
        height="auto",
        object_fit="contain",
        allow_preview=False,
        interactive=False,
        buttons=[],
        elem_id="stages",
        elem_classes="snug",
    )
    with gr.Row():
        with gr.Column(min_width=280):
            figure = gr.HTML(note_html(explore.to_come), elem_id="stage", container=True)
        with gr.Column(min_width=280):
            photo = gr.Image(
                label=explore.click_here,
                interactive=False,
                height=260,
                format="jpeg",
                buttons=[],
                elem_id="occlusion-photo",
            )
            occlusion = gr.HTML(explore.occlusion_waiting, elem_id="occlusion", container=True)
    connect(
        ticket.change,
        actions.open,
        {"ticket": ticket},
        {"stages": stages, "figure": figure, "photo": photo, "occlusion": occlusion},
        show_progress="hidden",
        **DRAWING,
        **NEVER_WAITS,
    )
    picked = connect(stages.select, actions.pick, None, {"stage": stage}, **AT_ONCE)
    connect(
        picked.then,
        actions.show,
        {"ticket": ticket, "stage": stage},
        {"figure": figure},
        **LIVE,
        **DRAWING,
    )
    connect(
        photo.select,
        actions.occlude,
        {"ticket": ticket},
        {"occlusion": occlusion},
        show_progress_on=[occlusion],
        **NETWORK,
    )


class GeneratorActions:
    """The view's actions.

    Args:
        explorer: an Explorer.
    """

    def __init__(self, explorer):
        self.explorer, self.words, self.explore = explorer, explorer.words, explorer.words.explore

    @errors_become_toasts
    def open(self, ticket):
        """Shows a new photo: thumbnails of all stages, the mask large, and the photo to click."""
        photo = self.explorer.photo(ticket)
        waiting = {"occlusion": self.explore.occlusion_waiting}
        if photo is None:
            return {
                "stages": [],
                "figure": note_html(self.explore.waiting),
                "photo": None,
                **waiting,
            }
        palettes = self.explorer.probe().palettes
        thumbnails = [
            (
                stage_thumbnail(name, photo, palettes, self.explore),
                stage_name(name, photo, self.explore),
            )
            for name in stages_of(photo)
        ]
        figure = stage_figure("mask", photo, palettes, self.explore)
        return {"stages": thumbnails, "figure": figure, "photo": photo.image, **waiting}

    def pick(self, event: gr.SelectData):
        """Remembers which stage was clicked."""
        return {"stage": event.index}

    @errors_become_toasts
    def show(self, ticket, stage):
        """Draws the stage that was clicked."""
        photo = self.explorer.photo(ticket)
        if photo is None or stage is None:
            return {"figure": note_html(self.explore.waiting)}
        names = stages_of(photo)
        name = names[min(int(stage), len(names) - 1)]
        palettes = self.explorer.probe().palettes
        return {"figure": stage_figure(name, photo, palettes, self.explore)}

    @errors_become_toasts
    def occlude(self, ticket, event: gr.SelectData):
        """Shows which parts of the photo decide the place that was clicked."""
        photo = self.explorer.photo(ticket)
        if photo is None:
            return {"occlusion": self.explore.occlusion_waiting}
        height, width = photo.image.shape[:2]
        x, y = event.index[0] / width, event.index[1] / height
        return {"occlusion": occlusion_figure(photo, x, y, self.explore)}
