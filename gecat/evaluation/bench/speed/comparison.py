"""Figures side by side: medians, and the spread of their ratios."""

import time
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import numpy as np

Found = TypeVar("Found")


class Figures:
    """What was measured so far, told on the way.

    Args:
        report: called with `to_dict`'s after each figure, or None.
    """

    def __init__(self, report: Callable[[dict[str, Any]], object] | None = None) -> None:
        self._found: dict[str, dict[str, Any]] = {}
        self._report = report

    def to_dict(self) -> dict[str, dict[str, Any]]:
        """Returns all figures by name, as JSON can hold them."""
        return self._found

    def tell(self, name: str, value: float, unit: str) -> None:
        """Takes a figure that is compared to nothing."""
        self._take(name, {"value": value, "unit": unit}, f"{name}: {value:.4g} {unit}")

    def compare(
        self, name: str, ours: Sequence[float], other: str, theirs: Sequence[float], unit: str
    ) -> None:
        """Takes what was measured in turn with something else.

        Args:
            name: of what is ours; ours: its figures.
            other: what it is compared to; theirs: as many figures.
            unit: of both.
        """
        ratios = np.array(ours) / np.array(theirs)
        low, median, high = (float(np.quantile(ratios, at)) for at in (0.0, 0.5, 1.0))
        found = {
            "ours": list(ours),
            "theirs": list(theirs),
            "unit": unit,
            "ratio": {"low": low, "median": median, "high": high},
        }
        words = (
            f"{name}: {np.median(ours):.4g} {unit}; {other}: {np.median(theirs):.4g} {unit}; "
            f"ratio {median:.2f} ({low:.2f} to {high:.2f})"
        )
        self._take(f"{name} / {other}, {unit}", found, words)

    def _take(self, name: str, found: dict[str, Any], words: str) -> None:
        self._found[name] = found
        print(words, flush=True)
        if self._report is not None:
            self._report(self._found)


def in_turn(repeats: int, *functions: Callable[[], Found]) -> list[list[Found]]:
    """Calls functions in turn, again and again.

    Args:
        repeats: how often each counts, after once to warm up.
        functions: each returns a figure, or several.

    Returns:
        what each returned.
    """
    rounds = [[function() for function in functions] for _ in range(repeats + 1)]
    return [list(figures) for figures in zip(*rounds[1:], strict=True)]


def seconds(function: Callable[[], object]) -> float:
    """How long a call takes."""
    start = time.perf_counter()
    function()
    return time.perf_counter() - start


def processor_milliseconds(function: Callable[[], object]) -> float:
    """How long the cores work for a call; what else a machine does hardly counts."""
    start = time.process_time()
    function()
    return 1000 * (time.process_time() - start)
