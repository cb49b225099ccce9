"""Whether the reader gives what Pillow and littlecms give, over any folder of files."""

import io
import re
import time
from argparse import ArgumentParser, Namespace
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image, ImageCms, ImageOps
from pillow_heif import HeifImageFile

from gecat.errors import ImageError, Status, UserError, name_of
from gecat.files import AnyPath
from gecat.images.decoding import read_image
from gecat.images.layouts import ENDINGS
from gecat.images.reading import PICTURE_SIGNATURES
from gecat.inference.batch import with_progress
from gecat.options import add_json, counted, write_json

VERDICTS = ("ok", "refused", "different", "slow")
TOLERANCE = 3  # levels, of the pixel that is farthest off
# A slow file takes longer than both.
SLOW_SECONDS, SLOW_TIMES = 2.0, 10


def add_options(parser: ArgumentParser) -> None:
    """Adds what `run` takes."""
    parser.add_argument("--corpus", required=True, metavar="DIR", help="files at any depth")
    add_json(parser)


def run(options: Namespace) -> Status:
    """Reads all that Pillow or the reader can; returns the Status."""
    rows = compare(options.corpus)
    print(table(rows))
    for row in rows:
        if row["verdict"] != "ok":
            print(f"{row['file']}: {row['verdict']}: {row['why']}")
    write_json(rows, options.json)
    return Status.DONE if all(row["verdict"] == "ok" for row in rows) else Status.SOME_SKIPPED


def compare(corpus: AnyPath) -> list[dict[str, Any]]:
    """Judges every picture in a folder.

    Args:
        corpus: the folder, looked through at every depth.

    Returns:
        A dict a picture: "file", "kind" (its format), "verdict" (one of VERDICTS), "why", "ms".
        What neither side reads is left out.

    Raises:
        UserError: if there is no such folder, or no picture in it.
    """
    corpus = Path(corpus)
    if not corpus.is_dir():
        raise UserError("evaluation.no_folder", received=name_of(corpus))
    files = sorted(file for file in corpus.rglob("*") if _may_be_picture(file))
    for first in files[:1]:
        judge(first)  # the process that reads begins with it, which takes a while
    judged = ((file, judge(file)) for file in with_progress(files))
    rows = [{"file": str(file.relative_to(corpus)), **row} for file, row in judged if row]
    if not rows:
        raise UserError("segment.no_photos", received=[name_of(corpus)])
    return rows


def judge(file: Path) -> dict[str, Any] | None:
    """Judges one file; None where neither side can read it."""
    start = time.perf_counter()
    try:
        kind, expected = _by_pillow(file)
    except Exception:  # decoders raise whatever they stumble over
        kind, expected = "none", None
    between = time.perf_counter()
    try:
        found = read_image(file)
    except ImageError as error:
        seconds = time.perf_counter() - between
        if expected is None:
            return None
        return {"kind": kind, "verdict": "refused", "why": str(error), "ms": 1000 * seconds}
    seconds = time.perf_counter() - between
    row = {"kind": kind, "verdict": "ok", "why": "", "ms": 1000 * seconds}
    if expected is None:
        return row | {"why": "Pillow does not read it"}
    if found.shape != expected.shape:
        (height, width), (rows, columns) = expected.shape[:2], found.shape[:2]
        why = f"{columns} x {rows} pixels, not {width} x {height}"
        return row | {"verdict": "different", "why": why}
    off = int(np.abs(found.astype(np.int16) - expected).max())
    if off > TOLERANCE:
        return row | {"verdict": "different", "why": f"up to {off} levels off"}
    if seconds > max(SLOW_SECONDS, SLOW_TIMES * (between - start)):
        return row | {"verdict": "slow", "why": f"{seconds:.1f} s, Pillow {between - start:.1f} s"}
    return row


def table(rows: list[dict[str, Any]]) -> str:
    """Lines of text: a row a format, a column a verdict, and all of them below."""
    kinds = sorted({row["kind"] for row in rows})
    heads = ("format", "files", *VERDICTS)
    lines = [[kind, *_counts(rows, kind)] for kind in kinds]
    lines.append(["all", *_counts(rows, None)])
    text = [f"{heads[0]:8}" + "".join(f"{head:>11}" for head in heads[1:])]
    text += [f"{name:8}" + "".join(f"{count:>11}" for count in counts) for name, *counts in lines]
    alone = sum(row["kind"] == "none" for row in rows)
    return "\n".join([*text, f"{counted(alone, 'file')} that Pillow does not read"])


def _may_be_picture(file):
    """Whether a file is called or begins like a picture: a corpus may hold anything else."""
    if not file.is_file():
        return False
    with file.open("rb") as opened:
        start = opened.read(16)
    called = file.suffix[1:].casefold() in ENDINGS
    return called or any(re.match(sign, start, re.DOTALL) for sign, _ in PICTURE_SIGNATURES)


def _counts(rows, kind):
    found = Counter(row["verdict"] for row in rows if kind in (None, row["kind"]))
    return [found.total(), *(found[verdict] for verdict in VERDICTS)]


def _by_pillow(file):
    """The format of a file, and its first picture: upright, in sRGB, laid on white."""
    data = file.read_bytes()
    try:
        image = Image.open(io.BytesIO(data))
    except Image.UnidentifiedImageError:
        image = HeifImageFile(io.BytesIO(data))
    kind = image.format
    image.load()
    image = ImageOps.exif_transpose(image)
    profile = image.info.get("icc_profile")
    alpha = image.convert("RGBA").getchannel("A") if image.has_transparency_data else None
    if image.mode.startswith("I;16"):
        image = Image.fromarray(np.uint8(np.rint(np.asarray(image) / 257)))
    if image.mode not in ("L", "RGB", "CMYK", "LAB"):
        image = image.convert("L" if image.mode in ("1", "LA") else "RGB")
    image = _in_srgb(image, profile)
    if alpha is not None:
        image = Image.composite(image, Image.new("RGB", image.size, "white"), alpha)
    return kind, np.asarray(image)


def _in_srgb(image, profile):
    if not profile:
        return image.convert("RGB")
    try:
        source, srgb = ImageCms.ImageCmsProfile(io.BytesIO(profile)), ImageCms.createProfile("sRGB")
        return ImageCms.profileToProfile(image, source, srgb, outputMode="RGB")
    except (ImageCms.PyCMSError, OSError):
        return image.convert("RGB")
