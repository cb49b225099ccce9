"""What a minute teaches preset `small` about drawn scenes, from random weights and no label."""

import tempfile
import time
from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import Any

import numpy as np
from keras import ops
from PIL import Image

from gecat.config import Config
from gecat.errors import Status
from gecat.evaluation.baselines import method
from gecat.evaluation.metrics import iou
from gecat.files import AnyPath
from gecat.images.datasets import Photos
from gecat.images.pseudo_masks import pseudo_mask, pseudo_masks
from gecat.images.scenes import HELD_OUT_SEED, draw_scenes
from gecat.inference.batch import with_progress
from gecat.inference.segmenter import load
from gecat.model.weights import load_weights
from gecat.options import add_budget, add_json, add_settings, positive, settings, write_json
from gecat.training import pairs
from gecat.training.engine import Engine
from gecat.training.losses import full_weights
from gecat.training.run.folder import read_description, read_stats
from gecat.training.supply import Supply
from gecat.training.train import train
from gecat.training.vectors import norm

HELD_OUT = 300
JUDGED_BATCHES = 16
WITHOUT_GAME = {"anchor_share": 1.0, "warmup_share": 0.0}
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
    parser.add_argument(
        "--control",
        action="store_true",
        help="train each seed without the game, too, for as long",
    )
    add_settings(parser)
    add_json(parser)


def run(options: Namespace) -> Status:
    """Trains once a seed and scores each on the same scenes; returns the Status."""
    seconds = None if options.cycles else options.seconds or 60
    result = learn_scenes(
        options.seeds,
        seconds,
        options.cycles,
        settings(options),
        held_out=options.limit,
        control=options.control,
    )
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
    control: bool = False,
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
        control: whether each seed is trained without the game, too: in the anchored stage alone.

    Returns:
        A dict: "rivals", from a name to the mean IoU at 0.5, the last the teacher's; "runs", a list
        of dicts with "seed", "iou", "cycles", "seconds" spent in them, "wall" seconds in all, and
        "curve", pairs of seconds and IoU on 8 of the run's own scenes, and "game", of `judge_game`
        with "time", the share of the seconds in gradient epochs, where there were any; "controls",
        as "runs"; "count", the scenes.
    """
    images, truths = draw_scenes(held_out, 64, seed=HELD_OUT_SEED)

    def score(predict, label):
        pairs = with_progress(list(zip(images, truths, strict=True)), label)
        return float(np.mean([iou(predict(image), truth) for image, truth in pairs]))

    rivals = {name: score(method(name), name) for name in RIVALS}

    def learn(seed, changes):
        with tempfile.TemporaryDirectory() as folder:
            run, started = Path(folder) / "run", time.monotonic()
            weights = train(
                "scenes",
                run,
                changes={**changes, "seed": seed},
                seconds=seconds,
                cycles=cycles,
                limit=limit,
            )
            wall = time.monotonic() - started
            config = Config.from_dict(read_description(run)["config"])
            stats = read_stats(run)
            looks = [row for row in stats if "probe_iou" in row]
            found = {
                "seed": seed,
                "iou": score(load(weights).predict, f"seed {seed}"),
                "cycles": stats[-1]["cycle"],
                "seconds": stats[-1]["seconds"],
                "wall": wall,
                "curve": [(row["seconds"], row["probe_iou"]) for row in looks],
            }
            shared = _time_in_epochs(stats)
            if shared:
                found["game"] = {"time": shared, **judge_game(weights, images, truths)}
        return config, found

    runs, controls = [], []
    for seed in range(seeds):
        config, found = learn(seed, changes or {})
        runs.append(found)
        if control:
            controls.append(learn(seed, {**(changes or {}), **WITHOUT_GAME})[1])
    teacher = f"teacher: {config.prior}"
    rivals[teacher] = score(lambda image: pseudo_mask(image, config.prior), teacher)
    return {"count": held_out, "rivals": rivals, "runs": runs, "controls": controls}


def judge_game(weights: AnyPath, images: np.ndarray, truths: np.ndarray) -> dict[str, Any]:
    """What there is to see of the game at the end of a run.

    Args:
        weights: a weights file; images: uint8 (N, S, S, 3); truths: bool (N, S, S).

    Returns:
        dict: the mean scores that D gives "exact", "corrupted" and the generator's "own" masks, and
        "pull", the length of G's adversarial gradient over that of the whole, the median of frozen
        batches as a training's last ones, of pseudo-masks.
    """
    loaded = load_weights(weights)
    engine = Engine(loaded.config)
    state = engine.load_start(loaded.generator, loaded.discriminator)
    frozen = engine.freeze(
        {
            "image": images,
            "prior": truths[..., None] * np.uint8(255),
            "mask": truths[..., None] * np.uint8(255),
            "has_mask": np.ones(len(images), bool),
        },
        (0, len(images)),
    )
    masks = {
        "exact": pairs.show(pairs.soften(frozen["target"]), frozen["softness"][:, 1]),
        "corrupted": pairs.show(pairs.spoil(frozen["target"], frozen), frozen["softness"][:, 0]),
        "own": ops.sigmoid(loaded.generator(frozen["pictures"], training=False)),
    }
    told = {
        name: float(
            ops.mean(
                ops.sigmoid(loaded.discriminator([frozen["pictures"], mask], training=False)[0])
            )
        )
        for name, mask in masks.items()
    }
    return {**told, "pull": _pull(engine, state, images)}


def _pull(engine, state, images):
    """How much of G's gradient is the adversarial one, on what it would learn from next."""
    config, count = engine.config, len(images)
    priors = np.stack(pseudo_masks(list(images), config.prior))
    photos = Photos(
        images=images,
        names=tuple(map(str, range(count))),
        priors=np.uint8(np.rint(priors * 255)),
        masks=None,
        has_mask=np.zeros(count, bool),
        skipped=(),
    )
    weights = full_weights(config)
    alone = {name: weight * (name == "adversarial") for name, weight in weights.items()}
    pulls = []
    with Supply(engine, photos, 0) as supply:
        for _ in range(JUDGED_BATCHES):
            frozen = supply.take(state, 1.0)
            whole, part = (
                norm(engine.generator_objective(state, frozen, each)(state.generator).gradient)
                for each in (weights, alone)
            )
            pulls.append(part / whole)
    return float(np.median(pulls))


