"""One photo from the command line, the whole process, beside importing alone."""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from gecat.evaluation.bench.speed.comparison import Figures, in_turn
from gecat.files import PACKAGE, asset

IMPORTS = ("tensorflow", "ai_edge_litert.interpreter")


def measure(figures: Figures, repeats: int) -> None:
    """Times `gecat segment` of one photo, and takes the memory of its process."""
    photo = next(asset("examples").glob("*.jpg"))
    memory: dict[str, list[float]] = {}
    with tempfile.TemporaryDirectory() as out:
        ours = ["-m", "gecat", "segment", str(photo), "--out", out]
        commands = {"one photo": ours} | {
            f"import {name}": ["-c", f"import {name}"] for name in IMPORTS
        }

        def timed(name):
            seconds, megabytes = run_process(commands[name])
            memory.setdefault(name, []).append(megabytes)
            return seconds

        functions = [lambda name=name: timed(name) for name in commands]
        mine, *others = in_turn(repeats, *functions)
    for name, theirs in zip(list(commands)[1:], others, strict=True):
        figures.compare("one photo, whole process", mine, name, theirs, "s")
        figures.compare("one photo, memory", memory["one photo"][1:], name, memory[name][1:], "MB")


def run_process(words: Sequence[str]) -> tuple[float, float]:
    """Runs Python with some words to its end.

    Returns:
        (seconds, the most memory that it had in MB).
    """
    start = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, *words],
        env={**os.environ, "PYTHONPATH": str(PACKAGE.parent), "TF_CPP_MIN_LOG_LEVEL": "3"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"{Path(sys.executable).name} {' '.join(words)} failed")
    return seconds, usage.ru_maxrss / 1024
