"""A process that has imported TensorFlow before anybody asks for a training, and waits for one.

It listens on one end of a pair of sockets. The app hands it a command line with the files that a
training of its own would have inherited; where the app is gone the socket says so, and it ends.
"""

import json
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from gecat.files import PACKAGE
from gecat.jobs.spawn import spawn

COMMAND = [sys.executable, "-m", "gecat"]  # with which a command line begins that it can take
IDLE_SECONDS = 600.0  # before one that nobody has needed is ended
ROOM = 2_000_000_000  # bytes of memory that must be free; while it waits it takes 0.8e9
MEMORY = Path("/proc/meminfo")
CONTAINER = Path("/sys/fs/cgroup")  # Linux: memory.max and what is taken of it


class Spare:
    """One process that waits, without a word of output."""

    def __init__(self) -> None:
        self._line, theirs = socket.socketpair()
        with theirs:
            line = theirs.fileno()
            words = [*COMMAND, "spare", str(line)]
            self.process = spawn(words, PACKAGE.parent, subprocess.DEVNULL, (line,))
        self._begun = time.monotonic()

    def lives(self) -> bool:
        """Returns whether it can still be asked."""
        return self.process.poll() is None

    def rest(self) -> None:
        """Ends it where nobody has needed it for long."""
        if time.monotonic() - self._begun > IDLE_SECONDS:
            self.end()

    def take(
        self, words: Sequence[str], folder: Path, output: int, life: int
    ) -> subprocess.Popen | None:
        """Lets it run a command line.

        Args:
            words: those after COMMAND; folder: where it runs.
            output: descriptor of its log; life: of the file whose lock it holds.

        Returns:
            the process, or None where it has ended meanwhile.
        """
        order = json.dumps({"folder": str(folder), "words": [*words]}).encode()
        try:
            with self._line as line:
                socket.send_fds(line, [b"\n"], [output, life])
                line.sendall(order)
        except OSError:
            self.end()
            return None
        return self.process

    def end(self) -> None:
        """Ends it, and waits until it has."""
        self._line.close()
        self.process.kill()
        self.process.wait()


def is_room() -> bool:
    """Returns whether there is memory for one; where nobody can tell there is not."""
    return min(_free_on_the_machine(), _free_in_the_container()) > ROOM


def _free_on_the_machine():
    try:
        lines = MEMORY.read_text().splitlines()
    except OSError:
        return 0
    found = dict(line.split(":", 1) for line in lines if ":" in line)
    return 1024 * int(found.get("MemAvailable", "0").split()[0])


def _free_in_the_container():
    try:
        most = int((CONTAINER / "memory.max").read_text())
        taken = int((CONTAINER / "memory.current").read_text())
        facts = dict(line.split() for line in (CONTAINER / "memory.stat").read_text().splitlines())
        return most - taken + int(facts["inactive_file"])
    except (OSError, ValueError, KeyError):  # no container, or one that may take all
        return sys.maxsize
