"""The command line: python -m gecat segment | train | calibrate | evaluate | bench."""

import argparse
import logging
import os
import sys
import traceback
from collections.abc import Sequence

from gecat.commands import bench, calibrate, evaluate, segment, train
from gecat.errors import Status, told_of
from gecat.images.limits import allow_megapixels


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command.

    Args:
        arguments: list of words, or None for those of the process.

    Returns:
        The exit status, a `Status`; 130 where Ctrl-C ended it.
    """
    # Without it every run on a machine without a GPU begins with an error about CUDA.
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    # Without it TensorFlow's convolutions use half of what some processors can do.
    os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "1")
    # Each side of a picture compiles anew, and TensorFlow warns of that; there are few sides.
    logging.getLogger("tensorflow").setLevel(logging.ERROR)
    options = _parser().parse_args(arguments)
    if getattr(options, "max_megapixels", None):
        allow_megapixels(options.max_megapixels)
    try:
        return options.run(options)
    except KeyboardInterrupt:
        return 130
    except Exception as error:
        told = told_of(error)
        if told is None:
            traceback.print_exc()
            return Status.FAILED
        print(f"gecat {options.command}: {told}", file=sys.stderr)
        return Status.FAILED if isinstance(error, MemoryError) else Status.WRONG_USE


def _parser():
    parser = argparse.ArgumentParser(prog="gecat", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for command in (segment, train, calibrate, evaluate, bench):
        command.register(commands)
    return parser


if __name__ == "__main__":
    sys.exit(main())
