"""Writing files so that a reader, or a crash, never meets half of one."""

import io
import secrets
from pathlib import Path

from PIL import Image


def write_atomically(path, data):
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
    finally:
        unfinished.unlink(missing_ok=True)


def write_png(path, pixels):
    """Writes a picture as `write_atomically` does.

    Args:
        path: the file to write.
        pixels: uint8 array (H, W) or (H, W, 3).
    """
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "PNG")
    write_atomically(path, buffer.getvalue())
