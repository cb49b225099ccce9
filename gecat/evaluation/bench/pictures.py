"""The six pictures of the README: what the project does, drawn of photos that ship with it."""

import io
from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Sequence
from pathlib import Path

import cv2
import numpy as np
from PIL import Image

from gecat.errors import Status
from gecat.evaluation.baselines import METHODS
from gecat.files import asset
from gecat.images.corruption import cut, grow, shift
from gecat.images.reading import read_image
from gecat.inference.backdrop import BLURRED, Ground, lay
from gecat.inference.cutout import coloured_doubts, cutout, outlined, overlay
from gecat.inference.segmenter import Segmenter, load
from gecat.inference.strokes import Stroke
from gecat.options import add_weights, write_picture
from gecat.training.race.entries import SIDES
from gecat.training.race.film import recorded

Cell = tuple[np.ndarray, str]  # a picture, and what stands above it
PAPER = (250, 250, 250)
HEIGHT, GAP = 190, 6  # of a cell in pixels; between cells
SHOWN = ("coffee", "astronaut", "flower", "pagoda")
MENDED = "astronaut"  # in pixels of the example photo: the shuttle and the flag are no part of her
STROKES = (
    Stroke(((418, 15), (418, 235)), keep=False, radius=14),
    Stroke(((60, 40), (30, 220)), keep=False, radius=14),
)
RIVALS = {"otsu": "Otsu", "felzenszwalb": "Felzenszwalb", "grabcut": "GrabCut"}
RACED = (1e-4, 1e-3, 1e-2, 1e-1)


def add_options(parser: ArgumentParser) -> None:
    """Adds what `run` takes."""
    parser.add_argument("--out", required=True, metavar="DIR", help="where the pictures go")
    add_weights(parser)


def run(options: Namespace) -> Status:
    """Draws photos that ship and what the networks make of them."""
    segmenter = load(options.weights)
    for name, draw in PICTURES.items():
        write_picture(sheet(draw(segmenter)), Path(options.out) / f"{name}.jpg")
    return Status.DONE


def overview(segmenter: Segmenter) -> list[list[Cell]]:
    """Photos, their masks, where the critic doubts them, and the cut-outs."""
    columns = []
    for name in SHOWN:
        result = segmenter(example(name), refine=True)
        cut_out = cutout(result.image, outlined(result.mask))
        laid = lay(result.image, cut_out, PAPER)
        columns.append([result.image, grey(result.mask), coloured_doubts(result.score_map), laid])
    titles = ("photo", "mask", "where the critic doubts it (bright)", "cut-out")
    return [
        [(picture, title if column == 0 else "") for column, picture in enumerate(row)]
        for title, row in zip(titles, zip(*columns, strict=True), strict=True)
    ]


def critic(segmenter: Segmenter) -> list[list[Cell]]:
    """One photo with masks that fit less and less: the critic's score, and where it doubts."""
    photo = example("flower")
    mask = segmenter(photo, refine=True).mask
    masks = {
        "the generator's": mask,
        "grown": grow(mask, 0.05),
        "shifted": shift(mask, 0.12, 0.05),
        "a half": cut(mask, 0.5),
    }
    cells = []
    for name, shown in masks.items():
        score, score_map = segmenter.judge(photo, np.clip(shown, 0.0, 1.0))
        title = f"{name}: {score:.0%}"
        cells.append(((overlay(photo, as_levels(shown)), title), (coloured_doubts(score_map), "")))
    return [list(row) for row in zip(*cells, strict=True)]


def mended(segmenter: Segmenter) -> list[list[Cell]]:
    """A mask before and after two strokes of a hand."""
    result = segmenter(example(MENDED), refine=True)
    after = segmenter.touch_up(result, STROKES)
    drawn = result.image.copy()
    for stroke in STROKES:
        points = np.array(stroke.points, np.int32)
        cv2.polylines(drawn, [points], False, (220, 38, 38), round(stroke.radius or 1), cv2.LINE_AA)
    return [
        [
            (overlay(result.image, as_levels(result.mask)), "mask"),
            (drawn, "two strokes that remove"),
            (overlay(after.image, as_levels(after.mask)), "mended"),
            (lay(after.image, cutout(after.image, outlined(after.mask)), PAPER), "cut-out"),
        ]
    ]


