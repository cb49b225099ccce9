"""Segments many files into a folder of PNGs; a bad file is named and never ends the batch."""

import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TypeVar

import numpy as np
from PIL import Image
from tqdm import tqdm

from gecat.errors import ImageError, UserError, name_of, told_of
from gecat.files import AnyPath
from gecat.images.reading import read_photo
from gecat.inference.cutout import cutout, opacity, overlay

Item = TypeVar("Item")
# From a uint8 photo (H, W, 3 or 4) to its mask (H, W) in [0, 1].
Predict = Callable[[np.ndarray], np.ndarray]
PRODUCTS: dict[str, Callable[..., np.ndarray]] = {
    "mask": lambda image, mask: np.rint(mask * 255).astype(np.uint8),
    "cutout": lambda image, mask: cutout(image, opacity(mask)),
    "overlay": overlay,
}
PROGRESS_AFTER_SECONDS = 2


def segment_files(
    predict: Predict, paths: Iterable[AnyPath], out: AnyPath, what: str = "mask"
) -> tuple[int, int]:
    """Writes `<stem>.png` into a folder for each picture, at the picture's own size.

    What goes wrong with one file is told on stderr, with its name and the reason. Two pictures of
    one stem are both kept, the second as `<stem>-2.png`; a file that was given as input is never
    overwritten, nor is any other that lies beside one.

    Args:
        predict: function from a uint8 photo (H, W, 3 or 4) to its mask (H, W) in [0, 1].
        paths: files, and folders of which every visible file is taken.
        out: the folder to write to; made if it is missing.
        what: "mask" (8-bit, probability times 255), "cutout" (RGBA) or "overlay" (RGB).

    Returns:
        (written, failed): how many files of each.

    Raises:
        ValueError: if `what` is none of these.
        UserError: if the folders hold no file.
        OSError: if the folder cannot be made.
    """
    if what not in PRODUCTS:
        raise ValueError(f"what must be one of {', '.join(PRODUCTS)}, received {what}.")
    files = _files(paths)
    if not files:
        raise UserError("segment.no_photos", received=list(map(name_of, paths)))
    out = Path(out)
    out.mkdir(parents=True, exist_ok=True)
    taken = {_key(file) for file in files}
    if any(file.parent.resolve() == out.resolve() for file in files):
        taken |= {_key(file) for file in out.iterdir()}  # a photo of the same stem may be there
    written = failed = 0
    notes = []
    for file in with_progress(files):
        try:
            image = read_photo(file)
            product = PRODUCTS[what](image, predict(image))
            target = _free_path(out, file.stem, taken)
            Image.fromarray(product).save(target)
        except (ImageError, OSError, MemoryError) as error:
            notes.append(f"{file}: {told_of(error) or error}")
            failed += 1
            continue
        taken.add(_key(target))
        written += 1
        if target.stem != file.stem:
            notes.append(f"{file}: its name is taken, written as {target.name}")
    for note in notes:  # after the progress bar, which they would tear apart
        print(note, file=sys.stderr)
    return written, failed


def with_progress(items: Iterable[Item], label: str | None = None) -> Iterable[Item]:
    """Goes through photos, with a progress bar on stderr once it takes longer than a moment."""
    return tqdm(
        items, label, unit="photo", delay=PROGRESS_AFTER_SECONDS, mininterval=0.5, file=sys.stderr
    )


def _files(paths):
    """The files given, and those in the folders given, each once."""
    found = []
    for path in map(Path, paths):
        if path.is_dir():
            inside = sorted(file for file in path.iterdir() if file.is_file())
            found += [file for file in inside if not file.name.startswith(".")]
        else:
            found.append(path)
    return list({file.resolve(): file for file in found}.values())


def _free_path(out, stem, taken):
    target, number = out / f"{stem}.png", 2
    while _key(target) in taken:
        target, number = out / f"{stem}-{number}.png", number + 1
    return target


def _key(path):
    # Some file systems do not tell A.png from a.png.
    return str(path.resolve()).casefold()
