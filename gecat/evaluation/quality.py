"""Scores a way of segmenting on a folder of photos with true masks."""

import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from scipy.stats import bootstrap

from gecat.errors import ImageError, Status, UserError, name_of
from gecat.evaluation.metrics import boundary_f, iou, max_f_beta, pixel_accuracy, precision_recall
from gecat.files import AnyPath
from gecat.images.layouts import is_sidecar, loose
from gecat.images.reading import read_image, read_mask
from gecat.images.sources import Found, spread
from gecat.inference.batch import Predict, with_progress
from gecat.options import tell_left_out, write_json

RESAMPLES = 2000
COLUMNS = ("iou", "iou_interval", "pixel_accuracy", "max_f_beta", "boundary_f", "ms")


def evaluate(
    predict: Predict,
    images_dir: AnyPath,
    masks_dir: AnyPath,
    ignore_dir: AnyPath | None = None,
    limit: int | None = None,
    label: str | None = None,
) -> dict[str, Any]:
    """Scores masks at the photos' own size, at the fixed threshold 0.5.

    Args:
        predict: function from a uint8 photo (H, W, 3) to its mask (H, W) in [0, 1].
        images_dir: folder of photos.
        masks_dir: folder of true masks, white = object, of the same stems and sizes.
        ignore_dir: optional folder of maps, white = undecided and left out. The outline is not
            scored then: it lies where the truth is undecided.
        limit: score this many photos at most, spread evenly over the names.
        label: what the progress bar says.

    Returns:
        A dict of means: "iou" with "iou_interval" (95%, bootstrap over photos), "pixel_accuracy",
        "max_f_beta", "boundary_f" or None, "ms" (the median time of predict); and "count",
        "images" (one dict a photo), "without_partner" (names), "skipped" (names and reasons) and
        "found" (what the folders hold, in words).

    Raises:
        UserError: if a folder is missing, or no photo has a readable mask.
    """
    triples, without_partner = pair_files(images_dir, masks_dir, ignore_dir)
    found = _found(images_dir, masks_dir, len(triples))
    triples = spread(triples, limit)
    rows, curves, skipped = [], [], []
    for triple in with_progress(triples, label):
        try:
            image, truth, ignore = read_triple(*triple)
        except ImageError as error:
            skipped.append((triple[0].name, error.bare()))
            continue
        row, curve = _score(predict, image, truth, ignore)
        rows.append({"image": triple[0].name, **row})
        curves.append(curve)
    if not rows:
        raise UserError("evaluation.none_scored", count=len(triples), reasons=skipped[:3])
    scores = [row["iou"] for row in rows]
    return {
        "count": len(rows),
        "iou": float(np.mean(scores)),
        "iou_interval": bootstrap_interval(scores),
        "pixel_accuracy": float(np.mean([row["pixel_accuracy"] for row in rows])),
        "max_f_beta": max_f_beta(curves),
        "boundary_f": None if ignore_dir else float(np.mean([row["boundary_f"] for row in rows])),
        "ms": float(np.median([row["ms"] for row in rows])),
        "images": rows,
        "without_partner": without_partner,
        "found": str(found),
        "skipped": [(name, str(error)) for name, error in skipped],
    }


def pair_files(
    images_dir: AnyPath, masks_dir: AnyPath, ignore_dir: AnyPath | None = None
) -> tuple[list[tuple[Path, Path, Path | None]], list[str]]:
    """Pairs photos with their masks by stem, or nearly: `0_mask.png` is the mask of `0.jpg`.

    Returns:
        (triples, without_partner): sorted tuples of paths (photo, mask, ignore map or None), and
        the names of the files that lack a counterpart; of two files of one stem the last is taken.

    Raises:
        UserError: if a folder is missing, or nothing pairs.
    """
    photo_files, mask_files = _files(images_dir), _files(masks_dir)
    images = _by_stem(photo_files)
    masks = _by_stem(mask_files)
    ignores = _by_stem(_files(ignore_dir)) if ignore_dir else {}
    masks, ignores = (_renamed(files, images) for files in (masks, ignores))
    common = sorted(images.keys() & masks.keys())
    if not common:
        raise UserError(
            "evaluation.no_pairs",
            images=len(images),
            images_dir=name_of(images_dir),
            masks=len(masks),
            masks_dir=name_of(masks_dir),
        )
    triples = [(images[stem], masks[stem], ignores.get(stem)) for stem in common]
    paired = {file for triple in triples for file in triple}
    lonely = [file.name for file in (*photo_files, *mask_files) if file not in paired]
    return triples, sorted(lonely)


