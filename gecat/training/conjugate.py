"""Preconditioned nonlinear conjugate gradients on one flat vector.

Conjugacy means something only while the function stands still: `objective` must return the same
loss for the same vector, so whoever calls freezes the batch, every random draw and D.

An objective is a function (theta, carried) -> Point. What it carries it may change, but no loss may
depend on it: the running statistics of normalisation are carried from each accepted point on.
"""

from dataclasses import dataclass, field
from typing import Any, NamedTuple

from gecat.training.vectors import dot, norm


class Point(NamedTuple):
    """A vector with what the objective said of it."""

    theta: Any  # (n,)
    loss: float
    gradient: Any  # (n,)
    carried: Any = None  # handed to the objective from here on
    terms: Any = None  # whatever else the objective tells


@dataclass
class Step:
    """What happened in one conjugate step, for charts and tests."""

    loss: float
    length: float  # Euclidean length of the step, 0 when the line search gave up
    beta: float
    restart: bool
    slope: float
    gradient_norm: float
    evaluations: int


@dataclass
class Path:
    """Where the steps led: the last point and one record a step."""

    point: Point
    steps: list[Step] = field(default_factory=list)


class Turn(NamedTuple):
    """What a beta rule knows of two successive gradients g and d, the direction between them.

    Inner products of gradients are taken with the preconditioner P, as in Hager and Zhang 2006,
    "A survey of nonlinear conjugate gradient methods", equations 2.7 to 2.11 and section 8.
    """

    now: float  # g_k P g_k
    before: float  # g_(k-1) P g_(k-1)
    overlap: float  # (g_k - g_(k-1)) P g_k
    bend: float  # d_(k-1) (g_k - g_(k-1))
    change: float  # (g_k - g_(k-1)) P (g_k - g_(k-1))
    slope: float  # d_(k-1) g_k


def _polak_ribiere(turn):
    return max(0.0, turn.overlap / turn.before)


def _hager_zhang(turn):
    return (turn.overlap - 2.0 * turn.change / turn.bend * turn.slope) / turn.bend


BETA_RULES = {
    "FR": lambda turn: turn.now / turn.before,
    "PR+": _polak_ribiere,
    "HS": lambda turn: turn.overlap / turn.bend,
    "DY": lambda turn: turn.now / turn.bend,
    "HZ": _hager_zhang,
}


# Nothing is left of the last direction where gradients are alike (Gilbert and Nocedal 1992).
_RESTART_THEMSELVES = ("PR+",)


def beta(rule, gradient, previous, direction, scale):
    """The share of the last direction that the next one keeps.

    Args:
        rule: one of BETA_RULES.
        gradient, previous: (n,), g_k and g_(k-1).
        direction: (n,), d_(k-1).
        scale: (n,), the diagonal of P.

    Returns:
        float; 0 where the rule divides by nothing.

    Raises:
        ValueError: for an unknown rule.
    """
    if rule not in BETA_RULES:
        raise ValueError(f"beta rule must be one of {', '.join(BETA_RULES)}, received {rule!r}")
    change, scaled = gradient - previous, scale * gradient
    turn = Turn(
        now=dot(gradient, scaled),
        before=_divisor(dot(previous, scale * previous)),
        overlap=dot(change, scaled),
        bend=_divisor(dot(direction, change)),
        change=dot(change, scale * change),
        slope=dot(direction, gradient),
    )
    return BETA_RULES[rule](turn)


def _divisor(value):
    """A number to divide by: infinity, so that nothing is left, where it is next to nothing."""
    return value if abs(value) >= 1e-30 else float("inf")


