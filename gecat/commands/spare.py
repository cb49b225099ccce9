"""`gecat spare`: imports all that a training needs, and waits until an app hands it a command line.

The other end of its socket is `gecat.jobs.spare`; nobody types this command.
"""

import argparse
import importlib
import json
import os
import socket
from argparse import Namespace

from gecat.errors import Status

NEEDED = ("gecat.training.loop", "gecat.training.race.race", "gecat.training.train")


def register(commands: argparse._SubParsersAction) -> None:
    """Adds `spare` to the parser's commands, and to no help."""
    parser = commands.add_parser("spare")
    parser.add_argument("line", type=int, help="descriptor of the socket")
    parser.set_defaults(run=lambda options: _wait(options, commands.choices))


def _wait(options: Namespace, parsers: dict[str, argparse.ArgumentParser]) -> Status:
    """Waits for a command line and runs it; where the app is gone there is nothing to run."""
    for module in NEEDED:
        importlib.import_module(module)
    with socket.socket(fileno=options.line) as line:
        _, files, _, _ = socket.recv_fds(line, 1, 2)
        told = line.makefile().read()
    if not told:
        return Status.DONE
    order, output = json.loads(told), files[0]  # the other stays open: a lock is on it
    for stream in (1, 2):
        os.dup2(output, stream)
    os.close(output)
    os.chdir(order["folder"])
    command, *words = order["words"]
    asked = parsers[command].parse_args(words, Namespace(command=command))
    return asked.run(asked)
