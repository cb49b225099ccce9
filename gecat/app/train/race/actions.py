"""What happens when something is clicked in the race: payloads in, values by name out."""

import functools
import math
import secrets
from dataclasses import dataclass

import gradio as gr

from gecat.app.train.controls import possible
from gecat.app.train.race.views import (
    film_html,
    is_preparing,
    race_choices,
    scenes_html,
    status_html,
)
from gecat.app.ui.addresses import origin_of
from gecat.app.ui.errors import errors_become_toasts
from gecat.app.ui.events import news
from gecat.app.ui.page_state import key_of
from gecat.errors import JobError, RunError
from gecat.i18n import Section
from gecat.jobs.actions import Jobs
from gecat.jobs.command import command_to_repeat
from gecat.jobs.job import next_name
from gecat.jobs.requests import RunRequest
from gecat.training.race.entries import NUMBER, NUMBERS, check_number
from gecat.training.race.film import film_of, recorded
from gecat.training.race.folder import SCENES_PICTURE
from gecat.training.run.folder import read_now

RECORDED = "recorded"
SECONDS = 60
SEEDS = 10_000
FILMS = 16


@dataclass(frozen=True)
class RaceActions:
    """The actions of one page.

    Attributes:
        words: of the page, in its language.
        jobs: the runs.
    """

    words: Section
    jobs: Jobs

    @errors_become_toasts
    def start(self, visitor, power, connection: gr.Request = None):
        """Starts a race.

        Args:
            visitor: who; power: of ten, the only number of both sides.
            connection: over which it is asked for; Gradio gives it.
        """
        key = key_of(visitor)
        names = [job.name for job in self._mine(key)]
        request = RunRequest(
            seconds=min(SECONDS, self.jobs.limits.seconds),
            changes={"seed": secrets.randbelow(SEEDS)},
            race=number_of(power),
            name=next_name(names, self.words.train.race.name),
        )
        started = self.jobs.start(key, request, origin_of(connection))
        return {"shown": gr.update(choices=self._choices(self._mine(key)), value=started)}

    @errors_become_toasts
    def pause(self, visitor, shown):
        """Holds a race after its turn."""
        self.jobs.pause(key_of(visitor), _selected(shown))

    @errors_become_toasts
    def resume(self, visitor, shown):
        """Lets a race go on."""
        self.jobs.resume(key_of(visitor), _selected(shown))

    @errors_become_toasts
    def stop(self, visitor, shown):
        """Ends a race and keeps its film."""
        self.jobs.stop(key_of(visitor), _selected(shown))

    @errors_become_toasts
    def delete(self, visitor, shown):
        """Removes a race and all that it left."""
        key = key_of(visitor)
        self.jobs.delete(key, _selected(shown))
        return {"shown": gr.update(choices=self._choices(self._mine(key)), value=RECORDED)}

    @errors_become_toasts
    def refresh(self, visitor, shown, power, seen):
        """Draws what has changed.

        Args:
            visitor: who; shown: RECORDED, or the id of one of the visitor's races.
            power: of ten, which recorded race; seen: fingerprints of what this page has, or None.

        Returns:
            what has changed, and what the page has then.
        """
        key = key_of(visitor)
        mine = self._mine(key) if key else []
        job = next((job for job in mine if job.id == shown), None)
        choices = gr.update(choices=self._choices(mine))
        if job is None and shown != RECORDED:  # another window has removed it
            choices = gr.update(choices=self._choices(mine), value=RECORDED)
        told = {
            "shown": choices,
            "start": gr.update(interactive=key is not None),
            **(self._recorded(power) if job is None else self._of_job(job)),
            **self._buttons(job),
        }
        return news(told, seen)

    def _recorded(self, power):
        try:
            number = number_of(power)
        except RunError:
            number = NUMBER
        nearest = min(NUMBERS, key=lambda each: abs(math.log(each / number)))
        film = film_html(_recorded_film(nearest), self.words.train)
        return {"film": film, **dict.fromkeys(("status", "own"), gr.update(visible=False))}

    def _of_job(self, job):
        state, folder, train = self.jobs.state(job), self.jobs.folder(job), self.words.train
        now, running = read_now(folder), state == "running"
        stats = folder / "stats.jsonl"
        changed = stats.stat().st_mtime_ns if stats.exists() else None
        film = _film(folder, changed, running) if changed else None
        if film is None:
            coming = state in ("queued", "running", "paused")
            shown = scenes_html(folder / "pictures" / SCENES_PICTURE, train.race, coming)
        else:
            moving = running and not is_preparing(now)
            shown = film_html(film, train, moving, over=state == "done")
        status = status_html(
            job,
            state,
            self.jobs.spent(job),
            now,
            self.jobs.ending(job),
            self.jobs.position(job),
            train,
        )
        command = command_to_repeat(job, folder, self.jobs.limits.photos)
        return {
            "film": shown,
            "status": gr.update(value=status, visible=True),
            "command": command,
            "own": gr.update(visible=True),
        }

    def _buttons(self, job):
        can = possible(self.jobs.state(job) if job else "")
        going = {**can, "delete": job is not None}
        return {name: gr.update(interactive=on) for name, on in going.items()}

    def _mine(self, key):
        return [job for job in self.jobs.runs(key) if job.race is not None]

    def _choices(self, mine):
        return race_choices(mine, self.jobs.state, self.words.train)


def number_of(power):
    """Returns ten to a power, as a race takes it.

    Raises:
        RunError: if that is no number that a race may have.
    """
    try:
        return check_number(10.0 ** float(power))
    except (TypeError, ValueError, OverflowError):
        return check_number(power)


def _selected(shown):
    if not shown or shown == RECORDED:
        raise JobError("job.no_run")
    return shown


@functools.lru_cache(len(NUMBERS))
def _recorded_film(number):
    return recorded(number)


@functools.lru_cache(FILMS)
def _film(folder, changed, moving):
    """The film of a race; `changed` tells its states apart."""
    return film_of(folder, last=moving)
