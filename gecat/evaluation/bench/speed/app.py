"""Until the app answers, beside an app of Gradio's that holds nothing; and its first masks."""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from gecat.evaluation.bench.robustness.processes import memory_of
from gecat.evaluation.bench.robustness.serving import SERVE, free_port
from gecat.evaluation.bench.robustness.visitor import Visitor, is_up
from gecat.evaluation.bench.speed.comparison import Figures, in_turn
from gecat.files import PACKAGE, asset

EMPTY = """
import sys, gradio
with gradio.Blocks() as demo:
    gradio.Markdown("nothing")
demo.launch(server_name="127.0.0.1", server_port=int(sys.argv[2]), quiet=True)
"""
PATIENCE = 120.0


def measure(figures: Figures, repeats: int) -> None:
    """Times the start of both, and in ours the first and the second mask."""
    masks: list[tuple[float, float]] = []
    memory: list[float] = []

    def ask(url, pid):
        memory.append(memory_of(pid) / 1e6)
        with Visitor(url) as visitor:
            photo = visitor.upload(next(asset("examples").glob("*.jpg")).read_bytes(), "photo.jpg")
            masks.append((_seconds(visitor, photo), _seconds(visitor, photo)))
        memory.append(memory_of(pid) / 1e6)

    ours, empty = in_turn(
        repeats, lambda: seconds_to_answer(SERVE, ask), lambda: seconds_to_answer(EMPTY)
    )
    figures.compare("the app answers", ours, "an empty Gradio app", empty, "s")
    first, second = ([pair[index] for pair in masks[1:]] for index in (0, 1))
    figures.compare("the first mask", first, "the second", second, "s")
    figures.tell("the app's memory before a mask", memory[-2], "MB")
    figures.tell("the app's memory after two", memory[-1], "MB")


def seconds_to_answer(code, ask=None):
    """Begins an app and waits until it answers.

    Args:
        code: what Python runs, with --port N among its words.
        ask: called with its address and its pid before it is ended, or None.
    """
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    with tempfile.TemporaryDirectory() as folder:
        words = ["--port", str(port)]
        if code == SERVE:
            words += ["--host", "127.0.0.1", "--runs", str(Path(folder) / "runs")]
        start = time.perf_counter()
        process = subprocess.Popen(
            [sys.executable, "-c", code, *words],
            env={
                **os.environ,
                "PYTHONPATH": str(PACKAGE.parent),
                "TMPDIR": folder,
                "GRADIO_ANALYTICS_ENABLED": "False",
            },
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            while not is_up(url):
                if process.poll() is not None or time.perf_counter() - start > PATIENCE:
                    raise RuntimeError("an app did not answer")
                time.sleep(0.01)
            seconds = time.perf_counter() - start
            if ask:
                ask(url, process.pid)
        finally:
            process.terminate()
            process.wait()
    return seconds


def _seconds(visitor, photo):
    start = time.perf_counter()
    done, told = visitor.segment(photo)
    if not done:
        raise RuntimeError(f"the app gave no mask: {told}")
    return time.perf_counter() - start
