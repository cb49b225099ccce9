"""Writing files so that a reader, or a crash, never meets half of one; names; what ships."""

import contextlib
import io
import re
import secrets
import time
from collections.abc import Container
from pathlib import Path

import numpy as np
from PIL import Image

AnyPath = str | Path
PACKAGE = Path(__file__).resolve().parent


def write_atomically(path: AnyPath, data: bytes) -> None:
    """Writes bytes beside the file, then moves them into its place.

    Args:
        path: the file to write; its folder is made if it is missing.
        data: bytes.
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    # A name of its own for every call: threads and machines may write the same file at once.
    unfinished = path.with_name(f".{path.name}.{secrets.token_hex(8)}.part")
    try:
        unfinished.write_bytes(data)
        unfinished.replace(path)
    except OSError as error:
        if error.filename == str(unfinished):  # whoever is told knows the file, not its half
            error.filename = str(path)
        raise
    finally:
        unfinished.unlink(missing_ok=True)


def remove_unfinished(folder: AnyPath, older: float = 0.0) -> None:
    """Removes what `write_atomically` began in a folder and, killed meanwhile, never finished.

    Args:
        folder: the folder; in those inside of it, too.
        older: seconds; what was touched since is left, as somebody may be writing it.
    """
    for path in Path(folder).rglob(".*.part"):
        with contextlib.suppress(FileNotFoundError):
            if time.time() - path.stat().st_mtime >= older:
                path.unlink()


def asset(*parts: str) -> Path:
    """Returns the path of a file that ships with the project.

    Args:
        *parts: its folder and its name, as in `asset("weights", "base.safetensors")`.
    """
    # A wheel carries the assets inside the package; in a checkout they lie beside it.
    carried = PACKAGE / "assets"
    return (carried if carried.is_dir() else PACKAGE.parent / "assets").joinpath(*parts)


def write_png(path: AnyPath, pixels: np.ndarray) -> None:
    """Writes a picture as `write_atomically` does.

    Args:
        path: the file to write.
        pixels: uint8 array (H, W) or (H, W, 3).
    """
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "PNG")
    write_atomically(path, buffer.getvalue())


def safe_stem(name: str) -> str:
    """Returns the stem of a file name with nothing but letters, digits, hyphens and underscores."""
    return re.sub(r"[^\w-]+", "-", Path(name).stem).strip("-")[:60] or "photo"


def free_name(name: str, taken: Container[str]) -> str:
    """Returns the name, or the name with a number if it is among those taken."""
    path, number = Path(name), 2
    while name in taken:
        name, number = f"{path.stem}-{number}{path.suffix}", number + 1
    return name
