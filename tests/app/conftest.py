import base64
import csv
import io
import re
import sys
import time

import pytest

from gecat.app.jobs import Jobs

# A training without networks: it holds its folder, counts cycles and obeys, in a real process.
STAND_IN = """
import json, sys, time
from pathlib import Path
from gecat.training.folder import control, hold, read_control
folder, seconds = Path(sys.argv[1]), float(sys.argv[2])
with hold(folder):
    stats = folder / "stats.jsonl"
    lines = stats.read_text().splitlines() if stats.exists() else []
    spent = json.loads(lines[-1])["seconds"] if lines else 0.0
    cycle = len(lines)
    while spent < seconds:
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


@pytest.fixture(autouse=True)
def uploads(tmp_path, monkeypatch):
    """What a test writes counts as uploaded."""
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(tmp_path))


@pytest.fixture
def open_jobs(tmp_path):
    """Makes Jobs on one root, with trainings that learn nothing unless a command is given."""
    opened = []

    def make(command=stand_in, **options):
        opened.append(Jobs(tmp_path / "runs", command=command, **options))
        return opened[-1]

    yield make
    for jobs in opened:
        jobs.close()


def wait_for(condition, patience=90):
    """Waits until a condition holds; fails when it never does."""
    deadline = time.monotonic() + patience
    while not condition():
        if time.monotonic() > deadline:
            pytest.fail("what was waited for did not happen")
        time.sleep(0.05)


@pytest.fixture
def numbers():
    """Reads the rows of the CSV that a figure carries."""

    def read(figure):
        data = re.search(r'href="data:text/csv;base64,([^"]+)"', figure)[1]
        return list(csv.DictReader(io.StringIO(base64.b64decode(data).decode("utf-8-sig"))))

    return read
