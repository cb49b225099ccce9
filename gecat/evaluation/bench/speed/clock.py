"""A training's clock: from the command to its first cycle, and from there to its end."""

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from gecat.evaluation.bench.speed.comparison import Figures, in_turn
from gecat.evaluation.bench.speed.photo import run_process
from gecat.files import PACKAGE

SECONDS = 30  # of learning


def measure(figures: Figures, repeats: int) -> None:
    """Times a training on scenes as the command line begins it, beside importing TensorFlow."""
    # One turn takes a minute.
    runs, imports = in_turn(1, _train, lambda: run_process(["-c", "import tensorflow"])[0])
    first, pictures, rest, learned = map(list, zip(*runs, strict=True))
    figures.compare("the first cycle", first, "import tensorflow", imports, "s")
    figures.compare("the first picture", pictures, "import tensorflow", imports, "s")
    figures.compare("from the first cycle to the end", rest, "learning asked for", learned, "s")


def _train():
    """Seconds to the first cycle and to the first picture, from that cycle on, and asked for."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "run"
        words = ["-m", "gecat", "train", "--data", "scenes", "--run", str(folder)]
        start = time.perf_counter()
        process = subprocess.Popen(
            [sys.executable, *words, "--seconds", str(SECONDS)],
            env={**os.environ, "PYTHONPATH": str(PACKAGE.parent)},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        picture = _until(process, lambda: any((folder / "pictures").glob("0*.png"))) - start
        cycle = _until(process, lambda: _size(folder / "stats.jsonl")) - start
        if process.wait():
            raise RuntimeError("a training failed")
        end = time.perf_counter() - start
        # Nothing is compared that did not learn for as long as it should.
        last = json.loads((folder / "stats.jsonl").read_text().splitlines()[-1])
        if last["progress"] < 1.0:
            raise RuntimeError(f"a training ended early, at {last['progress']:.2f} of its time")
        return cycle, picture, end - cycle, float(SECONDS)


def _size(path):
    return path.stat().st_size if path.exists() else 0


def _until(process, happened):
    """The moment at which something has happened."""
    while not happened():
        if process.poll() is not None:
            raise RuntimeError("a training ended before its first cycle")
        time.sleep(0.02)
    return time.perf_counter()
