"""Writing files so that a reader, or a crash, never meets half of one."""

import os
from pathlib import Path


def write_atomically(path, data):
    """Writes bytes beside the file, then moves them into its place.

    Args:
        path: the file to write; its folder is made if it is missing.
        data: bytes.
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f".{path.name}.{os.getpid()}.part")
    unfinished.write_bytes(data)
    unfinished.replace(path)
