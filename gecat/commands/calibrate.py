"""`gecat calibrate`: gives masks the size of a teacher's cuts."""

import argparse
from argparse import Namespace

from gecat.errors import Status
from gecat.options import add_megapixels, positive, tell_left_out


def register(commands: argparse._SubParsersAction) -> None:
    """Adds `calibrate` to the parser's commands."""
    parser = commands.add_parser("calibrate", help="give masks the size of a teacher's cuts")
    parser.add_argument("--weights", required=True, metavar="FILE", help="what to calibrate")
    parser.add_argument("--teacher", required=True, metavar="FILE", help="weights that teach")
    parser.add_argument("--data", required=True, metavar="DIR|ZIP|NPY", help="photos to look at")
    parser.add_argument("--out", required=True, metavar="FILE", help="the weights file to write")
    parser.add_argument("--limit", type=positive, default=400, metavar="N", help="default: 400")
    parser.add_argument(
        "--size", type=positive, metavar="N", help="longer side at prediction; default: as it was"
    )
    add_megapixels(parser)
    parser.set_defaults(run=run)


def run(options: Namespace) -> Status:
    """Calibrates weights and says by how much; some photos may be left out."""
    from gecat.training.calibration import calibrate

    shift, skipped = calibrate(
        options.weights, options.teacher, options.data, options.out, options.limit, options.size
    )
    tell_left_out(skipped)
    print(f"{shift:+.2f} taken off every logit; weights written to {options.out}")
    return Status.SOME_SKIPPED if skipped else Status.DONE
