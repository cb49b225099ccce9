"""Two real processes that learn together follow the path of one alone."""

import contextlib
import json
import os
import secrets
import socket
import subprocess
import sys

import numpy as np
import pytest

from gecat.model.weights import load_weights
from gecat.training.backend import make_strategy

_WORKER = """
import sys
import numpy as np
import tensorflow as tf
from gecat.training.backend import make_strategy
strategy = make_strategy(sys.argv[1])  # before anything else makes TensorFlow start
from gecat.config import preset
from gecat.images.batches import shuffled_batch
from gecat.images.datasets import load_photos
from gecat.training.engine import Engine
from gecat.training.losses import full_weights

config = preset("small", generator_widths=(8, 16), discriminator_widths=(8, 16), batch_size=8)
config = config.replace(radius_tried=False)
photos = load_photos("scenes", 64, prior="barrier", limit=16)
tf.keras.utils.set_random_seed(0)
engine = Engine(config, strategy)
state = engine.initial_state()
frozen = engine.freeze(shuffled_batch(photos, 8, 0, 0), (0, 1))
weights = {**full_weights(config), "adversarial": 0.5}
state, _ = engine.play(state, lambda: frozen, weights, 1.0, "generator")
state, _ = engine.teach_discriminator(state, frozen)
np.savez(sys.argv[2], generator=state.generator, discriminator=state.discriminator)
"""


def two_free_ports():
    """Ports below those that the system hands out: no other test is given one of them meanwhile."""
    found = set()
    while len(found) < 2:
        port = 20_000 + secrets.randbelow(10_000)
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            found.add(port)
    return found


def start(arguments, environment=None):
    return subprocess.Popen(
        [sys.executable, "-c", _WORKER, *arguments],
        env={**os.environ, **(environment or {})},
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.mark.slow
def test_two_processes_take_the_steps_of_one(tmp_path):
    workers = [f"127.0.0.1:{port}" for port in two_free_ports()]
    processes = [start(["none", str(tmp_path / "alone.npz")])]
    for index in range(2):
        task = {"cluster": {"worker": workers}, "task": {"type": "worker", "index": index}}
        processes.append(
            start(
                ["multiworker", str(tmp_path / f"worker{index}.npz")],
                {"TF_CONFIG": json.dumps(task)},
            )
        )
    for process in processes:
        _, errors = process.communicate(timeout=280)
        assert process.returncode == 0, errors[-2000:]
    alone = np.load(tmp_path / "alone.npz")
    for index in range(2):
        worker = np.load(tmp_path / f"worker{index}.npz")
        for name in ("generator", "discriminator"):
            np.testing.assert_allclose(worker[name], alone[name], atol=1e-4, err_msg=name)


@pytest.mark.slow
def test_each_process_keeps_a_folder_of_its_own(tmp_path):
    workers = [f"127.0.0.1:{port}" for port in two_free_ports()]
    command = [sys.executable, "-m", "gecat", "train", "--data", "scenes", "--limit", "16"]
    settings = [
        "generator_widths=8,16",
        "discriminator_widths=8,16",
        "batch_size=8",
        "generator_steps=1",
    ]
    command += [word for setting in settings for word in ("--set", setting)]
    command += ["--run", str(tmp_path), "--cycles", "2", "--strategy", "multiworker"]
    processes = []
    for index in range(2):
        task = {"cluster": {"worker": workers}, "task": {"type": "worker", "index": index}}
        environment = {**os.environ, "TF_CONFIG": json.dumps(task)}
        processes.append(
            subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True)
        )
    for process in processes:
        _, errors = process.communicate(timeout=280)
        assert process.returncode == 0, errors[-2000:]
    weights = [
        load_weights(folder / "weights.safetensors").generator.get_weights()
        for folder in (tmp_path, tmp_path / "workers" / "1")
    ]
    for one, other in zip(*weights, strict=True):
        np.testing.assert_allclose(one, other, atol=1e-6)


def test_an_unknown_strategy_is_told_the_known_ones():
    with pytest.raises(ValueError, match=r"multiworker.*'cluster'"):
        make_strategy("cluster")


def test_gpus_are_shared_and_named(monkeypatch):
    """There may be none here, so TensorFlow is told of two."""
    import tensorflow as tf

    from gecat.training.backend import Replicas

    assert os.environ["TF_FORCE_GPU_ALLOW_GROWTH"] == "true"
    monkeypatch.setattr(tf.config, "list_physical_devices", lambda kind: ["first", "second"])
    details = {"first": {"device_name": "NVIDIA H100"}, "second": {}}
    monkeypatch.setattr(tf.config.experimental, "get_device_details", details.__getitem__)
    assert Replicas().device_names() == ["NVIDIA H100"]  # without a strategy, the first alone
    monkeypatch.setattr(tf.config, "list_physical_devices", lambda kind: [])
    assert Replicas().device_names() == ["CPU"]
