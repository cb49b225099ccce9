"""One gradient epoch on the weights in use: what G walks over, and what stands still."""

import functools
import html

import gradio as gr

from gecat.app.explore.views.gradient_epoch import (
    angles_figure,
    fingerprints_html,
    line_figure,
    plane_figure,
)
from gecat.app.ui.errors import errors_become_toasts
from gecat.app.ui.events import DRAWING, NETWORK, NEVER_WAITS, connect
from gecat.app.ui.fragments import note_html
from gecat.app.ui.published import published
from gecat.app.ui.stoppable import stoppable
from gecat.inspection.story import Story

PROGRESS = gr.Progress()


def title(explore):
    """The view's name."""
    return explore.cycle


def build(explorer, ticket, weights):
    """Builds the view inside the open tab.

    Args:
        explorer: an Explorer; ticket: the gr.State of the photo's ticket; weights: not used.
    """
    actions = EpochActions(explorer)
    explore = explorer.words.explore
    gr.Markdown(explore.cycle_intro)
    with gr.Row():
        start = gr.Button(explore.cycle_run, variant="primary", scale=3, elem_id="epoch-run")
        cancel = gr.Button(explorer.words.page.cancel, min_width=130, elem_id="epoch-cancel")
    recorded = gr.HTML(elem_id="epoch-recorded")
    with gr.Row():
        with gr.Column(min_width=280):
            line = gr.HTML(elem_id="epoch-line", min_height=60)
            angles = gr.HTML(elem_id="epoch-angles")
        with gr.Column(min_width=280):
            plane = gr.HTML(elem_id="epoch-plane", min_height=60)
            fingerprints = gr.HTML(elem_id="fingerprints")
    shown = {"fingerprints": fingerprints, "line": line, "plane": plane, "angles": angles}
    shown["recorded"] = recorded
    # A finished one to look at, until the visitor has run one.
    opening = {"show_progress": "hidden", **DRAWING, **NEVER_WAITS}
    connect(ticket.change, actions.open, {"ticket": ticket}, shown, **opening)
    running = connect(
        start.click, actions.run, {"ticket": ticket}, shown, show_progress_on=[line], **NETWORK
    )
    cancel.click(None, cancels=[running])


class EpochActions:
    """The view's actions.

    Args:
        explorer: an Explorer.
    """

    def __init__(self, explorer):
        self.explorer, self.words, self.explore = explorer, explorer.words, explorer.words.explore

    @functools.cached_property
    def teller(self):
        """The EpochTeller of the weights in use."""
        from gecat.inspection.epoch import EpochTeller

        return EpochTeller(self.explorer.loaded_segmenter().networks)

    @functools.cached_property
    def recorded(self):
        """What is shown of the gradient epoch that the bench published."""
        found = published("inspection")
        if found is None:
            return {}
        told = {name: html.escape(found[name]) for name in ("date", "machine")}
        note = self.explore.cycle_recorded.format(
            command=f"<code>{found['command']}</code>", **told
        )
        shown = self._shown(Story.from_dict(found["rows"][0]))
        return {**shown, "recorded": f'<p class="small">{note}</p>'}

    @errors_become_toasts
    def open(self, ticket):
        """Shows the gradient epoch that was recorded, of a photo of our own."""
        return self.recorded if ticket else {}

    @errors_become_toasts
    def run(self, ticket, progress=PROGRESS):
        """Runs one gradient epoch and shows what it walked over."""
        photo, explore = self.explorer.photo(ticket), self.explore
        if photo is None:
            empty = dict.fromkeys(("line", "plane", "angles"), "")
            yield {"fingerprints": note_html(explore.waiting), "recorded": "", **empty}
            return
        progress(0)
        steps = stoppable(lambda tell: self.teller.tell(photo.image, tell))
        while True:
            try:
                share = next(steps)
            except StopIteration as end:
                yield {**self._shown(end.value), "recorded": ""}
                return
            if share is not None:
                progress(share)
            yield {}  # so that it can be cancelled

    def _shown(self, story):
        explore = self.explore
        return {
            "fingerprints": fingerprints_html(story, explore),
            "line": line_figure(story, explore),
            "plane": plane_figure(story, explore),
            "angles": angles_figure(story, explore),
        }
