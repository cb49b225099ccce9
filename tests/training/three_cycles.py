"""Three cycles of fixed networks on fixed photos, whatever backend walks them.

Run as a program it writes what it came to: `python three_cycles.py FILE`.
"""

import json
import sys
from pathlib import Path

import numpy as np

PINNED = Path(__file__).with_name("three_cycles.json")
VECTORS = (
    "generator",
    "generator_statistics",
    "average",
    "average_statistics",
    "discriminator",
    "discriminator_statistics",
)
SAMPLES = 64  # of each vector


def walk_three_cycles():
    """Learns from the teachers, then D's step and its warm-up, then conjugate steps against D.

    Returns:
        list of (State, dict of figures), one a cycle.
    """
    from gecat.config import preset
    from gecat.images.datasets import load_photos
    from gecat.training.engine import Engine
    from gecat.training.loop import run_cycles

    config = preset(
        "small",
        seed=2,  # of draws in which no backend's rounding decides a tie
        size=32,
        inference_size=32,
        generator_widths=(8, 12, 16),
        discriminator_widths=(8, 12),
        batch_size=8,
        anchor_share=1 / 3,
        warmup_share=1 / 3,
        relabel_from=1.0,  # masks of a network that has hardly begun are a matter of rounding
        learning_rate=1e-3,
        generator_steps=3,
        radius_tried=False,  # nor a comparison of two losses next to each other
    )
    engine = Engine(config)
    for seed, network in enumerate((engine.generator, engine.discriminator)):
        draw_weights(network, seed)
    photos = load_photos("scenes", 32, prior="barrier", limit=16, seed=1)
    return list(run_cycles(engine, engine.initial_state(), photos, cycles=3))


def draw_weights(network, seed):
    """Fills kernels with numbers that no backend has a part in; biases and scales stay fresh."""
    random = np.random.default_rng(seed)
    for weight in network.weights:
        if len(weight.shape) > 1:
            spread = np.sqrt(2.0 / np.prod(weight.shape[:-1]))
            weight.assign(random.normal(0.0, spread, weight.shape).astype(np.float32))


def told(cycles):
    """What cycles came to, in numbers that JSON can hold.

    Args:
        cycles: of `walk_three_cycles`.

    Returns:
        dict: "losses", each network's, a cycle; "norms", of each vector after each cycle;
        "samples", of each vector at the end, evenly spread.
    """
    vectors = [{name: np.asarray(getattr(state, name)) for name in VECTORS} for state, _ in cycles]
    figures = [figures for _, figures in cycles]
    losses = ("generator_loss", "discriminator_loss")
    return {
        "losses": {name: [row.get(name) for row in figures] for name in losses},
        "norms": {
            name: [float(np.linalg.norm(row[name].astype(np.float64))) for row in vectors]
            for name in VECTORS
        },
        "samples": {
            name: vectors[-1][name][_spread(len(vectors[-1][name]))].tolist() for name in VECTORS
        },
    }


def furthest(found, expected):
    """The largest difference of two fingerprints, and where it is."""
    worst = (0.0, "")
    for kind, rows in expected.items():
        for name, values in rows.items():
            pairs = zip(found[kind][name], values, strict=True)
            for place, (one, other) in enumerate(pairs):
                if (one is None) != (other is None):
                    return float("inf"), f"{kind} {name} {place}"
                distance = 0.0 if one is None else abs(one - other)
                worst = max(worst, (distance, f"{kind} {name} {place}"))
    return worst


def _spread(count):
    return np.linspace(0, count - 1, SAMPLES).round().astype(int)


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(json.dumps(told(walk_three_cycles()), indent=1) + "\n")
