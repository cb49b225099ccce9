"""`gecat export`: weights as files that other programs run."""

import argparse
from argparse import Namespace
from pathlib import Path

from gecat.errors import Status
from gecat.model.export import KINDS, export
from gecat.model.weights import litert_name


def register(commands: argparse._SubParsersAction) -> None:
    """Adds `export` to the parser's commands."""
    parser = commands.add_parser("export", help="write weights as a file that other programs run")
    parser.add_argument("--weights", required=True, metavar="FILE", help="what to export")
    parser.add_argument("--to", required=True, choices=KINDS, help="the form")
    parser.add_argument(
        "--out",
        required=True,
        metavar="FILE|DIR",
        help="litert: a file, or a folder, where it gets its name; others: a new folder",
    )
    parser.set_defaults(run=run)


def run(options: Namespace) -> Status:
    """Exports weights, and says how near the result is to them."""
    out = Path(options.out)
    if options.to == "litert" and out.is_dir():
        out /= litert_name(options.weights)
    difference = export(options.weights, options.to, out)
    print(f"written to {out}; probabilities differ by {difference:.1e} at most")
    return Status.DONE
