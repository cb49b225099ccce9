"""What a GPU is asked for where JAX is and TensorFlow is not: one command, at most six minutes.

    python .ci/gpu.py speed OUT --photos PHOTOS           5 minutes: pictures a second and the share
                                                          of the floor, a minute of scenes, a minute
                                                          of photos
    python .ci/gpu.py generation OUT --photos PHOTOS --pseudo-masks CACHE [--control]
                                                          6 minutes: a large network whose encoder
                                                          warms up on the masks of what ships
    python .ci/gpu.py whole FILE                          at home: a file that came back, as `gecat`
                                                          reads it

CACHE is what `gecat train --cache CACHE --teacher assets/weights/base.safetensors` leaves, made on
cores beforehand of the same photos at the same side; what it lacks is made there. Weights come back
in float16, half as large, and are scored at home (`gecat evaluate --weights`). `--rehearse` asks
for the same in seconds, small, on a CPU.
"""

import argparse
import os
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
from safetensors import safe_open
from safetensors.numpy import save_file

ROOT = Path(__file__).resolve().parent.parent
SHIPPED = ROOT / "assets" / "weights" / "base.safetensors"
LARGE = {  # 7.5 M parameters, as the first generation's (gecat/evaluation/LOG.md, 2026-11-26)
    "size": 224,
    "generator_widths": "32,64,128,192,256",
    "generator_blocks": "1,2,2,2",
    "generator_attention": 1,
    "discriminator_widths": "8,16",  # it rests, and what comes back must be under 16 MiB
    "batch_size": 64,
    "learning_rate": 1.5e-3,
    "warmup_share": 0,
}
WARMED = {"pretraining_share": 0.58, "anchor_share": 0.42}
CONTROL = {"pretraining_share": 0, "anchor_share": 1}
TOY = {"size": 64, "pretraining_size": 64, "pretraining_batch": 8, "batch_size": 8}


Part = tuple[str, int, list[str]]  # name, seconds at most, words of `gecat`


def main() -> int:
    """Runs what was asked for, part by part; a part that fails does not keep the next from it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=("speed", "generation", "whole"))
    parser.add_argument("out", type=Path, help="folder for what comes back, or FILE")
    parser.add_argument("--photos", default="scenes", help="as `gecat train --data` takes them")
    parser.add_argument("--pseudo-masks", type=Path, metavar="CACHE")
    parser.add_argument("--control", action="store_true", help="no warm-up, the same seconds")
    parser.add_argument("--rehearse", action="store_true")
    options = parser.parse_args()
    if options.what == "whole":
        rewrite(options.out, options.out, np.float32)
        return 0
    options.out.mkdir(parents=True, exist_ok=True)
    parts = speed(options) if options.what == "speed" else generation(options)
    failed = [
        name
        for name, limit, words in parts
        if not run(name, None if options.rehearse else limit, words)
    ]
    for weights in options.out.glob("*/weights.safetensors"):
        rewrite(weights, options.out / f"{weights.parent.name}.safetensors", np.float16)
    print(f"failed: {', '.join(failed)}" if failed else "all done")
    return len(failed)


def speed(options: argparse.Namespace) -> list[Part]:
    """Returns the parts of `speed`."""
    out, toy = options.out, options.rehearse
    seconds = "8" if toy else "60"
    repeats = "1" if toy else "3"
    bench = ["bench", "speed", "--part", "accelerator", "--repeats", repeats]
    scenes = ["bench", "scenes", "--seeds", "1", "--seconds", seconds, "--limit", "100"]
    photos = ["train", "--data", options.photos, "--preset", "base", "--seconds", seconds]
    photos += ["--limit", "16" if toy else "2000", "--run", str(out / "photos")]
    return [
        ("accelerator", 80, [*bench, "--json", str(out / "accelerator.json")]),
        ("scenes", 110, [*scenes, "--json", str(out / "scenes.json")]),
        ("photos", 110, [*photos, *(sets({"size": 64, "batch_size": 8}) if toy else [])]),
    ]


def generation(options: argparse.Namespace) -> list[Part]:
    """Returns the part of `generation`."""
    course = CONTROL if options.control else WARMED
    settings = {**LARGE, **course, **(TOY if options.rehearse else {})}
    words = ["train", "--data", options.photos, "--preset", "base", "--teacher", str(SHIPPED)]
    words += ["--cache", str(options.pseudo_masks or options.out / "pseudo-masks")]
    words += ["--run", str(options.out / "large"), "--seconds", "20" if options.rehearse else "240"]
    words += ["--limit", "16"] if options.rehearse else []
    return [("large", 345, [*words, *sets(settings)])]


def sets(settings: dict[str, object]) -> list[str]:
    """Returns the words that change settings."""
    return [word for name, value in settings.items() for word in ("--set", f"{name}={value}")]


def run(name: str, limit: float | None, words: list[str]) -> bool:
    """Runs `gecat` under JAX; returns whether it ended well within its seconds."""
    print(f"== {name}: gecat {' '.join(words)}", flush=True)
    environment = {**os.environ, "KERAS_BACKEND": "jax", "PYTHONPATH": _path()}
    began = time.monotonic()
    command = [sys.executable, "-m", "gecat", *words]
    try:
        code = subprocess.run(command, env=environment, cwd=ROOT, timeout=limit).returncode
        ended = f"ended with {code}"
    except subprocess.TimeoutExpired:
        code, ended = None, "stopped"
    print(f"== {name}: {ended} after {time.monotonic() - began:.0f} s", flush=True)
    return code == 0


def rewrite(weights: Path, there: Path, kind: type) -> None:
    """Writes the weights as numbers of another kind."""
    with safe_open(weights, framework="numpy") as file:
        arrays = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
        metadata = file.metadata()
    save_file({name: x.astype(kind) for name, x in arrays.items()}, there, metadata)
    print(f"{there}: {there.stat().st_size / 2**20:.1f} MiB", flush=True)


def _path():
    """Where Python looks for gecat and for what else was brought."""
    return os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH"))))


if __name__ == "__main__":
    sys.exit(main())
