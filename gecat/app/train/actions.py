"""What happens when something is clicked on the Train tab: payloads in, values for its parts out.

A visitor is known by a key that lies in the browser, `{"key": ..., "run": ...}`. Whatever is asked
for comes with the key, and `Jobs` decides whether it may be had.
"""

import functools
import json
from dataclasses import dataclass

import gradio as gr

from gecat.app.train.comparison import compared_html, settings_html
from gecat.app.train.views import (
    LIVE,
    curves_html,
    histogram_html,
    lights_html,
    masks_html,
    pairs_html,
    run_choices,
    see,
    status_html,
)
from gecat.app.ui.errors import told
from gecat.app.ui.uploads import publish, uploaded_files
from gecat.app.ui.visitor import key_of
from gecat.config import PRESETS, preset
from gecat.errors import JobError
from gecat.files import safe_stem
from gecat.i18n import Section
from gecat.jobs.job import new_key, next_name, repeat
from gecat.jobs.requests import Wish
from gecat.jobs.scheduler import Jobs
from gecat.training.run.archive import pack
from gecat.training.run.history import History
from gecat.training.run.pictures import film

COMPARED_RUNS = 3  # beside the selected one
TERMS = (
    "adversarial_weight",
    "self_training_weight",
    "anchor_weight",
    "area_weight",
    "binary_weight",
)
HISTORIES = 64
# Seconds between two looks: while something learns, and while only another window could act.
BUSY_SECONDS, QUIET_SECONDS = 1.0, 5.0


@functools.lru_cache(HISTORIES)
def history_of(folder):
    """The History of a run's folder, kept between two looks."""
    return History(folder)


