"""The example photos: whatever lies in `assets/examples`; and the photo that a page opens with."""

import shutil
from pathlib import Path

from gecat.app.ui.uploads import uploaded_path
from gecat.errors import ImageError
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


def opening_photo(examples, name, own):
    """Returns the path of the photo that a page opens with.

    Args:
        examples: paths of the example photos.
        name: of the example that its address asks for, or whatever stands there instead.
        own: path of the photo that the visitor's browser remembers, or None.
    """
    for example in examples:
        if example.stem == name:
            return str(example)
    try:
        path = uploaded_path({"path": own})
    except ImageError:
        return str(examples[0])
    return path if Path(path).is_file() else str(examples[0])
