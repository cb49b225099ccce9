"""One gradient epoch told in numbers; needs no TensorFlow, so that a page can open with it."""

from dataclasses import asdict, dataclass

import numpy as np


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


@dataclass(frozen=True)
class Story:
    """One cycle, told in numbers.

    Attributes:
        step: index of the step whose direction `conjugate` follows: the first that was conjugate,
            or the last where none was.
        conjugate, steepest: the loss along its direction, and along the plain gradient's, from the
            same point.
        accepted: (distance, loss) of that step.
        least: Armijo's share.
        plane: a Slice with the path.
        angles: between successive gradients, in degrees.
        critic_prints, generator_prints: (before, after), fingerprints of all weights.
    """

    step: int
    conjugate: Line
    steepest: Line
    accepted: tuple
    least: float
    plane: Slice
    angles: list
    critic_prints: tuple
    generator_prints: tuple

    def to_dict(self):
        """The story as JSON can hold it."""
        return _plain(asdict(self))

    @classmethod
    def from_dict(cls, told):
        """A story that `to_dict` has told."""
        lines = {name: Line(**_arrays(told[name])) for name in ("conjugate", "steepest")}
        return cls(**{**told, **lines, "plane": Slice(**_arrays(told["plane"]))})


def _plain(value):
    if isinstance(value, dict):
        return {name: _plain(part) for name, part in value.items()}
    if isinstance(value, np.ndarray):
        return np.round(value.astype(float), 6).tolist()
    if isinstance(value, (list, tuple)):
        return [_plain(part) for part in value]
    return value.item() if isinstance(value, np.generic) else value


def _arrays(told):
    return {
        name: np.array(value) if isinstance(value, list) else value for name, value in told.items()
    }
