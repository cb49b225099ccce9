"""What the parts have found so far, kept in a file, so that another call goes on from there."""

import json
import time
from datetime import date
from pathlib import Path
from typing import Any

from gecat.files import AnyPath, write_atomically

FAULTS_KEPT = 20  # of a part; all are counted
SAVE_SECONDS = 5.0


class Ledger:
    """The figures of all parts.

    Args:
        path: of the JSON file, or None to keep nothing.
        minutes: how long this call may work, or None for as long as it takes.
    """

    def __init__(self, path: AnyPath | None = None, minutes: float | None = None) -> None:
        self._path = None if path is None else Path(path)
        self._deadline = float("inf") if minutes is None else time.monotonic() + 60 * minutes
        self.figures: dict[str, Any] = {}
        if self._path is not None and self._path.exists():
            self.figures = json.loads(self._path.read_text())

    def part(self, name: str, wanted: float) -> "Part":
        """Returns a part that goes on where it was.

        Args:
            name: the part's; wanted: how much of it is to be done in all.
        """
        kept = self.figures.setdefault(name, {"done": 0, "faults": 0, "seconds": 0.0, "found": []})
        kept["wanted"] = wanted
        return Part(self, kept)

    def is_over(self) -> bool:
        """Returns whether the call's minutes are spent."""
        return time.monotonic() > self._deadline

    def save(self) -> None:
        """Writes everything down."""
        if self._path is not None:
            text = json.dumps(self.figures, indent=1, ensure_ascii=False) + "\n"
            write_atomically(self._path, text.encode())


class Part:
    """The figures of one part; `with` it, the seconds that it works are counted.

    Args:
        ledger: Ledger; figures: dict to keep them in, with "done", "wanted" and "faults".
    """

    def __init__(self, ledger: Ledger, figures: dict[str, Any]) -> None:
        self._ledger = ledger
        self.figures = figures
        self._since = self._saved = time.monotonic()

    def __enter__(self) -> "Part":
        self._since = time.monotonic()
        return self

    def __exit__(self, *_: object) -> None:
        self._write()

    @property
    def done(self) -> int:
        """How much is done."""
        return self.figures["done"]

    def is_unfinished(self) -> bool:
        """Returns whether there is something to do, and time for it."""
        return self.figures["done"] < self.figures["wanted"] and not self._ledger.is_over()

    def advance(self, by: float = 1) -> None:
        """Notes that so much more is done, and writes that down now and then."""
        self.figures["done"] += by
        if time.monotonic() - self._saved > SAVE_SECONDS:
            self._write()

    def count(self, name: str, by: float = 1) -> None:
        """Adds to a figure; "a/b" is figure b of the group a."""
        group, name = self._place(name)
        group[name] = round(group.get(name, 0) + by, 3)

    def highest(self, name: str, value: float) -> None:
        """Keeps the highest of a figure's values."""
        group, name = self._place(name)
        group[name] = round(max(group.get(name, value), value), 3)

    def note(self, name: str, value: object) -> None:
        """Keeps the last value of a figure."""
        group, name = self._place(name)
        group[name] = value

    def fault(self, kind: str, **facts: object) -> None:
        """Notes a promise that was not held; of many, the first ones with what is known of them."""
        self.figures["faults"] += 1
        if len(self.figures["found"]) < FAULTS_KEPT:
            self.figures["found"].append({"kind": kind, **facts})

    def _place(self, name):
        *groups, name = name.split("/")
        place = self.figures
        for group in groups:
            place = place.setdefault(group, {})
        return place, name

    def _write(self):
        now = time.monotonic()
        self.figures["seconds"] = round(self.figures["seconds"] + now - self._since, 1)
        self.figures["date"] = date.today().isoformat()
        self._since = self._saved = now
        self._ledger.save()


def percentile(values: list[float], share: float) -> float:
    """Returns the value that a share of them does not exceed; 0 where there are none."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else 0.0
