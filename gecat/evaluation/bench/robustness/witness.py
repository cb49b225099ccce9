"""Notes, inside of the app's processes, what they must never do: connect, or write elsewhere.

They import this file before anything else. It stands alone: nothing of the package is imported.
"""

import json
import os
import sys
from collections.abc import Callable

NOTES = "GECAT_WITNESS_NOTES"  # the file that notes go to
PLACES = "GECAT_WITNESS_PLACES"  # folders that may be written to, and ports that may be asked
CONNECTING = ("socket.connect", "socket.getaddrinfo", "socket.sendto")
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_TRUNC
MAKING = ("os.mkdir", "os.rename", "os.link", "os.symlink")
HERE = ("127.0.0.1", "localhost", "0.0.0.0", "::1")


def watch(places: list[str], ports: list[int], note: Callable[[str, str], object]) -> None:
    """Calls `note` with each connection and each file written that is not allowed.

    Args:
        places: folders that may be written to; ports: of this machine that may be asked.
        note: function of the kind and what of it.
    """
    allowed = tuple(os.path.realpath(place) for place in places)

    def is_elsewhere(path):
        if not isinstance(path, (str, bytes, os.PathLike)):
            return False  # a file that is open already
        path = os.path.realpath(os.fsdecode(path))
        return path != os.devnull and not path.startswith(allowed) and "__pycache__" not in path

    def look(event, arguments):
        if event in CONNECTING:
            address = arguments[0 if event == "socket.getaddrinfo" else 1]
            port = arguments[1] if event == "socket.getaddrinfo" else None
            if event != "socket.getaddrinfo":
                if not isinstance(address, tuple):
                    return  # a socket of the file system
                address, port = address[:2]
            if not (address in HERE and port in (*ports, 0, None)):
                note(event, repr((address, port)))
        elif event == "open":
            path, mode, flags = arguments
            asks = set(mode or "") & set("wax+") or (flags or 0) & WRITING
            if asks and is_elsewhere(path):
                note("write", os.fsdecode(path))
        elif event in MAKING and is_elsewhere(arguments[1 if event != "os.mkdir" else 0]):
            note("write", os.fsdecode(arguments[1 if event != "os.mkdir" else 0]))

    sys.addaudithook(look)


def _begin():
    told = json.loads(os.environ[PLACES])
    notes = os.open(os.environ[NOTES], os.O_WRONLY | os.O_APPEND | os.O_CREAT)

    def note(kind, what):
        os.write(notes, (json.dumps([kind, what]) + "\n").encode())

    watch(told["places"], told["ports"], note)


if NOTES in os.environ:
    _begin()