def bootstrap_interval(
    values: Sequence[float], level: float = 0.95, seed: int = 0
) -> tuple[float, float]:
    """Percentile bootstrap interval of the mean (Efron 1979), from RESAMPLES resamples.

    Args:
        values: one score a photo.
        level: how often the interval should hold the true mean, in (0, 1).
        seed: of the resampling.

    Returns:
        (low, high); of one score alone, that score twice.
    """
    if len(values) == 1:
        return float(values[0]), float(values[0])
    result = bootstrap(
        (values,),
        np.mean,
        n_resamples=RESAMPLES,
        confidence_level=level,
        method="percentile",
        rng=np.random.default_rng(seed),
    )
    low, high = result.confidence_interval
    return float(low), float(high)


def table(results: dict[str, dict[str, Any]]) -> str:
    """Lines of text: one row a method, one column a score.

    Args:
        results: a dict from a method's name to what `evaluate` returns.
    """
    heads = ("method", "IoU", "95% interval", "accuracy", "max F", "boundary F", "ms")
    rows = [
        (name, *(_cell(result[column], column) for column in COLUMNS))
        for name, result in results.items()
    ]
    widths = [max(len(row[place]) for row in (heads, *rows)) for place in range(len(heads))]
    return "\n".join(
        "  ".join([row[0].ljust(widths[0]), *map(str.rjust, row[1:], widths[1:])])
        for row in (heads, *rows)
    )


def report(results: dict[str, dict[str, Any]], json_path: AnyPath | None) -> Status:
    """Prints the table, tells what was left out, and writes the JSON file if asked for.

    Returns:
        the Status of the command.
    """
    first = next(iter(results.values()))
    print(table(results))
    print(first["found"])
    print(f"{first['count']} photos, threshold 0.5, median ms a photo")
    tell_left_out(first["skipped"])
    if first["without_partner"]:
        print(f"without a partner: {', '.join(first['without_partner'])}", file=sys.stderr)
    write_json(results, json_path)
    return Status.SOME_SKIPPED if first["skipped"] else Status.DONE


@contextmanager
def opencv_threads(count: int) -> Iterator[None]:
    """OpenCV on so many threads inside the `with`, as before after it."""
    before = cv2.getNumThreads()
    cv2.setNumThreads(count)
    try:
        yield
    finally:
        cv2.setNumThreads(before)


def _cell(value, column):
    if value is None:
        return "-"
    if column == "iou_interval":
        return f"{value[0]:.3f}-{value[1]:.3f}"
    return f"{value:.1f}" if column == "ms" else f"{value:.3f}"


def _found(images_dir, masks_dir, pairs):
    photos, masks = _files(images_dir), _files(masks_dir)
    visible = [
        file
        for folder in {Path(images_dir), Path(masks_dir)}
        for file in folder.iterdir()
        if file.is_file() and not file.name.startswith(".")
    ]
    others = sum(is_sidecar(file) for file in visible)
    return Found(len(photos), pairs, len(masks) - pairs, others)


def _files(folder):
    """A folder's visible files by name."""
    folder = Path(folder)
    if not folder.is_dir():
        raise UserError("evaluation.no_folder", received=name_of(folder))
    files = sorted(file for file in folder.iterdir() if file.is_file())
    return [file for file in files if not (file.name.startswith(".") or is_sidecar(file))]


def _by_stem(files):
    return {file.stem: file for file in files}


def _renamed(files, images):
    """Files by the stems of the photos that they belong to, their own where there is none."""
    alone = Counter(map(loose, images))
    stems = {loose(stem): stem for stem in images if alone[loose(stem)] == 1}
    near = {
        stems.get(loose(stem), stem): file for stem, file in files.items() if stem not in images
    }
    return near | {stem: file for stem, file in files.items() if stem in images}


def read_triple(
    image_path: AnyPath, mask_path: AnyPath, ignore_path: AnyPath | None = None
) -> tuple[np.ndarray, np.ndarray, np.ndarray | None]:
    """Reads a photo with its true mask and, where there is one, its ignore map.

    Returns:
        (image, truth, ignore): uint8 (H, W, 3), bool (H, W), bool (H, W) or None.

    Raises:
        ImageError: if one cannot be read or the sizes differ.
    """
    image = read_image(image_path)
    truth = read_mask(mask_path) > 127
    ignore = read_mask(ignore_path) > 127 if ignore_path else None
    for found in (truth, ignore):
        if found is not None and found.shape != image.shape[:2]:
            (height, width), (rows, columns) = image.shape[:2], found.shape
            raise ImageError(
                "image.mask_size", width=width, height=height, columns=columns, rows=rows
            )
    return image, truth, ignore


def _score(predict, image, truth, ignore):
    start = time.perf_counter()
    mask = predict(image)
    seconds = time.perf_counter() - start
    row = {
        "iou": iou(mask, truth, ignore=ignore),
        "pixel_accuracy": pixel_accuracy(mask, truth, ignore=ignore),
        "boundary_f": boundary_f(mask, truth) if ignore is None else None,
        "ms": seconds * 1000,
    }
    return row, precision_recall(mask, truth, ignore)
