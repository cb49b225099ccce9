"""A cycle's time and memory as side, batch, K, weights and processes grow, each in its own."""

import json
import os
import resource
import subprocess
import sys
from typing import Any

from gecat.evaluation.bench.robustness.serving import free_port
from gecat.evaluation.bench.speed.comparison import Figures, in_turn, seconds
from gecat.files import PACKAGE

USUAL = "as by default"
TWO_DEVICES = "two logical devices"
TWO = "two processes"
# What differs from the preset `small`: 64 px, 16 pictures, K = 4.
CASES: dict[str, dict[str, Any]] = {
    USUAL: {},
    "side 128": {"size": 128, "inference_size": 128},
    "batch 32": {"batch_size": 32},
    "K = 8": {"generator_steps": 8},
    "widths doubled": {
        "generator_widths": (48, 64, 96, 128),
        "discriminator_widths": (48, 64, 96),
    },
    TWO_DEVICES: {},
    TWO: {},
}
STRATEGIES = {TWO_DEVICES: "logical", TWO: "multiworker"}
PHOTOS = 64
REPEATS = 2  # at most: each case takes a process that compiles


def measure(figures: Figures, repeats: int) -> None:
    """Tells each case's anchor cycle, gradient epoch, memory and what two devices would send."""
    found = {}
    for name in CASES:
        found[name] = _tell_apart(name, min(repeats, REPEATS))
        figures.tell(f"{name}: weights", found[name]["weights"], "")
        figures.tell(f"{name}: the process", found[name]["megabytes"], "MB")
        figures.tell(f"{name}: sent in a gradient epoch", found[name]["sent"] / 1e6, "MB a process")
        for kind in ("anchor cycle", "gradient epoch"):
            figures.compare(
                f"{name}: {kind}", found[name][kind], USUAL, found[USUAL][kind], "s of the wall"
            )


def _tell_apart(name, repeats):
    """What `tell` prints in a process of its own, or in the first of two that learn together."""
    code = f"from {__name__} import tell; tell({name!r}, {repeats})"
    environment = {**os.environ, "PYTHONPATH": str(PACKAGE.parent), "TF_CPP_MIN_LOG_LEVEL": "3"}
    count = 2 if name == TWO else 1
    addresses = [f"127.0.0.1:{free_port()}" for _ in range(count)]
    processes = []
    for index in range(count):
        task = {"cluster": {"worker": addresses}, "task": {"type": "worker", "index": index}}
        own = {"TF_CONFIG": json.dumps(task)} if count > 1 else {}
        processes.append(
            subprocess.Popen(
                [sys.executable, "-c", code], env=environment | own, stdout=subprocess.PIPE
            )
        )
    told = [process.communicate()[0] for process in processes]
    if any(process.returncode for process in processes):
        raise RuntimeError(f"{name} could not be measured")
    return json.loads(told[0])


def tell(name: str, repeats: int) -> None:
    """Prints one case's figures as JSON; runs in a process of its own."""
    from gecat.training.backend import make_strategy

    strategy = make_strategy(STRATEGIES.get(name, "none"))  # before all else
    from gecat.config import preset
    from gecat.images.datasets import load_photos
    from gecat.training.engine import Engine
    from gecat.training.losses import full_weights
    from gecat.training.supply import Supply

    config = preset("small", **CASES[name])
    engine = Engine(config, strategy)
    photos = load_photos("scenes", config.size, prior="barrier", limit=PHOTOS)
    supply, weights = Supply(engine, photos, 0), full_weights(config)
    alone = {**weights, "adversarial": 0.0}
    state, asked = engine.initial_state(), []

    def anchor():
        nonlocal state
        for _ in range(config.generator_steps):
            state, _, record = engine.teach_generator(state, supply.take(state, 0.0), alone)
        float(record.loss)

    def epoch():
        nonlocal state
        state, played = engine.play(state, lambda: supply.take(state, 0.0), weights, 0.5)
        asked.append(played.asked)

    with supply:
        spent = in_turn(repeats, lambda: seconds(anchor), lambda: seconds(epoch))
    count = state.generator.shape[0] + state.discriminator.shape[0]
    figures = {
        "anchor cycle": spent[0],
        "gradient epoch": spent[1],
        "weights": count,
        "megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        # Each evaluation sends one network's gradient, as float32; nearly all are the generator's.
        "sent": 4 * state.generator.shape[0] * asked[-1],
    }
    print(json.dumps(figures))