def _time_in_epochs(stats):
    """The share of a run's seconds that was spent in gradient epochs."""
    ends = [0.0, *(row["seconds"] for row in stats)]
    spent = [end - start for start, end in zip(ends, ends[1:], strict=False)]
    told = zip(spent, stats, strict=True)
    return sum(each for each, row in told if row["stage"] == "adversarial") / ends[-1]


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
    for run in (run for run in result["runs"] if "game" in run):
        game = run["game"]
        lines.append(
            f"{'game, seed ' + str(run['seed']):18}{game['time']:.0%} of the time, "
            f"{game['pull']:.2f} of the gradient; D's scores: exact {game['exact']:.2f}, "
            f"corrupted {game['corrupted']:.2f}, the generator's own {game['own']:.2f}"
        )
    if result["controls"]:
        apart = [
            run["iou"] - other["iou"]
            for run, other in zip(result["runs"], result["controls"], strict=True)
        ]
        lines.append(
            f"{'without the game':18}{np.mean([run['iou'] for run in result['controls']]):.3f}  "
            f"with it {np.mean(apart):+.4f}, from {min(apart):+.4f} to {max(apart):+.4f}"
        )
    lines.append(
        f"{'all seeds':18}{np.mean(scores):.3f}  from {min(scores):.3f} to {max(scores):.3f}"
    )
    return "\n".join([*lines, f"{result['count']} scenes held out, IoU at threshold 0.5"])
