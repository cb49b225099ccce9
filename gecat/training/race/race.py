"""A race in a folder: both sides turn by turn, looked at together, until the budget is spent.

config.json                the number, the shared settings and the budget
stats.jsonl                one line a look: both sides' figures since the last one
pictures/scenes.png        some scenes held out
pictures/000012.png        both sides' masks of them, a row a side
checkpoints/SIDE.safetensors    everything needed to go on
now.json, control, lock    as of any run (`training.train`)
"""

import json
import math
import time
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import numpy as np

from gecat.config import Config
from gecat.errors import RunError, name_of
from gecat.files import remove_unfinished, write_atomically, write_png
from gecat.model.registry import check
from gecat.training.engine import Engine
from gecat.training.loop import check_budget
from gecat.training.race.entries import METHOD, NUMBER, SIDES, configs, shared_config
from gecat.training.race.folder import CURVES, SCENES_PICTURE, checkpoint_of, has_checkpoint
from gecat.training.race.racers import START_CYCLES, Racer, held_out, load_scenes, start
from gecat.training.run.checkpoint import load_state, save_state
from gecat.training.run.control import Steering, interruptible
from gecat.training.run.folder import (
    control,
    hold,
    read_description,
    read_stats,
    tell,
    write_stats,
)
from gecat.training.run.pictures import drop_pictures_after
from gecat.training.run.recorder import mean_iou
from gecat.training.run.resume import refuse

ROUND = 10  # evaluations of each side between two looks
HELD_OUT = 100  # scenes that are scored
SHOWN = 6  # of them
CHECKPOINT_SECONDS = 30.0


def race(
    folder,
    number=None,
    *,
    seed=None,
    seconds=None,
    evaluations=None,
    changes=None,
    start_cycles=None,
    resume=False,
    limit=None,
    cache=None,
    report=None,
):
    """Races the method against plain adversarial training on drawn scenes.

    Whoever has asked for fewer evaluations is next, so that neither is ever ahead by more than a
    cycle, however busy the machine.

    Args:
        folder: where it goes, or lies.
        number: the method's first radius and plain training's rate, 0.01 by default.
        seed: of the start and of every batch, 0 by default.
        seconds: of the race in all, its start apart; or evaluations: of each side. One of the two.
        changes: dict of settings that differ from the preset's for both.
        start_cycles: that both learn together before; 50 by default.
        resume: go on with the race that is there.
        limit: scenes to learn from; 512 by default.
        cache: folder where pseudo-masks are kept, or None.
        report: called with the share that is done, in [0, 1], after each look.

    Raises:
        UserError: for a number, a setting or a folder that does not work.
    """
    folder = Path(folder)
    check_budget(evaluations, seconds)
    if has_checkpoint(folder) != resume:
        code = "run.no_checkpoint" if resume else "run.taken"
        raise RunError(code, received=name_of(folder))
    if resume:
        begun = {"--number": number, "--seed": seed}
        begun |= {"--set": changes, "--start-cycles": start_cycles, "--limit": limit}
        refuse(begun)
        description = read_description(folder)
        shared, number = Config.from_dict(description["config"]), description["race"]
        limit = description["limit"]
    else:
        shared = shared_config(seed or 0, **(changes or {}))
    check(shared)
    entries = configs(NUMBER if number is None else number, shared)
    with hold(folder), ExitStack() as stack:
        scenes = held_out(HELD_OUT)
        _show(folder, scenes)  # whoever looks on has something to see until there are masks
        photos = load_scenes(
            limit,
            cache=cache,
            progress=lambda done, of: tell(folder, "reading", done=done, total=of),
        )
        described = {
            "race": entries[METHOD].first_radius,
            "config": shared.to_dict(),
            "seconds": seconds,
            "evaluations": evaluations,
            "limit": limit,
        }
        write_atomically(folder / "config.json", json.dumps(described, indent=2).encode())
        remove_unfinished(folder)
        racers = _racers(folder, entries, shared, photos, resume, start_cycles or START_CYCLES)
        for racer in racers.values():
            stack.callback(racer.close)
        tell(folder, "preparing")
        course = _Course(folder, racers, scenes, seconds, evaluations)
        for racer in racers.values():
            racer.rehearse()
        # From here on there is more to keep than the start.
        interrupted = stack.enter_context(interruptible())
        course.begin(Steering(folder, interrupted))
        try:
            while course.round():
                if report is not None:
                    report(course.progress)
        finally:
            course.keep()
    # Whoever goes on with this race later means it to run.
    control(folder, "run")
    tell(folder, "ended")


def _show(folder, scenes):
    """Draws the first of the scenes that are scored."""
    pictures, _ = scenes
    shown = np.concatenate(list(pictures[:SHOWN]), axis=1)
    write_png(folder / "pictures" / SCENES_PICTURE, _levels((shown + 1.0) / 2.0))


