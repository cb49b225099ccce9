"""What a score means: where it lies among scores of masks whose truth is known.

`gecat bench discriminator --scale FILE` writes them; beside weights they are kept as
`<weights>.scale.json`.
"""

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from gecat.files import AnyPath, write_atomically

NEIGHBOURS = 0.1  # share of the known masks, those of the nearest scores, that tell the IoU
HALVES = ("grown", "shrunk", "shifted", "cut", "other", "polygon")


@dataclass(frozen=True)
class Calibration:
    """Scores of held-out masks whose truth is known; float arrays.

    Attributes:
        true: scores of true masks, (N,).
        spoiled: scores of spoiled masks, (M,).
        own, own_iou: scores of the generator's masks and their true IoU, (N,).
    """

    true: np.ndarray
    spoiled: np.ndarray
    own: np.ndarray
    own_iou: np.ndarray

    def shares_below(self, score: float) -> tuple[float, float]:
        """Shares of the true and of the spoiled masks that score lower, each in [0, 1]."""
        return float((self.true < score).mean()), float((self.spoiled < score).mean())

    def expected_iou(self, score: float) -> tuple[float, float, float]:
        """What IoU the generator's masks of such a score had.

        Args:
            score: in [0, 1].

        Returns:
            (low, median, high): the quartiles of the masks with the nearest scores.
        """
        count = max(5, round(NEIGHBOURS * len(self.own)))
        nearest = np.argsort(np.abs(self.own - score), kind="stable")[:count]
        low, median, high = np.quantile(self.own_iou[nearest], (0.25, 0.5, 0.75))
        return float(low), float(median), float(high)


def from_verdicts(result: dict[str, Any]) -> Calibration:
    """Makes a Calibration of what `verdicts.examine` returned.

    Of the spoiled masks it takes the middle strength, where the kind is no constant mask.
    """
    rows = result["images"]
    spoiled = [
        score
        for row in rows
        for kind, level, score, _ in row["spoiled"]
        if level == "middle" and kind in HALVES
    ]
    return Calibration(
        *(np.array([row["true"] for row in rows], float), np.array(spoiled, float)),
        *(np.array([row[name] for row in rows], float) for name in ("own", "own_iou")),
    )


def save_calibration(result: dict[str, Any], path: AnyPath) -> None:
    """Writes the scores of what `verdicts.examine` returned.

    Args:
        result: what it returned; path: the JSON file to write; its folder is made if missing.
    """
    values = asdict(from_verdicts(result))
    rounded = {name: [round(value, 4) for value in array] for name, array in values.items()}
    write_atomically(path, (json.dumps(rounded) + "\n").encode())


def load_calibration(weights: AnyPath) -> Calibration | None:
    """Reads the Calibration that lies beside a weights file, or None if there is none.

    Args:
        weights: path of the weights file.
    """
    path = Path(weights).with_suffix(".scale.json")
    if not path.is_file():
        return None
    values = json.loads(path.read_text())
    return Calibration(**{name: np.array(values[name], float) for name in values})
