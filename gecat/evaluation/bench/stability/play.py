"""One run of one arm at one game, measured."""

from typing import Any

import numpy as np

from gecat.evaluation.bench.stability.arms import Arm

MARKS = 40  # looks at a run, evenly spread over its budget
_TURNS = 0.2  # the last share of a run, in which it should be calm


def play(game: Any, arm: Arm, number: float, budget: int) -> dict[str, Any]:
    """Plays a game until so many losses with gradients were asked for.

    Args:
        game: a game of `games` or of `scenes`, not begun.
        arm: how; number: what is swept.
        budget: evaluations of either player's loss with its gradient, line searches included.

    Returns:
        dict: "lost", whether it ended further from the end than the game allows, or nowhere;
        "distance", at the end, over that of the start; "reached", share of the budget after which
        half of the start's distance was left, or None; "turning", the mean change of the distance
        from look to look in the last fifth of the run, over that of the start; "gradient", the
        median and the 95th percentile of the length of G's gradients; "cosine", the mean of that of
        G's gradients in a row.
    """
    start, beyond = game.distance(*game.start), game.lost_beyond
    distances: list[float] = []
    sides = game.start
    with np.errstate(all="ignore"):
        course = arm.play(game, lambda: max(0.0, 1.0 - game.asked / budget), number)
        while game.asked < budget and all(map(_is_finite, sides)):
            sides = next(course)
            game.watch(*sides)
            if game.asked >= (len(distances) + 1) * budget / MARKS:
                distances.append(game.distance(*sides))
        end = game.distance(*sides)
    lost = not np.isfinite(end) or end > beyond
    looks = np.array([*distances, end]) / start
    halved = np.flatnonzero(looks <= 0.5)
    return {
        "lost": bool(lost),
        "distance": None if not np.isfinite(end) else float(end / start),
        "reached": float((halved[0] + 1) / len(looks)) if len(halved) else None,
        "turning": None if lost else float(np.abs(np.diff(looks[-int(MARKS * _TURNS) :])).mean()),
        **game.gradients.told(),
    }


class Gradients:
    """What is remembered of the gradients that a player was told."""

    def __init__(self) -> None:
        self._norms: list[float] = []
        self._cosines: list[float] = []
        self._last: np.ndarray | None = None

    def add(self, gradient: Any) -> None:
        """Takes in the next gradient, (n,)."""
        gradient = np.asarray(gradient)
        length = float(np.linalg.norm(gradient))
        if self._last is not None and length and self._norms[-1]:
            self._cosines.append(float(gradient @ self._last) / (length * self._norms[-1]))
        self._norms.append(length)
        self._last = gradient

    def told(self) -> dict[str, Any]:
        """Returns "gradient", its median and 95th percentile, and "cosine", the mean."""
        norms = [norm for norm in self._norms if np.isfinite(norm)] or [0.0]
        cosines = [cosine for cosine in self._cosines if np.isfinite(cosine)] or [0.0]
        return {
            "gradient": [float(np.percentile(norms, share)) for share in (50, 95)],
            "cosine": float(np.mean(cosines)),
        }


def _is_finite(side: Any) -> bool:
    return bool(np.isfinite(np.asarray(side.theta)).all())
