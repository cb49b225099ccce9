"""What three cycles come to is pinned: whoever changes it says so in the log, and pins it anew.

`python tests/training/three_cycles.py tests/training/three_cycles.json` writes the file.
"""

import json

import pytest

from .three_cycles import PINNED, furthest, told, walk_three_cycles


@pytest.fixture(scope="module")
def cycles():
    return walk_three_cycles()


def test_three_cycles_come_to_the_pinned_weights(cycles):
    distance, place = furthest(told(cycles), json.loads(PINNED.read_text()))
    assert distance < 1e-4, place


def test_the_cycles_are_of_the_three_stages(cycles):
    stages = [figures["stage"] for _, figures in cycles]
    assert stages == ["anchor", "warm-up", "adversarial"]
    assert len(cycles[2][1]["step_lengths"]) == 3 and min(cycles[2][1]["step_lengths"]) > 0.0
