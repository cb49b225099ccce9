"""What each part of the method is worth: runs of equal time that differ in one part alone."""

import gc
import tempfile
from argparse import ArgumentParser, Namespace
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from gecat.errors import Status, UserError
from gecat.evaluation.bench.scenes import write_held_out
from gecat.evaluation.quality import evaluate
from gecat.files import AnyPath
from gecat.images.datasets import load_photos
from gecat.inference.segmenter import load
from gecat.model.weights import load_weights
from gecat.options import (
    add_photos_and_masks,
    add_run_options,
    positive,
    settings,
    write_json,
)
from gecat.training.run.folder import read_stats
from gecat.training.start import start_run
from gecat.training.teacher import network_teacher
from gecat.training.train import settle

# A run from random weights keeps its preset's anchored start before the gradient epochs.
ROWS: dict[str, dict[str, Any]] = {
    "anchor": {"anchor_share": 1.0, "warmup_share": 0.0, "self_training_weight": 0.0},
    "adversarial": {"anchor_share": 0.0, "anchor_weight": 0.0, "self_training_weight": 0.0},
    "both, alternating Adam": {"update_rule": "adam", "self_training_weight": 0.0},
    "both, conjugate cycles": {"self_training_weight": 0.0},
    "both, self-training": {},
}
# From trained weights both networks are ready for gradient epochs at once.
FROM_TRAINED = {"anchor_share": 0.0, "warmup_share": 0.0}


def add_options(parser: ArgumentParser) -> None:
    """Adds what `run` takes."""
    parser.add_argument("--data", required=True, metavar="DIR|ZIP|NPY|scenes", help="photos")
    add_photos_and_masks(parser, required=False)
    add_run_options(parser)
    parser.add_argument("--seeds", type=positive, default=3, metavar="N", help="default: 3")
    parser.add_argument("--cache", metavar="DIR", help="where pseudo-masks are kept")
    parser.add_argument("--limit", type=positive, metavar="N", help="learn from N photos at most")
    parser.add_argument("--scored", type=positive, metavar="N", help="score N photos at most")


def run(options: Namespace) -> Status:
    """Trains each row once a seed; drawn scenes are scored on scenes held out."""
    drawn = options.data == "scenes"
    if drawn and (options.images or options.masks or options.start):
        raise UserError("command.scenes_alone")
    if not drawn and not (options.images and options.masks and options.start):
        raise UserError("command.ablation_needs")
    with tempfile.TemporaryDirectory() as folder:
        count = {"count": options.scored} if options.scored else {}
        scored = write_held_out(folder, **count) if drawn else (options.images, options.masks)
        result = ablate(
            options.data,
            *scored,
            seconds=options.seconds,
            cycles=options.cycles,
            seeds=options.seeds,
            start=options.start,
            teacher=options.teacher or options.start,
            cache=options.cache,
            limit=options.limit,
            scored=options.scored,
            changes=settings(options),
            report=partial(write_json, path=options.json),
        )
    print(table(result))
    return Status.DONE


def ablate(
    data: AnyPath,
    images_dir: AnyPath,
    masks_dir: AnyPath,
    *,
    seconds: float | None = None,
    cycles: int | None = None,
    seeds: int = 3,
    start: AnyPath | None = None,
    teacher: AnyPath | None = None,
    cache: AnyPath | None = None,
    limit: int | None = None,
    scored: int | None = None,
    changes: dict[str, Any] | None = None,
    report: Callable[[dict[str, Any]], object] | None = None,
) -> dict[str, Any]:
    """Trains once a row and seed, and scores each run on photos with true masks.

    Args:
        data: photos, or "scenes"; as for `training.train.train`.
        images_dir, masks_dir: what to score on; the masks never teach.
        seconds, cycles: the budget of each run, one of the two.
        seeds: runs a row, with the seeds 0, 1, ...
        start, teacher, cache, limit: as for `training.train.train`; without a start, preset `small`
            from random weights.
        scored: score this many photos at most, spread evenly.
        changes: dict of settings that hold for every row.
        report: called after each run with what there is of the result, or None.

    Returns:
        dict: "before", scores of the start or None, and "rows", from a row's name to a list of
        dicts, one a seed. Scores are "iou", "boundary_f", "refined_iou" and "refined_boundary_f";
        a run has its "cycles" and the generator's "gradients" besides.
    """
    score = partial(_score, images_dir=images_dir, masks_dir=masks_dir, limit=scored)
    loaded = load_weights(start) if start else None
    rows: dict[str, list[dict[str, Any]]] = {name: [] for name in ROWS}
    result = {"before": score(start, label="before") if start else None, "rows": rows}
    for seed in range(seeds):
        common: dict[str, Any] = {
            **(FROM_TRAINED if start else {}),
            **(changes or {}),
            "seed": seed,
        }
        config = settle(data, loaded, common)
        prior = network_teacher(teacher) if teacher else config.prior
        photos = load_photos(
            data, config.kept_size, prior=prior, cache=cache, limit=limit, seed=seed
        )
        for name, parts in ROWS.items():
            config = settle(data, loaded, {**common, **parts})
            with tempfile.TemporaryDirectory() as folder:
                start_run(
                    folder,
                    config,
                    photos,
                    cycles=cycles,
                    seconds=seconds,
                    start=loaded,
                    source=data,
                )
                scores = score(Path(folder) / "weights.safetensors", label=f"{name}, seed {seed}")
                rows[name].append({**scores, **_effort(read_stats(folder))})
            gc.collect()  # compiled functions and their engine hold each other
            if report is not None:
                report(result)
    return result


def table(result: dict[str, Any]) -> str:
    """Lines of text: means over the seeds, with the lowest and the highest.

    Args:
        result: of `ablate`.
    """
    heads = ("IoU", "boundary F", "refined IoU", "refined boundary F", "gradients of G")
    lines = [f"{'':24}" + "".join(f"{head:>22}" for head in heads)]
    rows = {**({"before": [result["before"]]} if result["before"] else {}), **result["rows"]}
    for name, runs in rows.items():
        cells = [_spread([run[key] for run in runs]) for key in _SCORES]
        cells.append(f"{np.mean([run.get('gradients', 0) for run in runs]):.0f}")
        lines.append(f"{name:24}" + "".join(f"{cell:>22}" for cell in cells))
    return "\n".join(lines)


_SCORES = ("iou", "boundary_f", "refined_iou", "refined_boundary_f")


def _score(weights, images_dir, masks_dir, limit, label):
    segmenter, scores = load(weights), {}
    for prefix, refine in (("", False), ("refined_", True)):
        predict = partial(segmenter.predict, refine=refine)
        result = evaluate(predict, images_dir, masks_dir, limit=limit, label=label)
        scores |= {f"{prefix}{key}": round(result[key], 5) for key in ("iou", "boundary_f")}
    return scores


def _effort(stats):
    gradients = sum(line.get("evaluations", 0) for line in stats)
    return {"cycles": stats[-1]["cycle"], "gradients": gradients}


def _spread(values):
    mean, low, high = np.mean(values), min(values), max(values)
    return f"{mean:.3f}" if len(values) == 1 else f"{mean:.3f} ({low:.3f}-{high:.3f})"
