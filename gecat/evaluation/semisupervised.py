"""How far a few masks made by people go: half of a folder teaches, the other half scores."""

import shutil
import tempfile
from functools import partial
from pathlib import Path

from gecat.evaluation.quality import evaluate, pair_files
from gecat.inference.segmenter import load
from gecat.training.run import train

SHARES = (0.0, 0.01, 0.05, 0.10, 1.0)  # of the teaching half's masks; all are the ceiling
COURSE = {"anchor_share": 1.0, "warmup_share": 0.0}


def learn_from_masks(images_dir, masks_dir, *, start, teacher, seconds=None, cycles=None,
                     shares=SHARES, changes=None):  # fmt: skip
    """Teaches with some masks of half of the photos, and scores on the other half.

    Photos without a mask are taught by the teacher as ever. Every other photo, by name, teaches.

    Args:
        images_dir, masks_dir: as for `quality.evaluate`.
        start, teacher: weights files, as for `training.run.train`.
        seconds, cycles: the budget of each run, one of the two.
        shares: shares of the teaching half that come with their masks, from 0 to 1.
        changes: dict of settings that differ.

    Returns:
        dict: "before", the start's scores on the scoring half, and "rows": one dict a share, with
        "share", "masks", how many that is, and the scores "iou", "iou_interval", "boundary_f".
    """
    triples, _ = pair_files(images_dir, masks_dir)
    pairs = [(photo, mask) for photo, mask, _ in triples]
    teaching, scoring = pairs[::2], pairs[1::2]
    rows = []
    with tempfile.TemporaryDirectory() as place:
        place = Path(place)
        score = partial(_score, *_copied(place / "scoring", scoring, len(scoring)))
        before = score(start, "before")
        for share in shares:
            masks = round(share * len(teaching))
            data, run = place / f"teaching-{masks}", place / f"run-{masks}"
            _copied(data, teaching, masks)
            settings = {**COURSE, **(changes or {})}
            weights = train(data, run, changes=settings, seconds=seconds, cycles=cycles,
                            start=start, teacher=teacher, cache=place / "priors")  # fmt: skip
            rows.append({"share": share, "masks": masks, **score(weights, f"{masks} masks")})
    return {"before": before, "rows": rows, "teaching": len(teaching), "scoring": len(scoring)}


def table(result):
    """Lines of text: one a share of masks.

    Args:
        result: of `learn_from_masks`.
    """
    lines = [f"{'':26}{'IoU':>8}{'95% interval':>16}{'boundary F':>14}"]
    rows = [("before", result["before"])]
    rows += [(f"{row['share']:.0%}: {row['masks']} masks", row) for row in result["rows"]]
    for name, row in rows:
        low, high = row["iou_interval"]
        interval = f"{low:.3f}-{high:.3f}"
        lines.append(f"{name:26}{row['iou']:8.3f}{interval:>16}{row['boundary_f']:14.3f}")
    taught = f"{result['teaching']} photos to learn from, {result['scoring']} others scored"
    return "\n".join([*lines, taught])


def _copied(folder, pairs, masks):
    """Copies photos, and the masks of so many of them, spread evenly; returns both folders."""
    images_dir, masks_dir = folder / "images", folder / "masks"
    images_dir.mkdir(parents=True)
    masks_dir.mkdir()
    chosen = {index * len(pairs) // masks for index in range(masks)} if masks else set()
    for index, (photo, mask) in enumerate(pairs):
        shutil.copy(photo, images_dir)
        if index in chosen:
            shutil.copy(mask, masks_dir)
    return images_dir, masks_dir


def _score(images_dir, masks_dir, weights, label):
    result = evaluate(load(weights).predict, images_dir, masks_dir, label=label)
    return {key: result[key] for key in ("iou", "iou_interval", "boundary_f")}
