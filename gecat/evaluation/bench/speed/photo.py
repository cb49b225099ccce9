"""One photo from the command line, the whole process, beside importing alone."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from gecat.evaluation.bench.speed.comparison import Figures, in_turn
from gecat.files import PACKAGE, asset

IMPORTS = ("tensorflow", "ai_edge_litert.interpreter")


FIGURES = ("s", "s of the processor", "MB")


def measure(figures: Figures, repeats: int) -> None:
    """Times `gecat segment` of one photo, and takes the memory of its process."""
    photo = next(asset("examples").glob("*.jpg"))
    with tempfile.TemporaryDirectory() as out:
        commands = {"one photo": ["-m", "gecat", "segment", str(photo), "--out", out]}
        commands |= {f"import {name}": ["-c", f"import {name}"] for name in IMPORTS}
        found = in_turn(repeats, *(partial(run_process, words) for words in commands.values()))
    ours, *others = (list(zip(*each, strict=True)) for each in found)
    for name, theirs in zip(list(commands)[1:], others, strict=True):
        for unit, mine, other in zip(FIGURES, ours, theirs, strict=True):
            figures.compare("one photo, whole process", mine, name, other, unit)


# What a process takes is told by a small parent: a child begins with the peak of whoever starts it.
PARENT = """
import json, resource, subprocess, sys, time
start = time.perf_counter()
quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
code = subprocess.run(sys.argv[1:], **quiet).returncode
seconds, usage = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
print(json.dumps([code, seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024]))
"""


def run_process(words: Sequence[str]) -> tuple[float, float, float]:
    """Runs Python with some words to its end.

    Returns:
        (seconds, seconds of the processor, the most memory that it had in MB).

    Raises:
        RuntimeError: if it fails.
    """
    told = subprocess.run(
        [sys.executable, "-S", "-c", PARENT, sys.executable, *words],
        env={**os.environ, "PYTHONPATH": str(PACKAGE.parent), "TF_CPP_MIN_LOG_LEVEL": "3"},
        stdout=subprocess.PIPE,
        check=True,
    )
    code, seconds, worked, megabytes = json.loads(told.stdout)
    if code:
        raise RuntimeError(f"{Path(sys.executable).name} {' '.join(words)} failed")
    return seconds, worked, megabytes
