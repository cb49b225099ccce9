"""What happens when something is clicked on the Train tab: payloads in, values by name out.

A visitor is known by a key that lies in the browser, `{"key": ..., "run": ...}`. Whatever is asked
for comes with the key, and `Jobs` decides whether it may be had.
"""

import functools
from dataclasses import dataclass

import gradio as gr

from gecat.app.train.comparison import comparison_html, settings_html
from gecat.app.train.controls import possible
from gecat.app.train.snapshot import take_snapshot
from gecat.app.train.views import (
    UNFINISHED,
    curves_html,
    histogram_html,
    lights_html,
    masks_html,
    pairs_html,
    run_choices,
    status_html,
)
from gecat.app.ui.addresses import origin_of
from gecat.app.ui.errors import errors_become_toasts
from gecat.app.ui.events import news
from gecat.app.ui.owners import publish
from gecat.app.ui.page_state import choose_weights, key_of
from gecat.app.ui.uploads import uploaded_files
from gecat.config import PRESETS, preset
from gecat.errors import JobError
from gecat.files import safe_stem
from gecat.i18n import Section
from gecat.jobs.actions import Jobs
from gecat.jobs.command import command_to_repeat
from gecat.jobs.job import new_key, next_name
from gecat.jobs.requests import RunRequest
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
FILES = ("weights_file", "run_file", "film_file")
HISTORIES = 64
# Seconds between two refreshments: while something learns, and while only another window could act.
BUSY_SECONDS, QUIET_SECONDS = 1.0, 5.0


@functools.lru_cache(HISTORIES)
def history_of(folder):
    """The History of a run's folder, kept between two refreshments."""
    return History(folder)