def line_search(
    objective, point, direction, slope, length, furthest, *, least=0.1, most=0.5, trials=8
):
    """Backtracks until the loss falls by enough, then corrects a step that is far off the valley.

    Sufficient decrease by Armijo (Nocedal and Wright 2006, algorithm 3.1): the next trial is the
    minimum of the parabola through what is known, kept within a tenth to a half of the last one.
    Then, while the slope at the end is steeper than `most` times the slope at the start (the strong
    Wolfe condition, equation 3.7b), the secant of the two slopes points to a better length.

    Args:
        objective: (theta, carried) -> Point.
        point: the Point to start from.
        direction: (n,), a descent direction; slope: its inner product with the gradient, < 0.
        length: the first trial, > 0; furthest: the longest that is allowed.
        least: share of the decrease promised by the slope that is asked for, in (0, 1).
        most: share of the starting slope that may be left at the end, in (0, 1).
        trials: evaluations in all, 1 or more.

    Returns:
        (Point, accepted length, evaluations); the starting point and 0.0 where every trial failed.
    """
    used = 0
    while used < trials:
        candidate = objective(point.theta + length * direction, point.carried)
        used += 1
        if candidate.loss <= point.loss + least * length * slope:
            break
        curvature = candidate.loss - point.loss - length * slope
        # A loss that is not a number leaves no parabola: the shortest step that is allowed.
        minimum = -slope * length * length / (2.0 * curvature) if curvature > 0 else 0.0
        length = min(max(minimum, 0.1 * length), 0.5 * length)
    else:
        return point, 0.0, used
    while used < trials:
        left = dot(candidate.gradient, direction)
        if abs(left) <= most * abs(slope):
            break
        secant = slope / (slope - left) if left > slope else 4.0
        trial = min(length * min(max(secant, 0.1), 4.0), furthest)
        if trial == length:
            break
        corrected = objective(point.theta + trial * direction, point.carried)
        used += 1
        if not corrected.loss < candidate.loss:
            break
        candidate, length = corrected, trial
    return candidate, length, used


def minimise(
    objective,
    point,
    steps,
    *,
    rule="PR+",
    scale=None,
    expected=1.0,
    longest=None,
    search=line_search,
    **search_settings,
):
    """Takes conjugate steps from a point.

    Restarts along the preconditioned gradient when the direction does not descend, when the line
    search fails, and, but for PR+, when successive gradients are far from orthogonal (Powell 1977).

    Args:
        objective: (theta, carried) -> Point; deterministic.
        point: the Point to start from.
        steps: how many, 1 or more.
        rule: of `beta`.
        scale: (n,), positive diagonal of the preconditioner; None for the identity.
        expected: how far a step is expected to lead, as a Euclidean length; each step's first trial
            goes twice as far as the last one went.
        longest: bound on the Euclidean length of a step, or None.
        search: a line search with `line_search`'s arguments and results.
        **search_settings: handed to the line search.

    Returns:
        Path.
    """
    if scale is None:
        scale = 1.0
    path = Path(point)
    direction, previous = None, None
    for _ in range(steps):
        gradient = path.point.gradient
        restart, share = True, 0.0
        turned = direction is not None and (
            rule in _RESTART_THEMSELVES or not _powell(gradient, previous, scale)
        )
        if turned:
            share = beta(rule, gradient, previous, direction, scale)
            candidate = share * direction - scale * gradient
            restart = not share or dot(candidate, gradient) >= 0.0
        direction = -(scale * gradient) if restart else candidate
        slope = dot(direction, gradient)
        if slope >= 0.0:  # a gradient of zero: nothing is left to do
            break
        furthest = float("inf") if longest is None else longest
        reach = min(2.0 * expected, furthest)
        size = max(norm(direction), 1e-30)
        found, accepted, evaluations = search(
            objective,
            path.point,
            direction,
            slope,
            reach / size,
            furthest / size,
            **search_settings,
        )
        path.steps.append(
            Step(
                found.loss,
                accepted * size,
                0.0 if restart else share,
                restart,
                slope,
                norm(gradient),
                evaluations,
            )
        )
        previous = gradient
        if accepted:
            expected, path.point = accepted * size, found
        else:
            expected, direction = 0.25 * reach, None
    return path


def _powell(gradient, previous, scale):
    return abs(dot(gradient, scale * previous)) > 0.2 * dot(gradient, scale * gradient)
