"""Under TensorFlow and under JAX the same weights and photos come to the same weights."""

import json
import os
import subprocess
import sys

import pytest

from ..three_cycles import PINNED, furthest


@pytest.mark.parametrize("backend", ["tensorflow", "jax"])
def test_a_backend_walks_the_pinned_cycles(tmp_path, backend):
    """In a process of its own: Keras chooses its backend once."""
    found = tmp_path / "found.json"
    result = subprocess.run(
        [sys.executable, "-m", "tests.training.three_cycles", str(found)],
        env={**os.environ, "KERAS_BACKEND": backend, "JAX_PLATFORMS": "cpu"},
        capture_output=True,
        text=True,
        timeout=280,
    )
    assert result.returncode == 0, result.stderr[-2000:]
    distance, place = furthest(json.loads(found.read_text()), json.loads(PINNED.read_text()))
    assert distance < 1e-3, place
