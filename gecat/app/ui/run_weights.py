"""The weights of a visitor's run in the Segment tab, for that visitor only."""

import functools
import html
from dataclasses import dataclass

import gradio as gr

import gecat
from gecat.app.ui.errors import errors_become_toasts
from gecat.app.ui.page_state import choose_weights
from gecat.errors import JobError
from gecat.i18n import Section
from gecat.jobs.actions import Jobs

SEGMENTERS = 4  # of visitors' runs in memory at most


@dataclass(frozen=True)
class RunWeights:
    """The actions that know whose weights segment.

    `run_in_use` is {"key": ..., "run": ...}, or None where those that ship do.

    Attributes:
        words: of the page, in its language.
        jobs: the runs.
    """

    words: Section
    jobs: Jobs

    @errors_become_toasts
    def segmenter(self, run_in_use):
        """Returns the Segmenter of the run in use, or None where none is, or it is gone."""
        try:
            _, path = self._weights(run_in_use)
        except (JobError, AttributeError):
            return None
        return load_weights_of(path, path.stat().st_mtime_ns)

    def describe(self, run_in_use):
        """Tells whose weights are in use, and forgets a run that is gone."""
        try:
            job, _ = self._weights(run_in_use)
        except (JobError, AttributeError):
            return {"run_in_use": None, "row": gr.update(visible=False), "note": ""}
        name = f"<b>{html.escape(job.name)}</b>"
        note = f'<p class="run-in-use">{self.words.train.in_use.format(name=name)}</p>'
        return {"run_in_use": run_in_use, "row": gr.update(visible=True), "note": note}

    def use_shipped(self):
        """Returns to the weights that ship."""
        return choose_weights(None)

    def _weights(self, run_in_use):
        """(Job, path of its weights)."""
        job = self.jobs.get(run_in_use.get("key"), run_in_use.get("run"))
        return job, self.jobs.weights(job)


@functools.lru_cache(SEGMENTERS)
def load_weights_of(path, changed):
    """A Segmenter, kept while it is used; `changed` tells the file's versions apart."""
    return gecat.load(path)
