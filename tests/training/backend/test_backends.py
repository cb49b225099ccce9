"""Under TensorFlow and under JAX the same weights and photos come to the same weights."""

import json
import os
import subprocess
import sys

import numpy as np
import pytest

from gecat.model.weights import load_weights
from gecat.training.loop import STAGES
from gecat.training.run.folder import read_stats

from ...conftest import ROOT
from ..three_cycles import PINNED, furthest


@pytest.mark.slow
def test_jax_walks_the_cycles_that_tensorflow_is_pinned_to(tmp_path):
    """In a process of its own: Keras chooses its backend once."""
    found = tmp_path / "found.json"
    result = subprocess.run(
        [sys.executable, "-m", "tests.training.three_cycles", str(found)],
        env={**os.environ, "KERAS_BACKEND": "jax", "JAX_PLATFORMS": "cpu"},
        capture_output=True,
        text=True,
        timeout=280,
    )
    assert result.returncode == 0, result.stderr[-2000:]
    distance, place = furthest(json.loads(found.read_text()), json.loads(PINNED.read_text()))
    assert distance < 1e-3, place


@pytest.mark.slow
def test_all_stages_run_under_jax_from_the_command_line(tmp_path):
    """Pretraining, the anchor with rounds of self-training, D's warm-up, a gradient epoch.

    TensorFlow need not be installed: no process of the run can import it.
    """
    missing = tmp_path / "missing"
    missing.mkdir()
    (missing / "tensorflow.py").write_text("raise ImportError('no TensorFlow here')\n")
    settings = {
        "size": 32,
        "photo_size": 48,
        "inference_size": 64,
        "generator_widths": "4,8",
        "discriminator_widths": "4,8",
        "batch_size": 8,
        "generator_steps": 2,
        "weight_decay": 0.02,
        "composite_share": 0.25,
        "pretraining_share": 0.25,
        "pretraining_size": 32,
        "pretraining_batch": 8,
        "anchor_share": 0.25,
        "warmup_share": 0.25,
        "renew_from": 0.0,
        "renew_until": 0.5,
    }
    command = [sys.executable, "-m", "gecat", "train", "--data", "scenes", "--limit", "12"]
    command += ["--run", str(tmp_path / "run"), "--cycles", "8", "--workers", "1"]
    command += [word for pair in settings.items() for word in ("--set", "{}={}".format(*pair))]
    # XLA compiles for as long as all else takes together, and nothing is compared to a digit here.
    hasty = {"XLA_FLAGS": "--xla_backend_optimization_level=0"}
    hasty |= {"PYTHONPATH": os.pathsep.join([str(missing), str(ROOT)])}
    result = subprocess.run(
        command,
        env={**os.environ, "KERAS_BACKEND": "jax", "JAX_PLATFORMS": "cpu", **hasty},
        capture_output=True,
        text=True,
        timeout=280,
    )
    assert result.returncode == 0, result.stderr[-2000:]
    stats = read_stats(tmp_path / "run")
    stages = [line["stage"] for line in stats]
    assert stages == [stage for stage in STAGES for _ in range(2)]
    assert all("encoder_loss" in line for line in stats[:2])
    assert all(line["generator_loss"] > 0.0 for line in stats[2:4])
    assert stats[-1]["step_lengths"] and stats[-1]["renewed"] in (0, 1, 2, 3)
    # Whatever learned the weights, the other backend reads them.
    loaded = load_weights(tmp_path / "run" / "weights.safetensors")
    assert loaded.config.composite_share == 0.25
    assert all(np.isfinite(weight).all() for weight in loaded.generator.get_weights())


def test_several_devices_need_tensorflow():
    code = "from gecat.training.backend import make_strategy; make_strategy('mirrored')"
    result = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "KERAS_BACKEND": "jax"},
        capture_output=True,
        text=True,
    )
    assert "JAX learns on one device; several need TensorFlow. Received: mirrored." in result.stderr
