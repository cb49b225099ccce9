"""The example photos: whatever lies in `assets/examples`."""

import shutil
from pathlib import Path

from gecat.files import asset


def write_examples(folder: Path) -> list[Path]:
    """Copies the example photos to where a page may serve them from.

    Args:
        folder: where to; it is made if it is missing.

    Returns:
        Their paths, in the order of the numbers that their names begin with in the assets.
    """
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    # The numbers only give the order: a download is called by the name alone.
    return [
        Path(shutil.copyfile(photo, folder / photo.name.split("-", 1)[-1]))
        for photo in sorted(asset("examples").glob("*.jpg"))
    ]
