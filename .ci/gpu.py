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
cores beforehand of the same photos at the same side; what it lacks is made there. Into OUT come
weights in float16, half as large, to be scored at home (`gecat evaluate --weights`), the course of
each training, and the figures as far as they came. `--rehearse` asks for the same in seconds,
small, on a CPU, without limits.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
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
    "crop_smallest": 1,  # whole photos teach best (the same, 2026-11-29, a sweep)
}
WARMED = {"pretraining_share": 0.58, "anchor_share": 0.42}
CONTROL = {"pretraining_share": 0, "anchor_share": 1}
ENDED_WELL = (0, 1)  # the second: without some photos
TOY = {"size": 64, "batch_size": 8}
TOY_WARMED = {**WARMED, "pretraining_size": 64, "pretraining_batch": 8}

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
    out = options.out.resolve()
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as place:
        parts = (speed if options.what == "speed" else generation)(options, out, Path(place))
        failed = [
            name
            for name, limit, words in parts
            if not run(words, Path(place), None if options.rehearse else limit)
        ]
        for weights in Path(place).glob("*/weights.safetensors"):
            name = weights.parent.name
            rewrite(weights, out / f"{name}.safetensors", np.float16)
            shutil.copyfile(weights.with_name("stats.jsonl"), out / f"{name}.jsonl")
    print(f"failed: {', '.join(failed)}" if failed else "all done")
    return len(failed)


def speed(options: argparse.Namespace, out: Path, place: Path) -> list[Part]:
    """Returns what tells how fast it is, in 300 s at most.

    Args:
        options: of the command line.
        out: folder for what comes back; place: folder for what does not.
    """
    toy = options.rehearse
    seconds = "8" if toy else "60"
    bench = ["bench", "speed", "--part", "accelerator", "--repeats", "1" if toy else "3"]
    scenes = ["bench", "scenes", "--seeds", "1", "--seconds", seconds, "--limit", "100"]
    photos = ["train", *data(options), "--preset", "base", "--seconds", seconds]
    photos += ["--limit", "16" if toy else "2000", "--run", str(place / "photos")]
    return [
        ("accelerator", 110, [*bench, "--json", str(out / "accelerator.json")]),
        ("scenes", 95, [*scenes, "--json", str(out / "scenes.json")]),
        ("photos", 95, [*photos, *(sets(TOY) if toy else [])]),
    ]


def generation(options: argparse.Namespace, out: Path, place: Path) -> list[Part]:
    """Returns the training of the second generation's large network, in 345 s at most.

    Args:
        options, out, place: as for `speed`.
    """
    toy = options.rehearse
    warmed = TOY_WARMED if toy else WARMED
    settings = {**LARGE, **(TOY if toy else {}), **(CONTROL if options.control else warmed)}
    words = ["train", *data(options), "--preset", "base", "--teacher", str(SHIPPED)]
    words += ["--cache", str((options.pseudo_masks or place / "pseudo-masks").resolve())]
    words += ["--run", str(place / "large"), "--seconds", "20" if toy else "240"]
    words += ["--limit", "16"] if toy else []
    return [("large", 345, [*words, *sets(settings)])]


def data(options: argparse.Namespace) -> list[str]:
    """Returns the words that name the photos."""
    drawn = options.photos == "scenes"
    return ["--data", options.photos if drawn else str(Path(options.photos).resolve())]


def sets(settings: dict[str, object]) -> list[str]:
    """Returns the words that change settings."""
    return [word for name, value in settings.items() for word in ("--set", f"{name}={value}")]


def run(words: list[str], place: Path, limit: float | None) -> bool:
    """Runs `gecat` under JAX; returns whether it ended well, photos left out or not.

    Args:
        words: of the command line.
        place: folder where what was compiled is kept for the next.
        limit: seconds after which it is stopped, or None.
    """
    print(f"== gecat {' '.join(words)}", flush=True)
    environment = {
        **os.environ,
        "KERAS_BACKEND": "jax",
        "PYTHONPATH": os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH")))),
        "JAX_COMPILATION_CACHE_DIR": str(place / "compiled"),
        "JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS": "0",
        # A training reads its photos in a process beside it.
        "XLA_PYTHON_CLIENT_PREALLOCATE": "false",
    }
    began = time.monotonic()
    command = [sys.executable, "-m", "gecat", *words]
    try:
        code = subprocess.run(command, env=environment, timeout=limit).returncode
        ended = f"ended with {code}"
    except subprocess.TimeoutExpired:
        code, ended = None, "stopped"
    print(f"== {ended} after {time.monotonic() - began:.0f} s", flush=True)
    return code in ENDED_WELL


def rewrite(weights: Path, there: Path, kind: type) -> None:
    """Writes weights as numbers of another kind.

    Args:
        weights: the file; there: where to, which may be the same.
        kind: of NumPy's, like np.float16.
    """
    with safe_open(weights, framework="numpy") as file:
        arrays = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
        metadata = file.metadata()
    save_file({name: x.astype(kind) for name, x in arrays.items()}, there, metadata)
    print(f"{there}: {there.stat().st_size / 2**20:.1f} MiB", flush=True)


if __name__ == "__main__":
    sys.exit(main())
