"""What a training that another process started tells and obeys."""

import json
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator
from contextlib import contextmanager

from gecat.errors import told_of
from gecat.files import write_atomically
from gecat.options import positive


def add_child(parser: ArgumentParser) -> None:
    """Adds --error-file and --deadline."""
    parser.add_argument(
        "--error-file", metavar="FILE", help="where to write, as JSON, why it could not go on"
    )
    parser.add_argument(
        "--deadline",
        type=positive,
        metavar="S",
        help="end S seconds from now, pauses included",
    )


@contextmanager
def as_child(options: Namespace) -> Iterator[None]:
    """Ends at the deadline what stands inside, and writes down why where it could not go on."""
    from gecat.training.run.deadline import end_after

    if options.deadline:
        end_after(options.deadline)
    try:
        yield
    except Exception as error:
        told = told_of(error)
        if told and options.error_file:
            write_atomically(options.error_file, json.dumps(told.to_dict()).encode())
        raise
