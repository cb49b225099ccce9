"""What a run has written about itself so far, read on as it grows; needs no TensorFlow."""

import bisect
import json
import threading
from collections import deque
from dataclasses import dataclass
from pathlib import Path

RECENT = 12  # cycles that are kept whole
CHECKED_BYTES = 128  # before the place to read on from, to notice a file that was cut and grew


def _mean(name):
    def read(figures):
        values = figures.get(name)
        return sum(values) / len(values) if values else None

    return read


def _plain(name):
    return lambda figures: figures.get(name)


CURVES = {
    "iou": _plain("probe_iou"),
    "drift": _plain("probe_drift"),
    "area": _plain("probe_area"),
    "generator_loss": _plain("generator_loss"),
    "discriminator_loss": _plain("discriminator_loss"),
    "score_real": _plain("discriminator_score_real"),
    "score_wrong": _plain("discriminator_score_wrong"),
    "generator_gradient": _plain("gradient_norm"),
    "discriminator_gradient": _plain("discriminator_gradient_norm"),
    "step": _mean("step_lengths"),
    "beta": _mean("betas"),
    "evaluations": _plain("evaluations"),
    "restarts": _plain("restarts"),
}


@dataclass(frozen=True)
class Break:
    """A cycle that broke.

    Attributes:
        cycle, seconds: when.
        fault: "nan" or "collapse".
        healed_from: the cycle that the weights are from.
        area: share of the picture that masks had come to cover, or None.
    """

    cycle: int
    seconds: float
    fault: str
    healed_from: int
    area: float | None = None


class History:
    """The figures of one run; `read` goes on where the last one ended.

    Args:
        folder: the run's folder.

    Attributes:
        cycles, seconds: lists, a value a cycle.
        curves: dict of lists as long as those, by the names of CURVES; None where a cycle has none.
        recent: the figures of the last cycles, as they were written.
        looked: the figures of the last cycle after which the fixed photos were looked at.
        breaks: list of Break.
    """

    def __init__(self, folder):
        self._path = Path(folder) / "stats.jsonl"
        self._lock = threading.Lock()
        self._forget()

    def read(self):
        """Reads the lines that were added since; a torn last line waits. Returns itself."""
        with self._lock:
            try:
                self._read()
            except FileNotFoundError:
                self._forget()
        return self

    @property
    def last(self):
        """The figures of the last cycle, or an empty dict."""
        return self.recent[-1] if self.recent else {}

    def seconds_at(self, cycle):
        """Seconds that the run had learned for when a cycle ended; 0 before the first."""
        place = bisect.bisect_right(self.cycles, cycle)
        return self.seconds[place - 1] if place else 0.0

    def value_at(self, name, cycle):
        """A curve's value in a cycle, or None."""
        place = bisect.bisect_left(self.cycles, cycle)
        found = place < len(self.cycles) and self.cycles[place] == cycle
        return self.curves[name][place] if found else None

    def _read(self):
        with self._path.open("rb") as file:
            start = max(0, self._place - CHECKED_BYTES)
            file.seek(start)
            if file.read(self._place - start) != self._end:
                # A run that was resumed has cut the cycles after its checkpoint.
                self._forget()
                file.seek(0)
            added = file.read()
        added = added[: added.rfind(b"\n") + 1]
        for line in added.splitlines():
            self._add(json.loads(line))
        self._place += len(added)
        self._end = (self._end + added)[-CHECKED_BYTES:]

    def _add(self, figures):
        self.cycles.append(figures["cycle"])
        self.seconds.append(figures["seconds"])
        for name, value in CURVES.items():
            self.curves[name].append(value(figures))
        self.recent.append(figures)
        if "probe_area" in figures:
            self.looked = figures
        if "healed" in figures:
            self.breaks.append(
                Break(
                    figures["cycle"],
                    figures["seconds"],
                    figures["healed"],
                    figures["healed_from"],
                    figures.get("broken_area"),
                )
            )

    def _forget(self):
        self._place, self._end = 0, b""
        self.cycles, self.seconds, self.breaks = [], [], []
        self.curves = {name: [] for name in CURVES}
        self.recent, self.looked = deque(maxlen=RECENT), {}
