"""A State as a file: what comes back, and what earlier versions wrote."""

import dataclasses
import json

import numpy as np
from safetensors import safe_open
from safetensors.numpy import save_file

from gecat.training import radius
from gecat.training.run.checkpoint import load_state, save_state
from gecat.training.state import State


def state():
    vector = np.arange(3, dtype=np.float32)
    adam = np.float32(7), vector, vector
    return State(*[vector] * 6, adam, adam, cycle=5, seconds=0.1 + 0.2)


def test_a_players_memory_comes_back_number_for_number(tmp_path):
    vector = np.arange(3, dtype=np.float32) + 1
    memory = radius.Memory(vector, 2 * vector, 3 * vector, 4, 1 / 3, 1e-30)
    whole = dataclasses.replace(state(), generator_memory=tuple(memory))
    save_state(tmp_path / "state", whole)
    read = load_state(tmp_path / "state", state())
    assert (read.cycle, read.seconds, read.discriminator_memory) == (5, 0.1 + 0.2, ())
    assert read.generator_memory[3:] == memory[3:]
    for one, other in zip(read.generator_memory[:3], memory[:3], strict=True):
        np.testing.assert_array_equal(one, other)


def test_what_an_earlier_version_remembered_besides_is_left(tmp_path):
    save_state(tmp_path / "state", state())
    with safe_open(tmp_path / "state", framework="numpy") as file:
        numbers = json.loads(file.metadata()["gecat"])
        arrays = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
    arrays["second_moment"] = np.zeros(3, np.float32)
    numbers |= {"moment_count": 3, "length": 0.5}
    save_file(arrays, tmp_path / "old", metadata={"gecat": json.dumps(numbers)})
    read = load_state(tmp_path / "old", state())
    assert (read.cycle, read.generator_memory) == (5, ())
