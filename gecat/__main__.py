"""The command line: python -m gecat, then segment, train, race, evaluate or another command."""

import argparse
import io
import os
import sys
import traceback
import warnings
from collections.abc import Sequence

from gecat.commands import bench, calibrate, evaluate, export, hub, race, segment, spare, train
from gecat.errors import Status, is_out_of_memory, told_of
from gecat.images.limits import allow_megapixels
from gecat.quiet import keep_tensorflow_quiet, share_gpus


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command.

    Args:
        arguments: list of words, or None for those of the process.

    Returns:
        The exit status, a `Status`; 130 where Ctrl-C ended it.
    """
    # Without it TensorFlow's convolutions use half of what some processors can do.
    os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "1")
    keep_tensorflow_quiet()
    share_gpus()
    warnings.filterwarnings("ignore", module="PIL")  # of metadata; a bad photo is refused in words
    # A console that knows few letters, as of cp1252, shows the others by their numbers.
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
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
        return Status.FAILED if is_out_of_memory(error) else Status.WRONG_USE


def _parser():
    parser = argparse.ArgumentParser(prog="gecat", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for command in (segment, train, race, calibrate, evaluate, export, hub, bench, spare):
        command.register(commands)
    return parser


if __name__ == "__main__":
    sys.exit(main())
