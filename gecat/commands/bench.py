"""`gecat bench`: what is compared and measured, one bench a file of `gecat.evaluation.bench`."""

import argparse
import importlib
from argparse import Namespace

from gecat.errors import Status
from gecat.evaluation.bench import BENCHES


def register(commands: argparse._SubParsersAction) -> None:
    """Adds `bench` to the parser's commands."""
    width = max(map(len, BENCHES))
    parser = commands.add_parser(
        "bench",
        help="compare methods side by side",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        epilog="kinds:\n" + "\n".join(f"  {kind:{width}}  {BENCHES[kind]}" for kind in BENCHES),
    )
    parser.add_argument("kind", choices=BENCHES, metavar="KIND", help="one of those below")
    parser.add_argument("words", nargs=argparse.REMAINDER, help=argparse.SUPPRESS)
    parser.set_defaults(run=run)


def run(options: Namespace) -> Status:
    """Runs one bench; the others, and what they need, are not even imported."""
    bench = importlib.import_module(f"gecat.evaluation.bench.{options.kind}")
    parser = argparse.ArgumentParser(prog=f"gecat bench {options.kind}", description=bench.__doc__)
    bench.add_options(parser)
    return bench.run(parser.parse_args(options.words))