@dataclass(frozen=True)
class TrainActions:
    """The actions of one page.

    Attributes:
        words: of the page, in its language.
        jobs: the runs.
    """

    words: Section
    jobs: Jobs

    @errors_become_toasts
    def arrive(self, visitor):
        """Gives a new visitor a key and an old one the runs, and lets them start another."""
        known = visitor if isinstance(visitor, dict) else {}
        visitor = {"key": key_of(visitor) or new_key(), "run": known.get("run")}
        mine = self._mine(visitor["key"])
        if visitor["run"] not in [job.id for job in mine]:
            visitor["run"] = mine[0].id if mine else None
        runs = self._list(mine, visitor["run"])
        arrived = {"visitor": visitor, "runs": runs, "start": gr.update(interactive=True)}
        # Who has a training comes to see it; to anybody else the race shows what there is to see.
        return arrived | ({"modes": gr.Tabs(selected="training")} if mine else {})

    @errors_become_toasts
    def start(
        self,
        visitor,
        run,
        data,
        files,
        seconds,
        begin,
        preset,
        terms,
        connection: gr.Request = None,
        **settings,
    ):
        """Starts a run.

        Args:
            visitor: who; run: the selected one, which a fork begins from.
            data, files, seconds, preset: as in a request.
            begin: "random", "shipped" or "run".
            terms: names of the loss's terms that count.
            connection: over which it is asked for; Gradio gives it.
            **settings: of the Config.
        """
        key = key_of(visitor)
        request = RunRequest(
            data=data,
            files=tuple(uploaded_files(files)) if data == "photos" else (),
            preset=preset,
            start=self._selected(run) if begin == "run" else begin,
            seconds=seconds,
            changes=changed_settings(begin, preset, terms, **settings),
            name=next_name((job.name for job in self._mine(key)), self.words.train.run_name),
        )
        started = self.jobs.start(key, request, origin_of(connection))
        runs = self._list(self._mine(key), started)
        return {"visitor": {"key": key, "run": started}, "runs": runs}

    def choose(self, visitor, run):
        """Remembers which run is looked at."""
        return {"visitor": {"key": key_of(visitor), "run": run}}

    @errors_become_toasts
    def pause(self, visitor, run):
        """Holds a run after its cycle."""
        self.jobs.pause(key_of(visitor), self._selected(run))

    @errors_become_toasts
    def resume(self, visitor, run):
        """Lets a run go on at full speed."""
        self.jobs.resume(key_of(visitor), self._selected(run))

    @errors_become_toasts
    def stop(self, visitor, run):
        """Ends a run and keeps what it has learned."""
        self.jobs.stop(key_of(visitor), self._selected(run))

    @errors_become_toasts
    def one_cycle(self, visitor, run, part):
        """Lets a run go on for one cycle."""
        self.jobs.resume(key_of(visitor), self._selected(run), pace="step", part=part)

    @errors_become_toasts
    def slow_motion(self, visitor, run, part):
        """Lets a run go on so slowly that each stage of a cycle is seen."""
        self.jobs.resume(key_of(visitor), self._selected(run), pace="slow", part=part)

    @errors_become_toasts
    def full_speed(self, visitor, run, part):
        """Lets a run go on as fast as it can."""
        self.jobs.resume(key_of(visitor), self._selected(run), pace="run", part=part)

    @errors_become_toasts
    def longer(self, visitor, run, seconds):
        """Gives a run more time, in all."""
        self.jobs.resume(key_of(visitor), self._selected(run), seconds=seconds)

    @errors_become_toasts
    def rename(self, visitor, run, name):
        """Gives a run another name."""
        self.jobs.rename(key_of(visitor), self._selected(run), name)

    @errors_become_toasts
    def ask_to_delete(self, run):
        """Asks back: what a run has learned cannot be had again."""
        self._selected(run)
        return {"asked": gr.update(visible=True)}

    @errors_become_toasts
    def delete(self, visitor, run):
        """Removes a run and all that it left."""
        key = key_of(visitor)
        self.jobs.delete(key, self._selected(run))
        mine = self._mine(key)
        left = mine[0].id if mine else None
        return {"visitor": {"key": key, "run": left}, "runs": self._list(mine, left)}

    @errors_become_toasts
    def use(self, visitor, run):
        """Lets a run's weights segment, and opens the Segment tab."""
        key, run = key_of(visitor), self._selected(run)
        self.jobs.weights(self.jobs.get(key, run))
        chosen = choose_weights({"key": key, "run": run})
        return {**chosen, "tabs": gr.Tabs(selected="segment")}

    @errors_become_toasts
    def refresh(self, visitor, run, back, others, seen, looks=()):
        """Draws what has changed of the visitor's runs.

        Args:
            visitor, run: whose, and which.
            back: how far back in time the masks are shown; 100 is now.
            others: ids of runs to compare with.
            seen: fingerprints of what this page has, by name, or None.
            looks: how curves are drawn, as `draw_chart` takes it.

        Returns:
            what has changed, and what the page has then.
        """
        key = key_of(visitor)
        mine = self._mine(key) if key else []
        ids = [job.id for job in mine]
        # Another window may have removed the run that is selected here, or begun the first one.
        chosen = run if run in ids else next(iter(ids), None)
        snapshots = self._snapshots(mine, [chosen, *(others or [])[:COMPARED_RUNS]])
        runs = self._list(mine, chosen)
        if chosen == run:
            del runs["value"]  # it would undo what is being selected meanwhile
        # Races tick by the same timer.
        all_mine = self.jobs.runs(key) if key else []
        busy = any(self.jobs.state(job) in UNFINISHED for job in all_mine)
        shown = {
            **self._pictures(snapshots.get(chosen), float(back), looks or ()),
            **self._comparison([*snapshots.values()]),
            **self._buttons(snapshots.get(chosen)),
            "runs": runs,
            "others": gr.update(choices=[(job.name, job.id) for job in mine if job.id != chosen]),
            "timer": gr.update(value=BUSY_SECONDS if busy else QUIET_SECONDS),
        }
        return news(shown, seen)

    @errors_become_toasts
    def prepare_downloads(self, visitor, run):
        """Prepares what can be taken home: the weights, all of the run, its film, its command."""
        if not run:
            return self.clear_downloads()
        job = self.jobs.get(key_of(visitor), self._selected(run))
        try:
            folder, weights = self.jobs.folder(job), self.jobs.weights(job)
        except JobError:  # nobody has asked for what is not there yet
            return self.clear_downloads()
        stem, command = safe_stem(job.name), command_to_repeat(job, folder, self.jobs.limits.photos)
        movie = film(folder)
        files = {
            "weights_file": (f"{stem}.safetensors", weights.read_bytes()),
            "run_file": (f"{stem}.zip", pack(folder, {"command.txt": command + "\n"})),
            **({"film_file": (f"{stem}.webp", movie)} if movie else {}),
        }
        paths = dict(zip(files, publish(dict(files.values())), strict=True))
        downloads = {name: gr.update(value=path, interactive=True) for name, path in paths.items()}
        return (
            self.clear_downloads()
            | downloads
            | {"film": paths.get("film_file"), "command": command}
        )

    def clear_downloads(self):
        """Nothing to take home."""
        nothing = {name: gr.update(value=None, interactive=False) for name in FILES}
        return nothing | {"film": None, "command": None}

    def _mine(self, key):
        """The visitor's trainings; races have a view of their own."""
        return [job for job in self.jobs.runs(key) if job.race is None]

    def _snapshots(self, mine, runs):
        """Some of the visitor's runs, by id; runs that are gone are left out."""
        jobs = {job.id: job for job in mine}
        known = [jobs[run] for run in runs if isinstance(run, str) and run in jobs]
        return {
            job.id: take_snapshot(self.jobs, job, history_of(self.jobs.folder(job)))
            for job in known
        }

    def _pictures(self, snapshot, back, looks):
        return {
            "status": status_html(snapshot, self.words.train),
            "lights": lights_html(snapshot, self.words.train),
            "masks": masks_html(snapshot, back, self.words.train),
            "pairs": pairs_html(snapshot, self.words.train),
            "histogram": histogram_html(snapshot, self.words.train),
            "curves": curves_html(snapshot, self.words.train, looks),
        }

    def _comparison(self, snapshots):
        if len(snapshots) < 2:
            return {"comparison": "", "settings": ""}
        return {
            "comparison": comparison_html(snapshots, self.words.train),
            "settings": settings_html(snapshots, self.words),
        }

    def _buttons(self, snapshot):
        state = snapshot.state if snapshot else ""
        can = possible(state)
        return {
            "pause": gr.update(interactive=can["pause"]),
            "resume": gr.update(
                interactive=can["resume"],
                variant="primary" if state in ("paused", "interrupted") else "secondary",
            ),
            "stop": gr.update(interactive=can["stop"]),
            "use": gr.update(
                variant="primary" if snapshot and snapshot.has_learned else "secondary"
            ),
        }

    def _list(self, mine, run):
        return gr.update(choices=run_choices(self.jobs, mine, self.words.train), value=run)

    def _selected(self, run):
        if not run:
            raise JobError("job.no_run")
        return run


def changed_settings(begin, name, terms, **settings):
    """The settings that differ from the preset's, as a request takes them.

    Trained weights bring their own networks and picture size, so a size is for random ones alone.

    Args:
        begin: "random" or what the weights come from.
        name: the preset's.
        terms: names of the loss's terms that count.
        **settings: as the page has them.
    """
    if name not in PRESETS:
        return {}  # the request is refused with the reason
    config = preset(name)
    if begin != "random":
        settings.pop("size", None)
    changes = {key: value for key, value in settings.items() if value != getattr(config, key)}
    return changes | {term: 0.0 for term in TERMS if term not in (terms or [])}
