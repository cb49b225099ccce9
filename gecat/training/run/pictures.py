"""The pictures that a run draws of its fixed photos as it learns; needs no TensorFlow."""

import io
from pathlib import Path

import numpy as np
from PIL import Image

ROWS = 3  # of a picture: photos, masks, score maps
FRAMES = 120  # of a film at most
FRAME_MILLISECONDS = 120
LAST_MILLISECONDS = 2000  # the end is looked at for longer
FILM_COLUMNS = 4  # photos side by side in a film
FILM_SIDE = 128  # of a photo in a film, pixels


def picture_paths(folder):
    """Returns the paths of a run's pictures, oldest first."""
    return sorted((Path(folder) / "pictures").glob("[0-9]*.png"))


def cycle_of(path):
    """Returns the cycle after which a picture was drawn."""
    return int(Path(path).stem)


def drop_pictures_after(folder, cycle):
    """Removes pictures of cycles that a killed run had drawn after its last checkpoint."""
    for path in picture_paths(folder):
        if cycle_of(path) > cycle:
            path.unlink(missing_ok=True)


def thin_out(folder, limit):
    """Removes every second picture until at most `limit` are left; the first and last stay.

    Args:
        folder: the run's folder; limit: 2 or more.
    """
    paths = picture_paths(folder)
    while len(paths) > limit:
        for path in paths[1:-1:2]:
            path.unlink(missing_ok=True)
        paths = picture_paths(folder)


def spread(items, limit):
    """Returns at most `limit` items, spread evenly, the first and the last among them."""
    if len(items) <= limit:
        return list(items)
    return [items[round(place)] for place in np.linspace(0, len(items) - 1, limit)]


def film(folder):
    """Makes a film of the masks appearing: each photo with its mask below, as time passes.

    Args:
        folder: the run's folder.

    Returns:
        bytes of an animated WebP, or None where nothing was drawn yet.
    """
    frames = [_frame(path) for path in spread(picture_paths(folder), FRAMES)]
    if not frames:
        return None
    buffer = io.BytesIO()
    durations = [FRAME_MILLISECONDS] * (len(frames) - 1) + [LAST_MILLISECONDS]
    frames[0].save(
        buffer,
        "WEBP",
        save_all=True,
        append_images=frames[1:],
        duration=durations,
        loop=0,
        quality=80,
        method=2,
    )
    return buffer.getvalue()


def _frame(path):
    """Photos in rows of FILM_COLUMNS, the masks of each row below it."""
    with Image.open(path) as picture:
        sheet = np.asarray(picture.convert("RGB"))
    side = sheet.shape[0] // ROWS
    photos, masks = sheet[:side], sheet[side : 2 * side]
    width = FILM_COLUMNS * side
    strips = []
    for left in range(0, sheet.shape[1], width):
        for row in (photos, masks):
            strip = np.zeros((side, width, 3), np.uint8)
            part = row[:, left : left + width]
            strip[:, : part.shape[1]] = part
            strips.append(strip)
    stacked = Image.fromarray(np.concatenate(strips))
    share = FILM_SIDE / side
    size = (round(stacked.width * share), round(stacked.height * share))
    return stacked.resize(size, Image.Resampling.BILINEAR)
