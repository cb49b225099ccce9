"""A race as a film: all that is needed to show it again, small enough to ship."""

import io
import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from gecat.files import asset, write_atomically
from gecat.training.race.entries import NUMBERS, SIDES
from gecat.training.race.folder import SCENES_PICTURE
from gecat.training.run.folder import read_description, read_stats
from gecat.training.run.pictures import cycle_of, picture_paths, spread

FRAMES = 40  # of a film at most
_QUALITY = 40  # of WebP


@dataclass(frozen=True)
class Film:
    """A race, or a part of one.

    Attributes:
        number, seed: what it was raced with.
        lines: of its `stats.jsonl`.
        frames: the places in `lines` that the sheet shows.
        sheet: WebP of square tiles, a column a scene: a row of photos, then for each frame a row
            of masks a side, in the order of SIDES.
    """

    number: float
    seed: int
    lines: tuple[dict, ...]
    frames: tuple[int, ...]
    sheet: bytes

    @property
    def rows(self):
        """Rows of tiles in the sheet."""
        return 1 + len(SIDES) * len(self.frames)

    @property
    def columns(self):
        """Tiles in a row of the sheet."""
        with Image.open(io.BytesIO(self.sheet)) as sheet:
            return sheet.width * self.rows // sheet.height


def film_of(folder, last=False):
    """Makes the Film of a race's folder.

    Args:
        folder: the race's; last: whether its newest frame is enough, all lines are in it anyway.

    Returns:
        Film, or None where nothing was drawn yet.
    """
    folder = Path(folder)
    lines = read_stats(folder)
    places = {line["cycle"]: place for place, line in enumerate(lines)}
    drawn = [path for path in picture_paths(folder) if cycle_of(path) in places]
    if not drawn:
        return None
    description = read_description(folder)
    drawn = drawn[-1:] if last else spread(drawn, FRAMES)
    sheets = [_pixels(path) for path in (folder / "pictures" / SCENES_PICTURE, *drawn)]
    buffer = io.BytesIO()
    Image.fromarray(np.concatenate(sheets)).save(buffer, "WEBP", quality=_QUALITY, method=4)
    return Film(
        number=description["race"],
        seed=description["config"]["seed"],
        lines=tuple(lines),
        frames=tuple(places[cycle_of(path)] for path in drawn),
        sheet=buffer.getvalue(),
    )


def write_film(film, folder):
    """Writes a Film as two files, of the name of its number."""
    told = {
        "number": film.number,
        "seed": film.seed,
        "frames": film.frames,
        "lines": film.lines,
    }
    stem = Path(folder) / f"{film.number:g}"
    write_atomically(Path(f"{stem}.json"), json.dumps(told, separators=(",", ":")).encode())
    write_atomically(Path(f"{stem}.webp"), film.sheet)


def recorded(number):
    """Returns the Film that ships for one of `entries.NUMBERS`."""
    stem = asset("races", f"{number:g}")
    told = json.loads(Path(f"{stem}.json").read_text())
    return Film(
        number=told["number"],
        seed=told["seed"],
        lines=tuple(told["lines"]),
        frames=tuple(told["frames"]),
        sheet=Path(f"{stem}.webp").read_bytes(),
    )


def recorded_ends():
    """Returns the IoU that each side ended with in the races that ship: lists by side."""
    ends = [recorded(number).lines[-1]["sides"] for number in NUMBERS]
    return {side: [end[side]["iou"] for end in ends] for side in SIDES}


def recorded_start():
    """Returns the IoU that both sides of the races that ship began with."""
    return recorded(NUMBERS[0]).lines[0]["sides"][SIDES[0]]["iou"]


def _pixels(path):
    with Image.open(path) as picture:
        return np.asarray(picture.convert("RGB"))
