"""A run that breaks goes back to its last good weights."""

import itertools
from dataclasses import replace

import numpy as np
import pytest
import tensorflow as tf

from gecat.config import preset
from gecat.errors import RunError
from gecat.images.datasets import load_photos
from gecat.training.engine import Engine
from gecat.training.rollback import (
    KEPT_EVERY,
    TRIES,
    healing_cycles,
    looks_collapsed,
    mask_area,
)

TINY = {
    "generator_widths": (4, 8),
    "discriminator_widths": (4, 8),
    "batch_size": 4,
    "generator_steps": 1,
    "discriminator_steps": 1,
    "anchor_share": 1.0,
    "warmup_share": 0.0,
    "size": 32,
}


@pytest.fixture(scope="module")
def photos():
    return load_photos("scenes", 32, prior="barrier", limit=12)


@pytest.fixture(scope="module")
def engine():
    return Engine(preset("small", **TINY))


class Broken:
    """An engine whose generator breaks in some of its lessons."""

    def __init__(self, engine, breaks, damage):
        self._engine, self._breaks, self._damage = engine, breaks, damage
        self._lessons = itertools.count(1)

    def __getattr__(self, name):
        return getattr(self._engine, name)

    def teach_generator(self, *arguments):
        state, terms, record = self._engine.teach_generator(*arguments)
        if self._breaks(next(self._lessons)):
            return self._damage(state, terms, record)
        return state, terms, record


def to_nan(state, terms, record):
    object.__setattr__(state, "generator", tf.fill(state.generator.shape, np.nan))
    return state, terms, record


def to_nothing(state, terms, record):
    return state, {**terms, "area": 0.99}, record


def test_nan_goes_back_to_good_weights_and_on(engine, photos):
    broken = Broken(engine, lambda lesson: lesson == 2 * KEPT_EVERY + 3, to_nan)
    course = list(healing_cycles(broken, engine.initial_state(), photos, cycles=2 * KEPT_EVERY + 6))
    states, figures = zip(*course, strict=True)
    healed = [line for line in figures if "healed" in line]
    assert [(line["cycle"], line["healed"]) for line in healed] == [(2 * KEPT_EVERY + 3, "nan")]
    back = states[2 * KEPT_EVERY + 2]
    good = states[healed[0]["healed_from"] - 1]
    assert healed[0]["healed_from"] == KEPT_EVERY
    np.testing.assert_array_equal(back.generator, good.generator)
    assert back.batch > good.batch and back.seconds > good.seconds
    assert [line["cycle"] for line in figures] == list(range(1, 2 * KEPT_EVERY + 7))
    assert all(np.isfinite(state.generator).all() for state in states)


def test_a_lasting_collapse_heals_and_a_passing_one_needs_no_healing(engine, photos):
    def course(breaks):
        broken = Broken(engine, breaks, to_nothing)
        cycles = healing_cycles(broken, engine.initial_state(), photos, cycles=12)
        return [figures.get("healed") for _, figures in cycles]

    assert course(lambda lesson: lesson in (5, 6)) == [None] * 12
    assert course(lambda lesson: lesson in (5, 6, 7)) == [None] * 6 + ["collapse"] + [None] * 5


def test_a_collapse_tells_what_the_masks_had_come_to(engine, photos):
    state = engine.initial_state()
    # Without weights every logit is 0, so each mask is one half everywhere.
    empty = replace(state, generator=tf.zeros_like(state.generator))
    assert mask_area(engine, empty, photos) == 0.5
    broken = Broken(engine, lambda lesson: lesson < 4, to_nothing)
    course = list(healing_cycles(broken, state, photos, cycles=4))
    assert 0.0 < course[2][1]["broken_area"] < 1.0


def test_a_run_that_never_heals_is_given_up(engine, photos):
    broken = Broken(engine, lambda lesson: True, to_nan)
    course = healing_cycles(broken, engine.initial_state(), photos, cycles=100)
    with pytest.raises(RunError, match=f"{TRIES + 1} times in a row.*NaN"):
        list(course)


def test_full_and_empty_masks_look_collapsed():
    assert looks_collapsed({"generator_area": 1.0})
    assert not looks_collapsed({"generator_area": 0.3})
    assert not looks_collapsed({"stage": "warm-up"})
