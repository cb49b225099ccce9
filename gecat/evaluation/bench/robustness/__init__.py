"""Real attacks on a real app: what `SECURITY.md` promises, tried at full counts.

What is found is kept in the --json file; another call with the same file goes on from there. The
app is served by processes of this machine at 127.0.0.1, in temporary folders, each within a limit
of memory.
"""

import importlib
import os
import signal
import sys
from argparse import ArgumentParser, Namespace
from typing import Any

from gecat.errors import Status
from gecat.evaluation.bench.robustness.ledger import Ledger
from gecat.options import add_json, add_parts, positive

# Part -> how much of it is to be done in all.
PARTS: dict[str, float] = {
    "uploads": 20_000,  # files
    "kills": 100,  # moments
    "failures": 9,  # ways in which a machine fails
    "access": 141,  # events of the page
    "fuzz": 9 * 180,  # seconds
    "crowd": 1_000,  # photos
    "soak": 1_800,  # seconds
}


def add_options(parser: ArgumentParser) -> None:
    """Adds what `run` takes."""
    add_parts(parser, PARTS)
    parser.add_argument("--minutes", type=positive, metavar="N", help="work so long at most")
    add_json(parser)


def run(options: Namespace) -> Status:
    """Attacks, and prints what was held; failed where a promise was not."""
    ledger = Ledger(options.json, options.minutes)
    ledger.figures["machine"] = f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}"
    # Whoever ends the bench ends the app with it.
    before = signal.signal(signal.SIGTERM, lambda *_: sys.exit(Status.FAILED))
    try:
        for name in options.part or PARTS:
            part = ledger.part(name, PARTS[name])
            if part.is_unfinished():
                importlib.import_module(f"{__name__}.{name}").run(part)
                ledger.save()
    finally:
        signal.signal(signal.SIGTERM, before)
    print(table(ledger.figures))
    parts = [ledger.figures.get(name, {}) for name in options.part or PARTS]
    if any(part.get("faults") for part in parts):
        return Status.FAILED
    done = all(part and part["done"] >= part["wanted"] for part in parts)
    return Status.DONE if done else Status.SOME_SKIPPED


def table(figures: dict[str, Any]) -> str:
    """Lines of text: how much of each part is done, and what was not held.

    Args:
        figures: of a Ledger.
    """
    lines = []
    for name in PARTS:
        part = figures.get(name)
        if part is None:
            continue
        held = "held" if not part["faults"] else f"{part['faults']} faults"
        lines.append(f"{name:10}{part['done']:>8.0f} of {part['wanted']:<8.0f}{held}")
        lines += [f"{'':10}{fault}" for fault in part["found"]]
    return "\n".join(lines)
