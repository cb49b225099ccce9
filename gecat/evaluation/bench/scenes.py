"""What a minute teaches preset `small` about drawn scenes, from random weights and no label."""

import tempfile
import time
from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from gecat.config import Config
from gecat.errors import Status
from gecat.evaluation.baselines import method
from gecat.evaluation.metrics import iou
from gecat.files import AnyPath
from gecat.images.pseudo_masks import pseudo_mask
from gecat.images.scenes import draw_scenes
from gecat.inference.batch import with_progress
from gecat.inference.segmenter import load
from gecat.options import add_budget, add_json, positive, write_json
from gecat.training.run.folder import read_description, read_stats
from gecat.training.train import train

HELD_OUT = 300
HELD_OUT_SEED = 2**31  # beyond every seed that a training may have
RIVALS = ("otsu", "kmeans", "grabcut", "barrier")


def add_options(parser: ArgumentParser) -> None:
    """Adds what `run` takes."""
    parser.add_argument("--seeds", type=positive, default=10, metavar="N", help="default: 10")
    add_budget(parser, "of each seed (default: 60)", "of each seed", required=False)
    parser.add_argument(
        "--limit",
        type=positive,
        default=HELD_OUT,
        metavar="N",
        help="scenes to score (default: %(default)s)",
    )
    add_json(parser)


def run(options: Namespace) -> Status:
    """Trains once a seed and scores each on the same scenes; returns the Status."""
    seconds = None if options.cycles else options.seconds or 60
    result = learn_scenes(options.seeds, seconds, options.cycles, held_out=options.limit)
    print(table(result))
    write_json(result, options.json)
    return Status.DONE


def learn_scenes(
    seeds: int = 10,
    seconds: float | None = None,
    cycles: int | None = None,
    changes: dict[str, Any] | None = None,
    limit: int | None = None,
    held_out: int = HELD_OUT,
) -> dict[str, Any]:
    """Trains preset `small` on drawn scenes, once a seed, and scores it on scenes held out.

    The scenes' exact masks score and never teach. All runs are scored on the same scenes, as are
    the classical rivals and the teacher that the runs began with.

    Args:
        seeds: how many runs, with the seeds 0, 1, ...
        seconds, cycles: the budget of each run, one of the two.
        changes: dict of settings that differ from the preset's.
        limit: scenes that each run learns from, or None for as many as usual.
        held_out: scenes to score on.

    Returns:
        A dict: "rivals", from a name to the mean IoU at 0.5, the last the teacher's; "runs", a list
        of dicts with "seed", "iou", "cycles", "seconds" spent in them, "wall" seconds in all, and
        "curve", pairs of seconds and IoU on 8 of the run's own scenes; "count", the scenes.
    """
    images, truths = draw_scenes(held_out, 64, seed=HELD_OUT_SEED)

    def score(predict, label):
        pairs = with_progress(list(zip(images, truths, strict=True)), label)
        return float(np.mean([iou(predict(image), truth) for image, truth in pairs]))

    rivals = {name: score(method(name), name) for name in RIVALS}
    runs = []
    for seed in range(seeds):
        with tempfile.TemporaryDirectory() as folder:
            run, started = Path(folder) / "run", time.monotonic()
            weights = train(
                "scenes",
                run,
                changes={**(changes or {}), "seed": seed},
                seconds=seconds,
                cycles=cycles,
                limit=limit,
            )
            wall = time.monotonic() - started
            config = Config.from_dict(read_description(run)["config"])
            stats = read_stats(run)
            reached = score(load(weights).predict, f"seed {seed}")
        curve = [(line["seconds"], line["probe_iou"]) for line in stats if "probe_iou" in line]
        runs.append(
            {
                "seed": seed,
                "iou": reached,
                "cycles": stats[-1]["cycle"],
                "seconds": stats[-1]["seconds"],
                "wall": wall,
                "curve": curve,
            }
        )
    teacher = f"teacher: {config.prior}"
    rivals[teacher] = score(lambda image: pseudo_mask(image, config.prior), teacher)
    return {"count": held_out, "rivals": rivals, "runs": runs}


def write_held_out(folder: AnyPath, count: int = HELD_OUT) -> tuple[Path, Path]:
    """Writes the scenes that are never learned from, to be scored as photos are.

    Args:
        folder: where `images/` and `masks/` are made.
        count: how many.

    Returns:
        (images folder, masks folder).
    """
    parts = draw_scenes(count, 64, seed=HELD_OUT_SEED)
    folders = Path(folder) / "images", Path(folder) / "masks"
    for place, pictures in zip(folders, parts, strict=True):
        place.mkdir(parents=True)
        for index, picture in enumerate(pictures):
            eight_bit = picture * np.uint8(255) if picture.dtype == bool else picture
            Image.fromarray(eight_bit).save(place / f"scene-{index:03d}.png")
    return folders


def table(result: dict[str, Any]) -> str:
    """Lines of text: the rivals, the runs, and what the runs came to together.

    Args:
        result: of `learn_scenes`.
    """
    scores = [run["iou"] for run in result["runs"]]
    lines = [f"{name:18}{score:.3f}" for name, score in result["rivals"].items()]
    lines += [
        f"{'seed ' + str(run['seed']):18}{run['iou']:.3f}  {run['cycles']} cycles in "
        f"{run['seconds']:.0f} s, {run['wall']:.0f} s with reading"
        for run in result["runs"]
    ]
    lines.append(
        f"{'all seeds':18}{np.mean(scores):.3f}  from {min(scores):.3f} to {max(scores):.3f}"
    )
    return "\n".join([*lines, f"{result['count']} scenes held out, IoU at threshold 0.5"])
