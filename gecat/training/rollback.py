"""Cycles that heal: a run that breaks goes back to its last good weights and on from there."""

import math
from dataclasses import fields, replace

from keras import ops

from gecat.errors import RunError, Term
from gecat.training.loop import run_cycles
from gecat.training.state import State
from gecat.training.vectors import call

KEPT_EVERY = 10  # cycles
COLLAPSED = 0.75  # mean area hinge of a batch: nearly all masks are empty, or full
COLLAPSE_LASTS = 3  # cycles in a row; one batch of odd photos is no collapse
TRIES = 5
LOOKED_AT = 8  # photos whose masks tell how far a collapse went


def healing_cycles(engine, state, photos, **budget):
    """Runs cycles as `run_cycles` does, and goes back where one breaks.

    The weights and the optimizers' memory go back; cycles, seconds and batches go on, so a budget
    stays a budget and the batch that broke the run does not come again.

    Args:
        engine, state, photos, **budget: as `loop.run_cycles` takes them.

    Yields:
        (State, dict of figures); after a break the figures hold "healed", "nan" or "collapse",
        "healed_from", the cycle that the weights are from, and "broken_area", the share of the
        picture that masks had come to cover, after a collapse.

    Raises:
        RunError: if the run breaks TRIES times with nothing good in between.
    """
    older = newer = state
    tries, suspicious = 0, 0
    while True:
        course = run_cycles(engine, state, photos, **budget)
        fault = None
        for state, figures in course:  # noqa: B020
            suspicious = suspicious + 1 if looks_collapsed(figures) else 0
            fault = "collapse" if suspicious >= COLLAPSE_LASTS else None
            if not is_finite(state, figures):
                fault = "nan"
            if fault:
                break
            if not suspicious and state.cycle - newer.cycle >= KEPT_EVERY:
                older, newer, tries = newer, state, 0
            yield state, figures
        course.close()
        if fault is None:
            return
        tries += 1
        if tries > TRIES:
            raise RunError("run.broken", tries=tries, cycle=state.cycle, fault=Term(fault))
        area = mask_area(engine, state, photos) if fault == "collapse" else None
        state = replace(older, cycle=state.cycle, seconds=state.seconds, batch=state.batch)
        healed_from = older.cycle
        newer, suspicious = older, 0
        figures |= {"healed": fault, "healed_from": healed_from, "broken_area": area}
        yield state, _readable(figures)


def looks_collapsed(figures):
    """Whether nearly all masks of the cycle's batch were empty, or full."""
    return figures.get("generator_area", 0.0) > COLLAPSED


def mask_area(engine, state, photos):
    """Share of the picture that the generator's masks of some photos cover."""
    pictures = photos.images[:LOOKED_AT].astype("float32") / 127.5 - 1.0  # (N, S, S, 3)
    logits, _ = call(engine.generator, state.generator, state.generator_statistics, pictures)
    return float(ops.mean(ops.sigmoid(logits)))


def is_finite(state, figures):
    """Whether every number of a cycle and every weight after it is one."""
    numbers = [value for value in figures.values() if isinstance(value, float)]
    arrays = [getattr(state, field.name) for field in fields(State)]
    whole = [ops.all(ops.isfinite(array)) for array in arrays if hasattr(array, "dtype")]
    return all(map(math.isfinite, numbers)) and bool(ops.all(ops.stack(whole)))


def _readable(figures):
    """Figures without what JSON cannot hold."""
    return {
        name: None if isinstance(value, float) and not math.isfinite(value) else value
        for name, value in figures.items()
    }
