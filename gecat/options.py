"""What commands and benches have in common: their options, and how they tell what they did."""

import argparse
import json
import os
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

from gecat.errors import UserError
from gecat.files import AnyPath

MOST_MEGAPIXELS = 178  # Pillow itself goes no further
PICTURE_ENDINGS = (".png", ".jpg", ".jpeg", ".webp")


def positive(text: str) -> int:
    """Returns the whole number of 1 or more that a word says, for argparse."""
    try:
        value = int(text)
    except ValueError:
        value = 0
    if value < 1:
        raise argparse.ArgumentTypeError(f"must be a whole number of 1 or more, received {text}")
    return value


def share_of_all(text: str) -> float:
    """Returns the number from 0 to 1 that a word says, for argparse."""
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0.0 <= value <= 1.0:
        raise argparse.ArgumentTypeError(f"must be a number from 0 to 1, received {text}")
    return value


def megapixels(text: str) -> int:
    """Returns how many million pixels a picture may have, for argparse."""
    value = positive(text)
    if value > MOST_MEGAPIXELS:
        raise argparse.ArgumentTypeError(f"must be {MOST_MEGAPIXELS} at most, received {text}")
    return value


def add_megapixels(parser: ArgumentParser) -> None:
    """Adds --max-megapixels."""
    parser.add_argument(
        "--max-megapixels",
        type=megapixels,
        metavar="N",
        help=f"refuse larger pictures; default: 64, at most {MOST_MEGAPIXELS}",
    )


def new_file(text: str) -> str:
    """Returns the path of a file to write, for argparse; what no file can be is not found late."""
    if Path(text).is_dir():
        raise argparse.ArgumentTypeError(f"must be a file, received the folder {text}")
    return text


def new_picture(text: str) -> str:
    """Returns the path of a picture to write, for argparse; its name tells the kind."""
    if not text.lower().endswith(PICTURE_ENDINGS):
        endings = ", ".join(PICTURE_ENDINGS)
        raise argparse.ArgumentTypeError(f"must end in one of {endings}, received {text}")
    return new_file(text)


def add_weights(parser: ArgumentParser) -> None:
    """Adds --weights."""
    parser.add_argument("--weights", metavar="FILE", help="default: those that ship")


def add_network_options(parser: ArgumentParser, refine: bool) -> None:
    """Adds --weights and --refine; `refine` is whether masks are refined when nothing is said."""
    add_weights(parser)
    parser.add_argument(
        "--refine",
        action=argparse.BooleanOptionalAction,
        default=refine,
        help=f"draw edges along the photo's edges (default: {'yes' if refine else 'no'})",
    )


def add_photos_and_masks(parser: ArgumentParser, required: bool = True) -> None:
    """Adds the folders of photos to score and of their true masks."""
    parser.add_argument("--images", required=required, metavar="DIR", help="photos to score")
    parser.add_argument(
        "--masks", required=required, metavar="DIR", help="their true masks, of equal names"
    )


def add_folder_options(parser: ArgumentParser, ignore: bool = True) -> None:
    """Adds what is scored, how much of it, and --json; `ignore` is whether maps may be given."""
    add_photos_and_masks(parser)
    if ignore:
        parser.add_argument("--ignore", metavar="DIR", help="maps of what is undecided, white")
    parser.add_argument("--limit", type=positive, metavar="N", help="score N photos, spread evenly")
    add_json(parser)


def add_json(parser: ArgumentParser) -> None:
    """Adds --json."""
    parser.add_argument("--json", type=new_file, metavar="FILE", help="write all scores")


def add_parts(parser: ArgumentParser, parts: Iterable[str]) -> None:
    """Adds --part, which may be given many times."""
    parser.add_argument(
        "--part",
        action="append",
        choices=parts,
        metavar="NAME",
        help=f"one of {', '.join(parts)}; may be given again (default: all)",
    )


def add_budget(parser: ArgumentParser, seconds: str, cycles: str, required: bool = True) -> None:
    """Adds --seconds and --cycles, of which one is given; the texts say what each is of."""
    budget = parser.add_mutually_exclusive_group(required=required)
    budget.add_argument("--seconds", type=positive, metavar="S", help=seconds)
    budget.add_argument("--cycles", type=positive, metavar="N", help=cycles)


def add_settings(parser: ArgumentParser) -> None:
    """Adds --set, which may be given many times."""
    parser.add_argument(
        "--set", action="append", default=[], metavar="KEY=VALUE", help="a setting of config.py"
    )


def add_run_options(parser: ArgumentParser) -> None:
    """Adds what runs are begun with, of which several are compared."""
    add_budget(parser, "of each run", "of each run")
    parser.add_argument("--start", metavar="FILE", help="weights to begin from")
    parser.add_argument("--teacher", metavar="FILE", help="default: the weights to begin from")
    add_settings(parser)
    add_json(parser)


def settings(options: Namespace) -> dict[str, str]:
    """Returns what --set gave, a dict of texts by name.

    Raises:
        UserError: where one has no =.
    """
    pairs = [setting.partition("=") for setting in options.set]
    for setting, (_, equals, _) in zip(options.set, pairs, strict=True):
        if not equals:
            raise UserError("command.setting", received=setting)
    return {key: value for key, _, value in pairs}


def folders(options: Namespace) -> tuple[str, str, str | None, int | None]:
    """Returns what `add_folder_options` added, as `evaluation.quality` takes it."""
    return options.images, options.masks, options.ignore, options.limit


def write_json(result: object, path: AnyPath | None) -> None:
    """Writes a result where a path is given, and makes its folder."""
    if path:
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        Path(path).write_text(json.dumps(result, indent=1) + "\n")


def add_figures(parser: ArgumentParser, files: str) -> None:
    """Adds --figures, where `publish` writes, and --machine; `files` says what is written."""
    parser.add_argument("--figures", metavar="DIR", help=f"write {files} there")
    cores = counted(os.cpu_count() or 1, "core")
    parser.add_argument("--machine", default=cores, help=f"what this runs on (default: {cores})")


def publish(rows: list[dict[str, Any]], options: Namespace, bench: str, **facts: Any) -> None:
    """Writes what a bench found where the page and the README show it.

    Args:
        rows: dicts that JSON can hold.
        options: of `add_figures`; bench: its name, of which the file's is made.
        **facts: what else is known of all rows.
    """
    told = {
        "command": f"python -m gecat bench {bench}",
        "date": date.today().isoformat(),
        "machine": options.machine,
        **facts,
        "rows": rows,
    }
    write_json(told, Path(options.figures) / f"{bench}.json")


def read_json(path: AnyPath | None) -> Any:
    """Returns what `write_json` has written; None where no path is given or nothing lies there."""
    return json.loads(Path(path).read_text()) if path and Path(path).exists() else None


def tell_left_out(skipped: Iterable[tuple[str, object]]) -> None:
    """Names what was left out on stderr; `skipped` holds pairs of a name and a reason."""
    for name, reason in skipped:
        print(f"{name}: left out: {reason}", file=sys.stderr)


def counted(count: int, one: str, many: str | None = None) -> str:
    """Returns a number with its noun: "1 photo", "1,200 photos"."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def write_picture(picture: np.ndarray, path: AnyPath) -> None:
    """Writes a uint8 picture (H, W, 3), makes its folder, and says where it is."""
    from PIL import Image

    Path(path).parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(picture).save(path)
    print(f"drawn in {path}")