def _racers(folder, entries, shared, photos, resume, start_cycles):
    """The Racer of each side, as it begins or as it was kept."""
    if not resume:
        tell(folder, "starting_line", done=0, total=start_cycles)
        state = start(
            shared,
            photos,
            start_cycles,
            lambda done, of: tell(folder, "starting_line", done=done, total=of),
        )
        return {side: Racer(entries[side], photos, state) for side in SIDES}
    like = Engine(shared).initial_state()
    states = {side: load_state(checkpoint_of(folder, side), like) for side in SIDES}
    lines = {line["cycle"]: line for line in read_stats(folder)}
    return {
        side: Racer(entries[side], photos, state, lines[state.cycle]["sides"][side]["asked"])
        for side, state in states.items()
    }


class _Course:
    """The rounds of one race, and what is written of them.

    What both begin with is looked at before they rehearse; the race's clock stands until `begin`.
    """

    def __init__(self, folder, racers, scenes, seconds, evaluations):
        self._folder, self._racers, self._steering = folder, racers, None
        self._seconds, self._evaluations = seconds, evaluations
        # Kept one after the other, so that a kill in between leaves one side a checkpoint ahead.
        self._round = min(racer.state.cycle for racer in racers.values())
        lines = [line for line in read_stats(folder) if line["cycle"] <= self._round]
        self._before = lines[-1]["seconds"] if lines else 0.0
        self._kept = time.monotonic()
        self._pictures, self._truths = scenes
        self._masks = {side: self._masks_of(side) for side in SIDES} if lines else {}
        write_stats(folder, lines)
        drop_pictures_after(folder, self._round)
        if not lines:
            self._look({side: [] for side in SIDES})
            self.keep()

    def begin(self, steering):
        """Lets the clock run; `steering` is what the race obeys."""
        self._steering, self._began = steering, steering.clock()

    @property
    def progress(self):
        """Share of the budget that is spent, in [0, 1]."""
        if self._evaluations:
            return min(1.0, min(self._standing() or [self._evaluations]) / self._evaluations)
        return min(1.0, self._spent() / self._seconds)

    def round(self):
        """Lets both sides play ROUND evaluations, and looks; returns whether to go on."""
        if self.progress >= 1.0 or not self._standing():
            return False
        told = {side: [] for side in SIDES}
        end = ROUND * (min(self._standing()) // ROUND + 1)
        going = True
        while going and self.progress < 1.0 and any(asked < end for asked in self._standing()):
            side = min(
                (side for side in SIDES if self._racers[side].stands),
                key=lambda side: self._racers[side].asked,
            )
            self._steering.enter(side)
            told[side].append(self._racers[side].cycle(1.0 - self.progress))
            going = self._steering.obey()
        self._round += 1
        self._look(told)
        if time.monotonic() - self._kept > CHECKPOINT_SECONDS:
            self.keep()
        return going

    def keep(self):
        """Writes checkpoints."""
        self._kept = time.monotonic()
        for side, racer in self._racers.items():
            state = replace(racer.state, cycle=self._round, seconds=self._spent())
            save_state(checkpoint_of(self._folder, side), state)

    def _spent(self):
        if self._steering is None:
            return self._before
        return self._before + self._steering.clock() - self._began

    def _masks_of(self, side):
        return np.nan_to_num(self._racers[side].masks(self._pictures))

    def _standing(self):
        """What the sides that can still move have asked for."""
        return [racer.asked for racer in self._racers.values() if racer.stands]

    def _look(self, told):
        sides, rows = {}, []
        for side, racer in self._racers.items():
            masks = self._masks_of(side)
            before = self._masks.get(side, masks)
            self._masks[side] = masks
            rows.append(np.concatenate(list(masks[:SHOWN]), axis=1))
            sides[side] = {
                "asked": racer.asked,
                "stands": racer.stands,
                "iou": round(mean_iou(masks > 0.5, self._truths), 4),
                "change": round(float(np.abs(masks - before).mean()), 5),
                **{name: [_known(each[name]) for each in told[side]] for name in CURVES},
            }
        picture = self._folder / "pictures" / f"{self._round:06d}.png"
        write_png(picture, _levels(np.concatenate(rows)))
        over = self._seconds and not self._standing()
        line = {
            "cycle": self._round,
            "seconds": float(self._seconds)
            if over
            else min(self._spent(), self._seconds or math.inf),
            "sides": sides,
        }
        with (self._folder / "stats.jsonl").open("a") as stats:
            stats.write(json.dumps(line) + "\n")


def _levels(values):
    """Values in [0, 1] as uint8."""
    return np.round(np.clip(values, 0.0, 1.0) * 255.0).astype(np.uint8)


def _known(value):
    return round(value, 4) if math.isfinite(value) else None
