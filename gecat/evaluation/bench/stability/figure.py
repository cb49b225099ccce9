"""Draws what the stability bench found: where each number led, a panel a game."""

from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from gecat.files import AnyPath

SHOWN = {
    "GEC-AT": ("#0072b2", "-"),
    "GEC-AT, version one": ("#56b4e9", "--"),
    "alternating Adam": ("#d55e00", "-"),
    "Adam with R1": ("#e69f00", "--"),
    "Adam with R1, annealed": ("#999999", ":"),
}
FURTHEST = 10.0  # what ended further away is drawn there


def draw(runs: list[dict[str, Any]], path: AnyPath) -> None:
    """Writes a picture of medians over the seeds.

    Args:
        runs: of `stability.measure`.
        path: of the picture.
    """
    games = list(dict.fromkeys(run["game"] for run in runs))
    figure = Figure(figsize=(3.2 * len(games), 3.4), layout="constrained")
    panels = np.atleast_1d(figure.subplots(1, len(games), sharey=True))
    for axes, game in zip(panels, games, strict=True):
        for arm, (color, line) in SHOWN.items():
            ends: dict[float, list[float]] = {}
            for run in runs:
                if (run["game"], run["arm"]) == (game, arm):
                    ends.setdefault(run["number"], []).append(run["distance"] or FURTHEST)
            numbers = sorted(ends)
            medians = [min(float(np.median(ends[number])), FURTHEST) for number in numbers]
            axes.loglog(numbers, medians, line, color=color, label=arm, linewidth=2)
        axes.axhline(1.0, color="#bbbbbb", linewidth=0.8)
        axes.set(title=game, xlabel="rate, or first radius")
        axes.spines[["top", "right"]].set_visible(False)
    panels[0].set_ylabel("distance at the end / at the start")
    figure.legend(*panels[0].get_legend_handles_labels(), loc="outside lower center", ncols=5)
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=110)
