"""One cycle of the generator, looked at closely: what it walks over, and what stands still.

All functions take an objective on a frozen batch and a frozen D, as `Engine.generator_objective`
makes it, and change nothing.
"""

import hashlib
import math
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from gecat.errors import UserError
from gecat.inspection.story import Line, Slice, Story
from gecat.training import conjugate
from gecat.training.epoch import walking
from gecat.training.losses import full_weights
from gecat.training.match import players
from gecat.training.vectors import dot


@dataclass(frozen=True)
class Walk:
    """One step taken: where it began, which way it went and how far."""

    start: conjugate.Point
    direction: Any  # (n,)
    slope: float  # the direction's inner product with the gradient at the start
    length: float  # accepted, in units of the direction; 0 where none was
    restart: bool  # whether the direction is the preconditioned gradient's and nothing else
    end: conjugate.Point


def tell_cycle(engine, state, batch, progress=None):
    """Runs one cycle of the generator and looks at it closely; nothing is kept of it.

    Args:
        engine: an `engine.Engine`; state: its State.
        batch: dict of `gecat.images.batches.shuffled_batch`.
        progress: called with a share in [0, 1], or None.

    Returns:
        Story.

    Raises:
        UserError: if no step leads down.
    """
    tell = progress or (lambda share: None)
    config = engine.config
    frozen = engine.freeze(batch, (config.seed, 1))
    critic = [state.discriminator, state.discriminator_statistics]
    before = fingerprint(*critic, *engine.discriminator.get_weights())
    objective = engine.generator_objective(state, frozen, full_weights(config))
    start = objective(state.generator)
    tell(0.2)
    _, settings = walking(players(state)[0], objective, start, config)
    walks = walk(objective, start, config.generator_steps, **settings)
    tell(0.3)
    taken = [index for index, each in enumerate(walks) if each.length > 0.0]
    if not taken:
        raise UserError("inspection.no_way_down", received=len(walks))
    step = next((index for index in taken if not walks[index].restart), taken[-1])
    chosen = walks[step]
    distance = chosen.length * _size(chosen.direction)
    lines = [
        along(objective, chosen.start, direction, 2.0 * distance)
        for direction in (chosen.direction, -chosen.start.gradient)
    ]
    tell(0.5)
    plane = cut(objective, walks, tell=lambda share: tell(0.5 + 0.5 * share))
    after = fingerprint(*critic, *engine.discriminator.get_weights())
    return Story(
        step,
        *lines,
        (distance, chosen.end.loss),
        config.armijo,
        plane,
        angles(walks),
        (before, after),
        (fingerprint(state.generator), fingerprint(walks[-1].end.theta)),
    )


def walk(objective, point, steps, **settings):
    """Takes conjugate steps and keeps each of them.

    Args:
        objective, point, steps, **settings: as for `conjugate.minimise`.

    Returns:
        list of Walks, one a step.
    """
    walks = []

    def search(objective, start, direction, slope, length, furthest, **rest):
        found = conjugate.line_search(objective, start, direction, slope, length, furthest, **rest)
        walks.append(Walk(start, direction, slope, found[1], True, found[0]))
        return found

    path = conjugate.minimise(objective, point, steps, search=search, **settings)
    return [
        replace(each, restart=step.restart) for each, step in zip(walks, path.steps, strict=True)
    ]


def along(objective, point, direction, reach, count=13):
    """Samples the loss along a direction.

    Args:
        objective: as for `conjugate.minimise`.
        point: where it begins.
        direction: (n,).
        reach: Euclidean distance of the last sample.
        count: samples, the start included.

    Returns:
        Line.
    """
    size = _size(direction)
    distance = np.linspace(0.0, reach, count)
    losses = [objective(point.theta + float(t) / size * direction).loss for t in distance[1:]]
    slope = dot(direction, point.gradient) / size
    return Line(distance, np.array([point.loss, *losses]), slope)


def cut(objective, walks, count=9, margin=0.35, tell=None):
    """Samples the loss on the plane that holds most of a path.

    The first direction leads from the start to the end; the second is where the path is furthest
    from that line. Both are of unit length and orthogonal.

    Args:
        objective: as for `conjugate.minimise`.
        walks: list of Walks, 1 or more.
        count: samples along each direction.
        margin: room around the path, as a share of its extent.
        tell: called with the share that is done, or None.

    Returns:
        Slice.
    """
    start = walks[0].start
    points = [start, *(each.end for each in walks)]
    offsets = [point.theta - start.theta for point in points]
    first = _unit(offsets[-1])
    furthest = max(offsets, key=lambda offset: _size(_across(offset, first)))
    # A straight path leaves the second direction open.
    candidates = [furthest, start.gradient, np.roll(first, 1)]
    open_to = (each for each in candidates if _size(_across(each, first)) > 1e-3 * _size(each))
    second = _unit(_across(next(open_to), first))
    path = np.array([[dot(offset, first), dot(offset, second)] for offset in offsets])
    low, high = path.min(axis=0), path.max(axis=0)
    room = margin * max(high - low)
    x, y = (np.linspace(low[i] - room, high[i] + room, count) for i in (0, 1))
    loss = np.zeros((count, count))
    for row, column in np.ndindex(count, count):
        theta = start.theta + float(x[column]) * first + float(y[row]) * second
        loss[row, column] = objective(theta).loss
        if tell is not None:
            tell((row * count + column + 1) / count**2)
    return Slice(x, y, loss, path, np.array([point.loss for point in points]))


def angles(walks):
    """Angles between the gradients at the starts of successive steps, in degrees."""
    gradients = [each.start.gradient for each in walks]
    return [angle(a, b) for a, b in zip(gradients, gradients[1:], strict=False)]


def angle(a, b):
    """The angle between two vectors (n,), in degrees; 90 where one of them is 0."""
    size = math.sqrt(dot(a, a) * dot(b, b))
    return math.degrees(math.acos(min(1.0, max(-1.0, dot(a, b) / size)))) if size else 90.0


def fingerprint(*vectors):
    """SHA-256 of vectors, byte by byte, as 64 hexadecimal digits."""
    digest = hashlib.sha256()
    for vector in vectors:
        digest.update(np.ascontiguousarray(vector).tobytes())
    return digest.hexdigest()


def _across(vector, unit):
    """The part of a vector that is orthogonal to a unit vector."""
    return vector - dot(vector, unit) * unit


def _size(vector):
    return math.sqrt(dot(vector, vector))


def _unit(vector):
    return vector / max(_size(vector), 1e-30)