@dataclass(frozen=True)
class TrainActions:
    """The actions of one page.

    Attributes:
        words: of the page, in its language; train: those of the tab.
        jobs: the runs.
    """

    words: Section
    train: Section
    jobs: Jobs

    @told
    def arrive(self, visitor):
        """Gives a new visitor a key and an old one the runs, and lets them start another.

        Returns:
            the visitor, the list of runs, and the button that starts one.
        """
        known = visitor if isinstance(visitor, dict) else {}
        visitor = {"key": known.get("key") or new_key(), "run": known.get("run")}
        mine = self.jobs.runs(visitor["key"])
        if visitor["run"] not in [job.id for job in mine]:
            visitor["run"] = mine[0].id if mine else None
        return visitor, self._list(mine, visitor["run"]), gr.update(interactive=True)

    @told
    def start(self, visitor, run, data, files, seconds, begin, *settings):
        """Starts a run; returns (visitor, list of runs)."""
        key = key_of(visitor)
        wish = Wish(
            data=data,
            files=tuple(uploaded_files(files)) if data == "photos" else (),
            preset=settings[0],
            start=self._selected(run) if begin == "run" else begin,
            seconds=seconds,
            changes=changed_settings(begin, *settings),
            name=next_name((job.name for job in self.jobs.runs(key)), self.train.run_name),
        )
        started = self.jobs.start(key, wish)
        return {"key": key, "run": started}, self._list(self.jobs.runs(key), started)

    def choose(self, visitor, run):
        """Remembers which run is looked at."""
        return {"key": key_of(visitor), "run": run}

    @told
    def pause(self, visitor, run):
        """Holds a run after its cycle."""
        self.jobs.pause(key_of(visitor), self._selected(run))

    @told
    def resume(self, visitor, run):
        """Lets a run go on at full speed."""
        self.jobs.resume(key_of(visitor), self._selected(run))

    @told
    def stop(self, visitor, run):
        """Ends a run and keeps what it has learned."""
        self.jobs.stop(key_of(visitor), self._selected(run))

    @told
    def go(self, visitor, run, part, pace):
        """Lets a run go on in another way: one cycle, slow motion or full speed."""
        self.jobs.resume(key_of(visitor), self._selected(run), pace=pace, part=part)

    @told
    def longer(self, visitor, run, seconds):
        """Gives a run more time, in all."""
        self.jobs.resume(key_of(visitor), self._selected(run), seconds=seconds)

    @told
    def rename(self, visitor, run, name):
        """Gives a run another name."""
        self.jobs.rename(key_of(visitor), self._selected(run), name)

    @told
    def delete(self, visitor, run):
        """Removes a run and all that it left; returns (visitor, list of runs)."""
        key = key_of(visitor)
        self.jobs.delete(key, self._selected(run))
        mine = self.jobs.runs(key)
        left = mine[0].id if mine else None
        return {"key": key, "run": left}, self._list(mine, left)

    @told
    def look(self, visitor, run, back, others, seen):
        """Looks at the visitor's runs and draws what has changed since.

        Args:
            visitor, run: whose, and which.
            back: how far back in time the masks are shown; 100 is now.
            others: ids of runs to compare with.
            seen: what this page was sent last, or None.

        Returns:
            list: status, lights, masks, pairs, histogram, curves, comparison, settings, list of
            runs, list of runs to compare with, pause, resume, stop, timer, and what the page has.
        """
        key = key_of(visitor)
        mine = self.jobs.runs(key) if key else []
        ids = [job.id for job in mine]
        # Another window may have removed the run that is selected here, or begun the first one.
        chosen = run if run in ids else next(iter(ids), None)
        sights = self._see(mine, [chosen, *(others or [])[:COMPARED_RUNS]])
        sight = sights.get(chosen)
        state = sight.state if sight else ""
        sights = list(sights.values())
        several = len(sights) > 1
        busy = any(self.jobs.state(job) in LIVE for job in mine)
        runs = self._list(mine, chosen)
        if chosen == run:
            del runs["value"]  # it would undo what is being selected meanwhile
        values = [
            status_html(sight, self.train),
            lights_html(sight, self.train),
            masks_html(sight, float(back), self.train),
            pairs_html(sight, self.train),
            histogram_html(sight, self.train),
            curves_html(sight, self.train),
            compared_html(sights, self.train) if several else "",
            settings_html(sights, self.words) if several else "",
            runs,
            gr.update(choices=[(job.name, job.id) for job in mine if job.id != chosen]),
            gr.update(interactive=state == "running"),
            gr.update(
                interactive=state in ("paused", "stopped", "interrupted", "failed"),
                variant="primary" if state in ("paused", "interrupted") else "secondary",
            ),
            gr.update(interactive=state in ("queued", "running", "paused")),
            gr.update(value=BUSY_SECONDS if busy else QUIET_SECONDS, active=True),
        ]
        now = [hash(json.dumps(value, sort_keys=True)) for value in values]
        seen = seen or [None] * len(now)
        news = [
            gr.skip() if same == before else value
            for value, same, before in zip(values, now, seen, strict=True)
        ]
        return [*news, now]

    @told
    def take(self, visitor, run):
        """Prepares what can be taken home: weights, zip, film, the film to look at, command."""
        if not run:
            return self.put_away()
        job = self.jobs.get(key_of(visitor), self._selected(run))
        folder, weights = self.jobs.folder(job), self.jobs.weights(job)
        stem, command = safe_stem(job.name), repeat(job, folder, self.jobs.caps.photos)
        files = {
            f"{stem}.safetensors": weights.read_bytes(),
            f"{stem}.zip": pack(folder, {"command.txt": command + "\n"}),
        }
        movie = film(folder)
        if movie:
            files[f"{stem}.webp"] = movie
        paths = publish(files)
        downloads = [gr.DownloadButton(value=path, interactive=True) for path in paths]
        if not movie:
            downloads.append(gr.DownloadButton(value=None, interactive=False))
        return *downloads, paths[2] if movie else None, command

    def put_away(self):
        """Nothing to take home, in the order of `take`."""
        return *[gr.update(value=None, interactive=False)] * 3, None, None

    def _see(self, mine, runs):
        """Sights of some of the visitor's runs, by id; runs that are gone are left out."""
        jobs = {job.id: job for job in mine}
        sights = {}
        for run in runs:
            if isinstance(run, str) and run in jobs:
                folder = self.jobs.folder(jobs[run])
                sights[run] = see(self.jobs, jobs[run], history_of(folder))
        return sights

    def _list(self, mine, run):
        return gr.update(choices=run_choices(self.jobs, mine, self.train), value=run)

    def _selected(self, run):
        if not run:
            raise JobError("job.no_run")
        return run


def changed_settings(begin, name, size, update_rule, steps, beta_rule, preconditioner, terms):
    """The settings that differ from the preset's, as a Wish takes them.

    Trained weights bring their own networks and picture size, so a size is for random ones alone.
    """
    if name not in PRESETS:
        return {}  # the wish is refused with the reason
    asked = {"size": size} if begin == "random" else {}
    asked |= {
        "update_rule": update_rule,
        "generator_steps": steps,
        "beta_rule": beta_rule,
        "preconditioner": preconditioner,
    }
    config = preset(name)
    changes = {key: value for key, value in asked.items() if value != getattr(config, key)}
    return changes | {term: 0.0 for term in TERMS if term not in (terms or [])}
