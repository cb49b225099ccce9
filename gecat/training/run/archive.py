"""A run as one zip to take home; the photos that it learned from stay where they are."""

import io
import json
import zipfile
from pathlib import Path

from gecat.training.run.pictures import film, picture_paths

FIRST_DATE = (1980, 1, 1, 0, 0, 0)  # the same run gives the same bytes


def pack(folder, notes=None):
    """Packs a run's settings, figures, pictures, film, events and weights.

    Args:
        folder: the run's folder.
        notes: dict of names and texts of further files, or None.

    Returns:
        bytes of a zip.
    """
    folder = Path(folder)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, data in _members(folder, notes or {}):
            archive.writestr(zipfile.ZipInfo(name, FIRST_DATE), data, _method(name))
    return buffer.getvalue()


def _members(folder, notes):
    config = folder / "config.json"
    if config.is_file():
        described = json.loads(config.read_text())
        # Where photos and weights lay on the server is nobody's business.
        for name in ("source", "teacher"):
            described[name] = described.get(name) and Path(described[name]).name
        yield "config.json", json.dumps(described, indent=2)
    for name in ("stats.jsonl", "weights.safetensors"):
        if (folder / name).is_file():
            yield name, (folder / name).read_bytes()
    for number, path in enumerate(sorted(folder.glob("events.out.tfevents.*"))):
        # The name that TensorFlow gives holds the server's own.
        yield f"events/events.out.tfevents.{number}", path.read_bytes()
    for path in picture_paths(folder):
        yield f"pictures/{path.name}", path.read_bytes()
    if (folder / "pictures" / "pairs.png").is_file():
        yield "pictures/pairs.png", (folder / "pictures" / "pairs.png").read_bytes()
    animated = film(folder)
    if animated:
        yield "film.webp", animated
    yield from notes.items()


def _method(name):
    packed = Path(name).suffix in (".png", ".webp", ".safetensors")
    return zipfile.ZIP_STORED if packed else zipfile.ZIP_DEFLATED
