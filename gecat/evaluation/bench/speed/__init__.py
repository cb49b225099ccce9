"""How fast it is, beside what it is built on, in one run: seconds, and their ratios.

Each is timed in turn with what it is compared to, so that what else the machine does slows both.
"""

import importlib
from argparse import ArgumentParser, Namespace

from gecat.errors import Status
from gecat.evaluation.bench.speed.comparison import Figures
from gecat.options import add_json, add_parts, positive, write_json

PARTS = ("photo", "app", "network", "shapes", "memory", "overlap")
REPEATS = 5


def add_options(parser: ArgumentParser) -> None:
    """Adds what `run` takes."""
    add_parts(parser, PARTS)
    parser.add_argument(
        "--repeats", type=positive, default=REPEATS, metavar="N", help=f"default: {REPEATS}"
    )
    add_json(parser)


def run(options: Namespace) -> Status:
    """Measures the parts and prints a line for each figure; returns the Status."""
    figures = Figures()
    for name in options.part or PARTS:
        part = importlib.import_module(f"gecat.evaluation.bench.speed.{name}")
        part.measure(figures, options.repeats)
        write_json(figures.to_dict(), options.json)
    return Status.DONE
