"""Can the discriminator tell? Its verdicts on true, spoiled and the generator's own masks."""

from typing import Any

import numpy as np

from gecat.errors import ImageError, UserError
from gecat.evaluation.metrics import iou
from gecat.evaluation.quality import pair_files, read_triple
from gecat.evaluation.ranking import auroc, auroc_of_counts, spearman
from gecat.files import AnyPath
from gecat.images.corruption import LEVELS, STRENGTHS, WHOLE_KINDS, spoilings
from gecat.images.sizes import shrink
from gecat.images.sources import spread
from gecat.inference.batch import with_progress
from gecat.inference.segmenter import Segmenter

BINS = 512  # of the score map's probabilities, where all photos are pooled
NEARLY_RIGHT = 0.98  # a spoiled mask with more IoU than this was hardly spoiled and is left out


def examine(
    segmenter: Segmenter,
    images_dir: AnyPath,
    masks_dir: AnyPath,
    limit: int | None = None,
    seed: int = 0,
) -> dict[str, Any]:
    """Asks the discriminator about photos whose true masks are known.

    Args:
        segmenter: a Segmenter.
        images_dir, masks_dir: folders of photos and of true masks of the same stems.
        limit: ask about this many photos at most, spread evenly over the names.
        seed: of the directions of spoiling.

    Returns:
        What `summarise` makes of the answers, and "images" (one row a photo) and "skipped".

    Raises:
        UserError: if a folder is missing, or no photo has a readable mask.
    """
    triples, _ = pair_files(images_dir, masks_dir)
    triples = spread(triples, limit)
    rows, skipped = [], []
    wrong, right = np.zeros(BINS), np.zeros(BINS)
    other = None
    for index, (photo, mask, _) in enumerate(with_progress(triples, "discriminator")):
        try:
            image, truth, _ = read_triple(photo, mask, None)
        except ImageError as error:
            skipped.append((photo.name, str(error)))
            continue
        row, counts, other = _examine_one(segmenter, image, truth, other, (seed, index))
        rows.append({"image": photo.name, **row})
        wrong, right = wrong + counts[0], right + counts[1]
    if not rows:
        raise UserError("evaluation.none_read", count=len(triples))
    return {
        **summarise(rows),
        "map_auroc_pooled": auroc_of_counts(wrong, right),
        "images": rows,
        "skipped": skipped,
    }


def summarise(rows: list[dict[str, Any]]) -> dict[str, Any]:
    """Condenses the answers on many photos.

    Args:
        rows: dicts of one photo each: "true" and "own" (scores), "own_iou", "map_auroc" and
            "uncertainty_auroc" (None where all or no pixels are wrong), and "spoiled": a list of
            (kind, level, score, IoU).

    Returns:
        dict: "count"; "preference", from a kind to a dict from a level to the share of pairs in
        which the true mask got the higher score, ties counting half, or None without a pair;
        "spearman" of the scores of G's own masks with their true IoU; "map_auroc", how well a low
        value of the score map finds the wrong pixels of G's masks, averaged over photos; and
        "uncertainty_auroc", how well G's own probabilities near 0.5 find them, to compare with.
    """
    asked = [(kind, level) for kind in STRENGTHS for level in LEVELS]
    asked += [(kind, "middle") for kind in WHOLE_KINDS]
    wins: dict[tuple[str, str], list[float]] = {each: [] for each in asked}
    for row in rows:
        for kind, level, score, fit in row["spoiled"]:
            if fit < NEARLY_RIGHT:
                wins[kind, level].append((row["true"] > score) + 0.5 * (row["true"] == score))
    preference: dict[str, dict[str, float | None]] = {kind: {} for kind, _ in wins}
    for (kind, level), won in wins.items():
        preference[kind][level] = float(np.mean(won)) if won else None
    return {
        "count": len(rows),
        "preference": preference,
        "spearman": spearman([row["own"] for row in rows], [row["own_iou"] for row in rows]),
        "map_auroc": _mean(row["map_auroc"] for row in rows),
        "uncertainty_auroc": _mean(row["uncertainty_auroc"] for row in rows),
    }


def table(result: dict[str, Any]) -> str:
    """Lines of text: the preference by kind and strength, and the two other scores."""
    lines = [f"{'true mask preferred to':24}" + "".join(f"{level:>9}" for level in LEVELS)]
    for kind, shares in result["preference"].items():
        cells = (shares.get(level) for level in LEVELS)
        lines.append(f"{kind:24}" + "".join(f"{_percent(cell):>9}" for cell in cells))
    lines += [
        f"Spearman of the score with true IoU of G's masks: {result['spearman']:.3f}",
        "AUROC of the score map for G's wrong pixels: "
        f"{_number(result['map_auroc'])} a photo, {_number(result['map_auroc_pooled'])} pooled; "
        f"of G's own uncertainty: {_number(result['uncertainty_auroc'])}",
    ]
    return "\n".join(lines)


def _examine_one(segmenter, image, truth, other, seed):
    """One photo's row, the histograms of the map on wrong and right pixels, and its true mask."""
    own = segmenter.predict(image)
    own_iou = iou(own, truth)
    side = segmenter.config.inference_size
    image, own = shrink(image, side), shrink(own, side)
    truth = (shrink(truth.astype(np.float32), side) > 0.5).astype(np.float32)
    # The first photo has no other before it: its own mask upside down serves.
    other = truth[::-1] if other is None else other
    spoiled = spoilings(truth, other, np.random.default_rng(seed))
    scores, maps = segmenter.judge_all(image, np.stack([truth, own, *spoiled.values()]))
    wrong = (own > 0.5) != (truth > 0.5)
    row = {
        "true": round(float(scores[0]), 5),
        "own": round(float(scores[1]), 5),
        "own_iou": round(own_iou, 4),
        "map_auroc": auroc(-maps[1].ravel(), wrong.ravel()),
        "uncertainty_auroc": auroc(-np.abs(own - 0.5).ravel(), wrong.ravel()),
        "spoiled": [
            (*name, round(float(score), 5), round(iou(mask, truth), 4))
            for (name, mask), score in zip(spoiled.items(), scores[2:], strict=True)
        ],
    }
    doubt = np.minimum(((1.0 - maps[1]) * BINS).astype(int), BINS - 1)
    counts = [np.bincount(doubt[part], minlength=BINS) for part in (wrong, ~wrong)]
    return row, counts, truth


def _mean(values):
    known = [value for value in values if value is not None]
    return float(np.mean(known)) if known else None


def _percent(share):
    return "" if share is None else f"{share:.1%}"


def _number(value):
    return "none" if value is None else f"{value:.3f}"
