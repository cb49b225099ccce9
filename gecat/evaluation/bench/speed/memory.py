"""Many masks of many sizes in one process: its memory after the first 50, and in the end."""

import json
import os
import subprocess
import sys

import numpy as np

from gecat.evaluation.bench.robustness.processes import memory_of
from gecat.evaluation.bench.speed.comparison import Figures
from gecat.files import PACKAGE

MASKS, FIRST = 500, 50


def measure(figures: Figures, repeats: int) -> None:
    """Makes the masks in a process of its own, whose memory nothing else has touched."""
    code = f"from {__name__} import make_masks; make_masks()"
    told = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONPATH": str(PACKAGE.parent)},
        capture_output=True,
        check=True,
    )
    after_first, after_all = json.loads(told.stdout)
    name = f"memory after {MASKS} masks of {MASKS} sizes"
    figures.compare(name, [after_all], f"after {FIRST}", [after_first], "MB")


def make_masks() -> None:
    """Makes masks, refined and judged, of photos of as many sizes; prints the memory in MB."""
    from gecat.inference.segmenter import load

    segmenter, random = load(), np.random.default_rng(0)
    memory = []
    for number in range(MASKS):
        height, width = random.integers(200, 1200, 2)
        segmenter(random.integers(0, 256, (height, width, 3), np.uint8), refine=True)
        if number + 1 in (FIRST, MASKS):
            memory.append(memory_of(os.getpid()) / 1e6)
    print(json.dumps(memory))