def rivals(segmenter: Segmenter) -> list[list[Cell]]:
    """Two photos by this method, and by classical ones."""
    rows = []
    for name in ("coffee", "pagoda"):
        photo = example(name)
        masks = {"GEC-AT": segmenter.predict(photo, refine=True)}
        masks |= {title: METHODS[rival](photo) for rival, title in RIVALS.items()}
        rows.append([(photo, "photo"), *((grey(mask), title) for title, mask in masks.items())])
    return rows


def backgrounds(segmenter: Segmenter) -> list[list[Cell]]:
    """One cut-out before what may lie behind it."""
    result = segmenter(example("pagoda"), refine=True)
    cut_out = cutout(result.image, outlined(result.mask))
    grounds: dict[str, Ground] = {
        "white": (255, 255, 255),
        "amber": (245, 158, 11),
        "blurred": BLURRED,
    }
    laid = [(lay(result.image, cut_out, ground), name) for name, ground in grounds.items()]
    with_shadow = lay(result.image, cut_out, (232, 236, 240), shadow=True)
    return [[*laid, (with_shadow, "with a shadow")]]


def race(segmenter: Segmenter) -> list[list[Cell]]:
    """How the recorded races ended: this method above plain adversarial training.

    Args:
        segmenter: not used; the masks are the races' own.
    """
    rows: list[list[Cell]] = [[] for _ in SIDES]
    for number in RACED:
        film = recorded(number)
        with Image.open(io.BytesIO(film.sheet)) as opened:
            tiles = np.asarray(opened.convert("RGB"))
        side = tiles.shape[0] // film.rows
        for row, name in zip((-2, -1), SIDES, strict=True):
            last = tiles[film.rows * side + row * side :][:side, : 2 * side]
            iou = film.lines[film.frames[-1]]["sides"][name]["iou"]
            title = f"{'first radius' if row == -2 else 'rate'} {number:g}: IoU {iou:.2f}"
            rows[row].append((last, title))
    return rows


PICTURES: dict[str, Callable[[Segmenter], list[list[Cell]]]] = {
    draw.__name__: draw for draw in (overview, critic, mended, rivals, backgrounds, race)
}


def example(name: str) -> np.ndarray:
    """Returns an example photo by its name, uint8 (H, W, 3)."""
    (path,) = asset("examples").glob(f"*-{name}.jpg")
    return read_image(path)


def grey(mask: np.ndarray) -> np.ndarray:
    """Returns a mask (H, W), in [0, 1] or bool, as a picture."""
    return np.repeat(as_levels(mask)[..., None], 3, axis=-1)


def as_levels(mask: np.ndarray) -> np.ndarray:
    """Returns a mask (H, W), in [0, 1] or bool, in levels of 8 bits."""
    return np.rint(np.clip(np.float32(mask), 0.0, 1.0) * 255.0).astype(np.uint8)


def sheet(rows: Sequence[Sequence[Cell]], height: int = HEIGHT) -> np.ndarray:
    """Draws cells in rows, each with its title; uint8 (H, W, 3).

    Args:
        rows: of cells, of which the ones of a column have one shape; height: of each, in pixels.
    """
    lines = []
    for row in rows:
        top = 24 if any(title for _, title in row) else 0
        cells = []
        for picture, title in row:
            width = round(picture.shape[1] * height / picture.shape[0])
            cell = np.full((top + height + GAP, width + GAP, 3), 255, np.uint8)
            shrunk = cv2.resize(picture[..., :3], (width, height), interpolation=cv2.INTER_AREA)
            cell[top : top + height, :width] = shrunk
            place, ink = (2, 17), (40, 40, 40)
            font = cv2.FONT_HERSHEY_SIMPLEX
            cv2.putText(cell, title, place, font, 0.5, ink, 1, cv2.LINE_AA)
            cells.append(cell)
        lines.append(np.concatenate(cells, axis=1))
    widest = max(line.shape[1] for line in lines)
    padded = [
        np.pad(line, ((0, 0), (0, widest - line.shape[1]), (0, 0)), constant_values=255)
        for line in lines
    ]
    return np.concatenate(padded, axis=0)
