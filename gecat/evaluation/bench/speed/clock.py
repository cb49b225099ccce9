"""A training's clock: from the command or the click to its first cycle, and on to its end."""

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from gecat.evaluation.bench.robustness.serving import App
from gecat.evaluation.bench.speed.comparison import Figures, in_turn
from gecat.evaluation.bench.speed.photo import run_process
from gecat.files import PACKAGE

SECONDS = 30  # of learning
READING = 15.0  # seconds between the opening of the Train tab and a click on its button


def measure(figures: Figures, repeats: int) -> None:
    """Times a training on scenes as the command line begins it, beside importing TensorFlow."""
    # One turn takes a minute.
    runs, imports = in_turn(1, _train, lambda: run_process(["-c", "import tensorflow"])[0])
    first, pictures, rest, learned = map(list, zip(*runs, strict=True))
    figures.compare("the first cycle", first, "import tensorflow", imports, "s")
    figures.compare("the first picture", pictures, "import tensorflow", imports, "s")
    figures.compare("from the first cycle to the end", rest, "learning asked for", learned, "s")
    opened, at_once = in_turn(1, lambda: _click(READING), lambda: _click(0.0))
    figures.compare("from the click to the first picture", opened, "tab never opened", at_once, "s")


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


def _click(reading):
    """Seconds from the click to the first picture, the tab being open for so many, or never."""
    with tempfile.TemporaryDirectory() as place, App(place) as app, app.visitor() as visitor:
        if reading:
            visitor.call("expect")
            time.sleep(reading)
        start = time.perf_counter()
        visitor.start(SECONDS)
        return _until(app.process, lambda: any(app.runs.glob("*/pictures/0*.png"))) - start


def _size(path):
    return path.stat().st_size if path.exists() else 0


def _until(process, happened):
    """The moment at which something has happened."""
    while not happened():
        if process.poll() is not None:
            raise RuntimeError("it ended before its training's first cycle")
        time.sleep(0.02)
    return time.perf_counter()
