"""The example photos: free pictures that scikit-image carries, so that nothing is fetched."""

from pathlib import Path

from PIL import Image

NAMES = ("coffee", "astronaut", "rocket", "chelsea")


def write_examples(folder):
    """Writes the example photos as JPEG files.

    Args:
        folder: where to; it is made if it is missing.

    Returns:
        list of their paths, in the order of `NAMES`.
    """
    from skimage import data

    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    paths = [folder / f"{name}.jpg" for name in NAMES]
    for name, path in zip(NAMES, paths, strict=True):
        Image.fromarray(getattr(data, name)()).save(path, quality=92)
    return paths
