"""The command line: python -m gecat segment | train | calibrate | evaluate | bench."""

import argparse
import logging
import os
import sys

from gecat.commands import bench, calibrate, evaluate, segment, train


def main(arguments=None):
    """Runs one command.

    Args:
        arguments: list of words, or None for those of the process.

    Returns:
        The exit status: 0 done, 1 done but for some files, 2 not done.
    """
    # Without it every run on a machine without a GPU begins with an error about CUDA.
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    # Without it TensorFlow's convolutions use half of what some processors can do.
    os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "1")
    # Each side of a picture compiles anew, and TensorFlow warns of that; there are few sides.
    logging.getLogger("tensorflow").setLevel(logging.ERROR)
    options = _parser().parse_args(arguments)
    try:
        return options.run(options)
    except (ValueError, OSError) as error:
        print(f"gecat {options.command}: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130


def _parser():
    parser = argparse.ArgumentParser(prog="gecat", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for command in (segment, train, calibrate, evaluate, bench):
        command.register(commands)
    return parser


if __name__ == "__main__":
    sys.exit(main())
