"""One cycle of the generator, looked at closely: what it walks over, and what stands still.

All functions take an objective (theta -> conjugate.Point) on a frozen batch and a frozen D, as
`Engine.generator_objective` makes it, and change nothing.
"""

import hashlib
import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from gecat.training import conjugate
from gecat.training.conjugate import dot


@dataclass(frozen=True)
class Walk:
    """One step taken: where it began, which way it went and how far."""

    start: conjugate.Point
    direction: Any  # (n,)
    slope: float  # the direction's inner product with the gradient at the start
    length: float  # accepted, in units of the direction; 0 where none was
    end: conjugate.Point


@dataclass(frozen=True)
class Line:
    """The loss along one direction.

    Attributes:
        distance: (M,), Euclidean, from 0.
        loss: (M,).
        slope: at 0, per unit of distance.
    """

    distance: np.ndarray
    loss: np.ndarray
    slope: float

    def armijo(self, least):
        """The line below which a step is long enough to be accepted, (M,)."""
        return self.loss[0] + least * self.slope * self.distance


@dataclass(frozen=True)
class Slice:
    """The loss on a plane through the start of a path.

    Attributes:
        x, y: (M,), Euclidean distances along the plane's two directions.
        loss: (M, M), rows along y.
        path: (K + 1, 2), the points of the path as the plane sees them.
        path_loss: (K + 1,), the loss at the true points.
    """

    x: np.ndarray
    y: np.ndarray
    loss: np.ndarray
    path: np.ndarray
    path_loss: np.ndarray


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
        walks.append(Walk(start, direction, slope, found[1], found[0]))
        return found

    conjugate.minimise(objective, point, steps, search=search, **settings)
    return walks


def along(objective, point, direction, reach, count=13):
    """Samples the loss along a direction.

    Args:
        objective: theta -> Point.
        point: where it begins.
        direction: (n,).
        reach: Euclidean distance of the last sample.
        count: samples, the start included.

    Returns:
        Line.
    """
    size = math.sqrt(dot(direction, direction))
    distance = np.linspace(0.0, reach, count)
    losses = [objective(point.theta + float(t) / size * direction).loss for t in distance[1:]]
    slope = dot(direction, point.gradient) / size
    return Line(distance, np.array([point.loss, *losses]), slope)


def cut(objective, walks, count=9, margin=0.35):
    """Samples the loss on the plane that holds most of a path.

    The first direction leads from the start to the end; the second is where the path is furthest
    from that line. Both are of unit length and orthogonal.

    Args:
        objective: theta -> Point.
        walks: list of Walks, 1 or more.
        count: samples along each direction.
        margin: room around the path, as a share of its extent.

    Returns:
        Slice.
    """
    start = walks[0].start
    points = [start, *(each.end for each in walks)]
    offsets = [point.theta - start.theta for point in points]
    first = _unit(offsets[-1])
    beside = [offset - dot(offset, first) * first for offset in offsets]
    furthest = max(beside, key=lambda offset: dot(offset, offset))
    if dot(furthest, furthest) < 1e-6 * dot(offsets[-1], offsets[-1]):
        # A straight path leaves the second direction open: the gradient's part across it.
        furthest = start.gradient - dot(start.gradient, first) * first
    second = _unit(furthest)
    path = np.array([[dot(offset, first), dot(offset, second)] for offset in offsets])
    low, high = path.min(axis=0), path.max(axis=0)
    room = margin * max(high - low)
    x, y = (np.linspace(low[i] - room, high[i] + room, count) for i in (0, 1))
    loss = np.array(
        [[objective(start.theta + float(a) * first + float(b) * second).loss for a in x] for b in y]
    )
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


def _unit(vector):
    return vector / max(math.sqrt(dot(vector, vector)), 1e-30)
