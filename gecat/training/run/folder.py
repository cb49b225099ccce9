"""What lies in a run's folder, for whoever watches or steers it; needs no TensorFlow."""

import json
import time
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from gecat.config import Config
from gecat.errors import RunError, UserError, name_of
from gecat.files import write_atomically

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]

COMMANDS = ("run", "slow", "step", "pause", "stop")
PARTS = ("both", "discriminator", "generator")
HOLD_SECONDS = 1.0  # far longer than a look at the lock takes
TAIL_BYTES = 1 << 16  # holds the last line of any stats.jsonl


def control(folder, command, part="both"):
    """Tells a run what to do; it obeys after the cycle that it is in.

    Args:
        folder: the run's folder.
        command: "run", "slow" (waits at each stage of a cycle), "step" (one cycle, then pause),
            "pause" or "stop".
        part: which networks learn, "both", "discriminator" or "generator".

    Raises:
        ValueError: for another command or part.
    """
    if command not in COMMANDS:
        raise ValueError(f"command must be one of {', '.join(COMMANDS)}, received {command!r}")
    if part not in PARTS:
        raise ValueError(f"part must be one of {', '.join(PARTS)}, received {part!r}")
    write_atomically(Path(folder) / "control", f"{command} {part}".encode())


def read_control(folder):
    """Returns (command, part); ("run", "both") where nobody has said anything yet."""
    path = Path(folder) / "control"
    words = path.read_text().split() if path.exists() else []
    command = words[0] if words and words[0] in COMMANDS else "run"
    part = words[1] if len(words) > 1 and words[1] in PARTS else "both"
    return command, part


def tell(folder, doing, **facts):
    """Writes down what a run is doing right now: "reading", "learning", "paused" ..."""
    told = {"doing": doing, "at": time.time(), **facts}
    write_atomically(Path(folder) / "now.json", json.dumps(told).encode())


def read_now(folder):
    """Returns what `tell` wrote last, or an empty dict."""
    try:
        return json.loads((Path(folder) / "now.json").read_text())
    except FileNotFoundError:
        return {}


def read_stats(folder):
    """Returns the figures written so far, a dict a cycle; a torn last line is left out."""
    path = Path(folder) / "stats.jsonl"
    if not path.exists():
        return []
    lines = path.read_text().split("\n")[:-1]
    return [json.loads(line) for line in lines]


def write_stats(folder, lines):
    """Replaces the figures written so far."""
    text = "".join(json.dumps(line) + "\n" for line in lines)
    write_atomically(Path(folder) / "stats.jsonl", text.encode())


def last_stats(folder):
    """Returns the figures of the last cycle, or an empty dict, without reading the others."""
    path = Path(folder) / "stats.jsonl"
    if not path.exists():
        return {}
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - TAIL_BYTES))
        lines = file.read().split(b"\n")[:-1]
    return json.loads(lines[-1]) if lines else {}


def read_description(folder):
    """Returns config.json: the settings, where the photos came from, which were left out.

    Raises:
        RunError: if there is none.
    """
    path = Path(folder) / "config.json"
    if not path.exists():
        raise RunError("run.none_here", received=name_of(folder))
    return json.loads(path.read_text())


def skipped_of(description):
    """Returns what was left out: pairs of a name and a UserError, or a sentence in an old run.

    Args:
        description: what `read_description` returned, or a part of it.
    """
    return [
        (name, why if isinstance(why, str) else UserError.from_dict(why))
        for name, why in description.get("skipped", [])
    ]


def read_config(folder):
    """Returns the Config of a run's folder.

    Raises:
        RunError: if there is none.
    """
    return Config.from_dict(read_description(folder)["config"])


@contextmanager
def hold(folder):
    """Holds a folder while a run is under way; the hold ends with the process, however it ends.

    Raises:
        RunError: if another process holds it.
    """
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    try:
        # Whoever only looks has the lock for a moment too.
        lock = FileLock(folder / "lock").acquire(timeout=HOLD_SECONDS)
    except Timeout:
        raise RunError("run.under_way", received=name_of(folder)) from None
    with lock:
        yield


def is_held(folder):
    """Whether a process holds the folder; nothing is written, and no other look is disturbed."""
    path = Path(folder) / "lock"
    if not path.exists():
        return False
    try:
        if fcntl is None:
            with FileLock(path).acquire(timeout=0):
                return False
        # A FileLock looks by taking: to whoever else looks it would be a run.
        with path.open() as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
            return False
    except (Timeout, BlockingIOError):
        return True
