"""The best and the worst masks of a method on one sheet, chosen by IoU and by nothing else."""

from typing import Any

import cv2
import numpy as np

from gecat.evaluation.quality import pair_files, read_triple
from gecat.files import AnyPath
from gecat.inference.batch import Predict
from gecat.inference.cutout import overlay

COUNT = 10
CELL = 150  # pixels


def best_and_worst(
    rows: list[dict[str, Any]], count: int = COUNT
) -> tuple[list[tuple[str, float]], list[tuple[str, float]]]:
    """The names with the highest and with the lowest IoU.

    Args:
        rows: "images" of what `quality.evaluate` returns.
        count: how many of each; fewer where there are not twice as many photos. One photo alone is
            the best.

    Returns:
        (best, worst): lists of (name, IoU), the best from the top, the worst from the bottom.
    """
    ordered = sorted(((row["iou"], row["image"]) for row in rows), reverse=True)
    count = min(count, len(ordered) // 2)
    named = [(name, score) for score, name in ordered]
    return named[: max(1, count)], named[::-1][:count]


def draw_sheet(
    predict: Predict,
    rows: list[dict[str, Any]],
    images_dir: AnyPath,
    masks_dir: AnyPath,
    count: int = COUNT,
) -> np.ndarray:
    """Draws the best photos, their masks and the true ones, and below them the worst.

    Args:
        predict: function from a uint8 photo (H, W, 3) to its mask (H, W) in [0, 1].
        rows, count: as for `best_and_worst`.
        images_dir, masks_dir: folders, as for `quality.evaluate`.

    Returns:
        uint8 array (H, W, 3): six rows of cells, or three for one photo alone.
    """
    triples, _ = pair_files(images_dir, masks_dir)
    files = {triple[0].name: triple for triple in triples}
    blocks = []
    for chosen in filter(None, best_and_worst(rows, count)):
        columns = []
        for name, score in chosen:
            image, truth, _ = read_triple(*files[name])
            mask = predict(image)
            parts = (image, overlay(image, mask), overlay(image, truth.astype(np.float32)))
            column = np.concatenate([_cell(part) for part in parts])
            columns.append(_label(column, f"{score:.2f}"))
        blocks.append(np.concatenate(columns, axis=1))
    gap = np.full((12, blocks[0].shape[1], 3), 255, np.uint8)
    return np.concatenate([blocks[0], gap, *blocks[1:]])


def _cell(picture):
    """A picture whole in a white square of CELL pixels."""
    height, width = picture.shape[:2]
    scale = (CELL - 4) / max(height, width)
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    small = cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
    cell = np.full((CELL, CELL, 3), 255, np.uint8)
    top, left = (CELL - size[1]) // 2, (CELL - size[0]) // 2
    cell[top : top + size[1], left : left + size[0]] = small
    return cell


def _label(column, text):
    """Writes a score in the upper left corner, white with a dark rim."""
    column = np.ascontiguousarray(column)
    for colour, width in (((0, 0, 0), 3), ((255, 255, 255), 1)):
        cv2.putText(
            column, text, (8, 20), cv2.FONT_HERSHEY_SIMPLEX, 0.5, colour, width, cv2.LINE_AA
        )
    return column
