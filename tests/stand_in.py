"""A training without networks, for whoever asks how jobs are started, steered and ended."""

import sys
import time

import pytest

# It holds its folder, counts cycles and obeys, in a real process.
STAND_IN = """
import json, signal, sys, time
from pathlib import Path
from gecat.training.run.folder import control, hold, read_control
folder, seconds = Path(sys.argv[1]), float(sys.argv[2])
told = []
signal.signal(signal.SIGTERM, lambda *_: told.append("end"))
with hold(folder):
    stats = folder / "stats.jsonl"
    lines = stats.read_text().splitlines() if stats.exists() else []
    spent = json.loads(lines[-1])["seconds"] if lines else 0.0
    cycle = len(lines)
    while spent < seconds and not told:
        command, part = read_control(folder)
        if command == "stop":
            break
        if command == "pause":
            time.sleep(0.02)
            continue
        spent += 0.5
        cycle += 1
        line = {"cycle": cycle, "seconds": spent, "stage": "anchor", "part": part}
        with stats.open("a") as file:
            file.write(json.dumps(line) + "\\n")
        (folder / "weights.safetensors").write_text("weights")
        if command == "step":
            control(folder, "pause", part)
        time.sleep(0.05)
"""


def stand_in(job, folder, data, limit):
    return [sys.executable, "-c", STAND_IN, str(folder), str(job.seconds)]


def wait_for(condition, patience=90):
    """Waits until a condition holds; fails when it never does."""
    deadline = time.monotonic() + patience
    while not condition():
        if time.monotonic() > deadline:
            pytest.fail("what was waited for did not happen")
        time.sleep(0.05)
