"""A visitor's own weights in the Segment tab: those of a run, for that visitor only."""

import functools
import html
from dataclasses import dataclass

import gradio as gr

import gecat
from gecat.app.ui.errors import told
from gecat.app.ui.visitor import key_of
from gecat.errors import JobError
from gecat.i18n import Section
from gecat.jobs.scheduler import Jobs

KEPT = 4  # visitors' networks in memory at most


@dataclass(frozen=True)
class OwnWeights:
    """The actions that choose whose weights segment; `used` is {"key": ..., "run": ...} or None.

    Attributes:
        words: of the page, in its language; train: those of the Train tab.
        jobs: the runs.
    """

    words: Section
    train: Section
    jobs: Jobs

    @told
    def use(self, visitor, run):
        """Takes a run's weights; returns (used, row of the note, the note, tabs)."""
        if not run:
            raise JobError("job.no_run")
        used = {"key": key_of(visitor), "run": run}
        self._weights(used)
        return used, *self.note(used), gr.Tabs(selected="segment")

    def note(self, used):
        """Returns the row that tells whose weights are in use, and its text."""
        try:
            job, _ = self._weights(used)
        except (JobError, AttributeError):  # nothing is in use, or it is gone
            return gr.update(visible=False), ""
        name = f"<b>{html.escape(job.name)}</b>"
        return gr.update(visible=True), f'<p class="own">{self.train.in_use.format(name=name)}</p>'

    def arrive(self, used):
        """What is used when the page opens: nothing where the run is gone."""
        row, note = self.note(used)
        return used if row["visible"] else None, row, note

    def give_back(self):
        """Returns to the weights that ship."""
        return None, gr.update(visible=False), ""

    @told
    def segmenter(self, used):
        """Returns the Segmenter of the run in use, or None where none is, or it is gone."""
        try:
            _, path = self._weights(used)
        except (JobError, AttributeError):
            return None
        return load_weights_of(path, path.stat().st_mtime_ns)

    def _weights(self, used):
        """(Job, path of its weights)."""
        job = self.jobs.get(used.get("key"), used.get("run"))
        return job, self.jobs.weights(job)


@functools.lru_cache(KEPT)
def load_weights_of(path, changed):
    """A Segmenter, kept while it is used; `changed` tells the file's versions apart."""
    return gecat.load(path)
