"""What processes take: memory, processor time, open files, connections; read from /proc."""

import contextlib
import os
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

LOOK_SECONDS = 0.1
TICKS = os.sysconf("SC_CLK_TCK")
ESTABLISHED_OR_ASKED = ("01", "02")  # states of /proc/net/tcp: connected, and waiting to be


@dataclass
class Taken:
    """The most that one process was seen to take.

    Attributes:
        label: what kind of process it is.
        memory: bytes, its own peak as the system keeps it.
        seconds: of the processor.
    """

    label: str
    memory: int = 0
    seconds: float = 0.0


class Watch:
    """Looks again and again at processes and all that descend from them, in a thread.

    Args:
        roots: a function that returns the pids to look at; what they began is found.
    """

    def __init__(self, roots: Callable[[], Iterable[int]]) -> None:
        self._roots = roots
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._look, name="watch", daemon=True)
        self.taken: dict[tuple[int, str], Taken] = {}  # by pid and when it began

    def __enter__(self) -> "Watch":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()

    def peaks(self) -> dict[str, Taken]:
        """Returns the most that any process of each label took."""
        most: dict[str, Taken] = {}
        for one in list(self.taken.values()):
            known = most.setdefault(one.label, Taken(one.label))
            known.memory = max(known.memory, one.memory)
            known.seconds = max(known.seconds, one.seconds)
        return most

    def seconds(self) -> float:
        """Returns the seconds of the processor that all of them together took."""
        return sum(one.seconds for one in list(self.taken.values()))

    def _look(self):
        while not self._ended.wait(LOOK_SECONDS):
            for pid in family(self._roots()):
                with contextlib.suppress(OSError, IndexError, ValueError):
                    began, seconds = _times(pid)
                    one = self.taken.setdefault((pid, began), Taken(label_of(pid)))
                    one.memory = max(one.memory, memory_of(pid, "VmHWM"))
                    one.seconds = max(one.seconds, seconds)


def family(roots: Iterable[int]) -> list[int]:
    """Returns the pids of processes that live and of all that descend from them."""
    children: dict[int, list[int]] = {}
    for entry in os.scandir("/proc"):
        if entry.name.isdigit():
            with contextlib.suppress(OSError, IndexError, ValueError):
                children.setdefault(int(_stat(int(entry.name))[1]), []).append(int(entry.name))
    found, waiting = [], [pid for pid in roots if Path(f"/proc/{pid}").exists()]
    while waiting:
        pid = waiting.pop()
        found.append(pid)
        waiting += children.get(pid, [])
    return found


def label_of(pid: int) -> str:
    """Returns what kind of process of ours a pid is: "app", "reader", "training" or "other".

    The server of the readers is the one whose parent is no such server.
    """
    words = _words(pid)
    if "gecat.images.readers" in words:
        parent = int(_stat(pid)[1])
        return "reader" if "gecat.images.readers" in _words(parent) else "reader's server"
    if "gecat.app.main" in words:
        return "app"
    return "training" if {"train", "spare"} & {*words} else "other"


def memory_of(pid: int, what: str = "VmRSS") -> int:
    """Returns bytes of a process: VmRSS, what it has, or VmHWM, the most that it had; 0 if gone."""
    with contextlib.suppress(OSError):
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith(what):
                return 1024 * int(line.split()[1])
    return 0


def open_files(pid: int) -> int:
    """Returns how many files a process has open."""
    try:
        return sum(1 for _ in Path(f"/proc/{pid}/fd").iterdir())
    except OSError:
        return 0


def lives(pid: int) -> bool:
    """Returns whether a process runs; one that has ended and nobody waited for does not."""
    try:
        return _stat(pid)[0] != "Z"
    except (OSError, IndexError):
        return False


def connections(pid: int, allowed_ports: Iterable[int]) -> list[str]:
    """Returns the network connections of a process that begin or end at no allowed port here.

    Args:
        pid: of the process; allowed_ports: ports of this machine that it serves.
    """
    mine = set()
    with contextlib.suppress(OSError):
        for entry in Path(f"/proc/{pid}/fd").iterdir():
            with contextlib.suppress(OSError):
                mine.add(str(entry.readlink()))
    allowed, found = set(allowed_ports), []
    for table in ("tcp", "tcp6", "udp", "udp6"):
        with contextlib.suppress(OSError):
            for line in Path(f"/proc/{pid}/net/{table}").read_text().splitlines()[1:]:
                words = line.split()
                ports = {int(end.rpartition(":")[2], 16) for end in words[1:3]}
                if (
                    words[3] in ESTABLISHED_OR_ASKED
                    and f"socket:[{words[9]}]" in mine
                    and not ports & allowed
                ):
                    found.append(f"{table} {words[2]}")
    return found


def _stat(pid):
    """Fields of /proc/PID/stat from the state on: state, parent, ..."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()


def _times(pid):
    """(when a process began, seconds of the processor that it took)."""
    fields = _stat(pid)
    return fields[19], (int(fields[11]) + int(fields[12])) / TICKS


def _words(pid):
    text = Path(f"/proc/{pid}/cmdline").read_bytes().decode(errors="replace")
    return text.replace("\0", " ").replace(";", " ").split()
