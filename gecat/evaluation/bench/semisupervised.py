"""How far a few masks made by people go: half of a folder teaches, the other half scores."""

import gc
import shutil
import tempfile
from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from gecat.errors import Status, UserError
from gecat.evaluation.quality import evaluate, pair_files
from gecat.files import AnyPath
from gecat.images.datasets import load_photos
from gecat.inference.segmenter import SHIPPED_WEIGHTS, load
from gecat.model.weights import load_weights
from gecat.options import (
    add_photos_and_masks,
    add_run_options,
    counted,
    settings,
    share_of_all,
    write_json,
)
from gecat.training.start import start_run
from gecat.training.teacher import network_teacher
from gecat.training.train import settle

SHARES = (0.0, 0.01, 0.05, 0.10, 1.0)  # of the teaching half's masks; all are the ceiling
COURSE = {"anchor_share": 1.0, "warmup_share": 0.0}


def add_options(parser: ArgumentParser) -> None:
    """Adds what `run` takes."""
    add_photos_and_masks(parser)
    parser.add_argument(
        "--share",
        action="append",
        type=share_of_all,
        metavar="S",
        help="of the teaching half's masks, from 0 to 1; may be given again "
        f"(default: {', '.join(f'{share:g}' for share in SHARES)})",
    )
    add_run_options(parser)


def run(options: Namespace) -> Status:
    """Teaches with each share of the masks of every other photo; returns the Status."""
    start = options.start or SHIPPED_WEIGHTS
    result = learn_from_masks(
        options.images,
        options.masks,
        start=start,
        teacher=options.teacher or start,
        seconds=options.seconds,
        cycles=options.cycles,
        shares=options.share or SHARES,
        changes=settings(options),
        report=partial(write_json, path=options.json),
    )
    print(table(result))
    return Status.DONE


def learn_from_masks(
    images_dir: AnyPath,
    masks_dir: AnyPath,
    *,
    start: AnyPath,
    teacher: AnyPath,
    seconds: float | None = None,
    cycles: int | None = None,
    shares: Sequence[float] = SHARES,
    changes: dict[str, Any] | None = None,
    report: Callable[[dict[str, Any]], object] | None = None,
) -> dict[str, Any]:
    """Teaches with some masks of half of the photos, and scores on the other half.

    Photos without a mask are taught by the teacher as ever. Every other photo, by name, teaches.

    Args:
        images_dir, masks_dir: as for `quality.evaluate`.
        start, teacher: weights files, as for `training.train.train`.
        seconds, cycles: the budget of each run, one of the two.
        shares: shares of the teaching half that come with their masks, from 0 to 1; where two are
            equally many masks, the first is run. A share above 0 is one mask at least.
        changes: dict of settings that differ.
        report: called after each run with what there is of the result, or None.

    Returns:
        dict: "before", the start's scores on the scoring half, and "rows": one dict a share, with
        "share", "masks", how many that is, and the scores "iou", "iou_interval", "boundary_f".

    Raises:
        UserError: if there are fewer than two photos with masks, or too few that can be read.
    """
    triples, _ = pair_files(images_dir, masks_dir)
    pairs = [(photo, mask) for photo, mask, _ in triples]
    if len(pairs) < 2:
        raise UserError("evaluation.too_few_masks", received=len(pairs))
    teaching, scoring = pairs[::2], pairs[1::2]
    loaded = load_weights(start)
    rows: list[dict[str, Any]] = []
    config = settle(images_dir, loaded, {**COURSE, **(changes or {})})
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        images, masks = _copied(place / "scoring", scoring)
        score = partial(_score, images, masks)
        result = {
            "before": score(start, "before"),
            "rows": rows,
            "teaching": len(teaching),
            "scoring": len(scoring),
        }
        _copied(place / "teaching", teaching)
        photos = load_photos(place / "teaching", config.kept_size, prior=network_teacher(teacher))
        total = len(photos.names)
        counts: dict[int, float] = {}
        for share in shares:
            counts.setdefault(max(round(share * total), int(share > 0.0)), share)
        for count, share in counts.items():
            known = np.linspace(0, total - 1, count).astype(int)
            shown = np.isin(np.arange(total), known)
            run = place / f"run-{count}"
            start_run(
                run,
                config,
                replace(photos, has_mask=photos.has_mask & shown),
                cycles=cycles,
                seconds=seconds,
                start=loaded,
            )
            scores = score(run / "weights.safetensors", f"{count} masks")
            rows.append({"share": share, "masks": count, **scores})
            gc.collect()  # compiled functions and their engine hold each other
            if report is not None:
                report(result)
    return result


def table(result: dict[str, Any]) -> str:
    """Lines of text: one a share of masks.

    Args:
        result: of `learn_from_masks`.
    """
    lines = [f"{'':26}{'IoU':>8}{'95% interval':>16}{'boundary F':>14}"]
    rows = [("before", result["before"])]
    rows += [
        (f"{row['share']:.3g}: {counted(row['masks'], 'mask')}", row) for row in result["rows"]
    ]
    for name, row in rows:
        low, high = row["iou_interval"]
        interval = f"{low:.3f}-{high:.3f}"
        lines.append(f"{name:26}{row['iou']:8.3f}{interval:>16}{row['boundary_f']:14.3f}")
    taught = f"{result['teaching']} photos to learn from, {result['scoring']} others scored"
    return "\n".join([*lines, taught])


def _copied(folder, pairs):
    """Copies photos and masks; returns both folders."""
    folders = folder / "images", folder / "masks"
    for place, files in zip(folders, zip(*pairs, strict=True), strict=True):
        place.mkdir(parents=True)
        for file in files:
            shutil.copy(file, place)
    return folders


def _score(images_dir, masks_dir, weights, label):
    result = evaluate(load(weights).predict, images_dir, masks_dir, label=label)
    return {key: result[key] for key in ("iou", "iou_interval", "boundary_f")}
