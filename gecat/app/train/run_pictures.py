"""A run's picture as tiles: sent once, each tile shows its part, so that tiles can wrap."""

import base64
import functools
import io

from PIL import Image

from gecat.training.run.pictures import ROWS

SIDE = 128  # of a photo on the page at most, pixels


def tiles_html(path, first=0, count=None, scores=None):
    """Tiles of a picture that a run drew: photo, mask and doubts above each other.

    They show parts of the picture that `sheet_style` gives to an element around them.

    Args:
        path: of the picture.
        first, count: the columns that are shown; all by default.
        scores: a number in [0, 1] for each tile, or None.

    Returns:
        HTML.
    """
    columns = count_columns(path)
    count = columns if count is None else count
    tiles = []
    for column in range(first, first + count):
        x = 100 * column / (columns - 1) if columns > 1 else 0
        parts = "".join(
            f'<i class="{name}" style="background-position:{x:.3f}% {y}%"></i>'
            for name, y in (("photo", 0), ("mask", 50), ("doubts", 100))
        )
        score = f"<b>{scores[column - first]:.0%}</b>" if scores else ""
        tiles.append(f'<div class="tile">{parts}{score}</div>')
    return f'<div class="tiles">{"".join(tiles)}</div>'


def sheet_style(path):
    """The style of an element that hands a picture to the tiles inside it."""
    return f"--sheet:url({_data_uri(path)});--size:{100 * count_columns(path)}% {100 * ROWS}%"


def count_columns(path):
    """Returns how many photos a picture shows side by side."""
    with Image.open(path) as picture:
        return picture.width * ROWS // picture.height


def _data_uri(path):
    return _encoded(path, path.stat().st_mtime_ns)


@functools.lru_cache(64)
def _encoded(path, changed):
    """A picture as a small data URI; `changed` tells its versions apart."""
    with Image.open(path) as picture:
        sheet = picture.convert("RGB")
    share = SIDE * ROWS / sheet.height
    if share < 1:
        sheet = sheet.resize((round(sheet.width * share), round(sheet.height * share)))
    buffer = io.BytesIO()
    sheet.save(buffer, "WEBP", quality=85, method=2)
    return f"data:image/webp;base64,{base64.b64encode(buffer.getvalue()).decode()}"
