"""What several commands have in common: their options and how they report."""

import argparse
import json
import sys
from pathlib import Path

from gecat.errors import Status, UserError

PICTURE_ENDINGS = (".png", ".jpg", ".jpeg", ".webp")


def positive(text):
    """Returns the whole number of 1 or more that a word says, for argparse."""
    try:
        value = int(text)
    except ValueError:
        value = 0
    if value < 1:
        raise argparse.ArgumentTypeError(f"must be a whole number of 1 or more, received {text}")
    return value


def new_file(text):
    """Returns the path of a file to write, for argparse; what no file can be is not found late."""
    if Path(text).is_dir():
        raise argparse.ArgumentTypeError(f"must be a file, received the folder {text}")
    return text


def new_picture(text):
    """Returns the path of a picture to write, for argparse; its name tells the kind."""
    if not text.lower().endswith(PICTURE_ENDINGS):
        endings = ", ".join(PICTURE_ENDINGS)
        raise argparse.ArgumentTypeError(f"must end in one of {endings}, received {text}")
    return new_file(text)


def add_network_options(parser, refine):
    """Adds --weights and --refine; `refine` is whether masks are refined when nothing is said."""
    parser.add_argument("--weights", metavar="FILE", help="default: those that ship")
    parser.add_argument(
        "--refine",
        action=argparse.BooleanOptionalAction,
        default=refine,
        help=f"draw edges along the photo's edges (default: {'yes' if refine else 'no'})",
    )


def add_folder_options(parser, required=True):
    """Adds the folders of photos and masks to score, how many of them, and --json."""
    parser.add_argument("--images", required=required, metavar="DIR", help="photos")
    parser.add_argument(
        "--masks", required=required, metavar="DIR", help="true masks, of equal names"
    )
    parser.add_argument("--ignore", metavar="DIR", help="maps of what is undecided, white")
    parser.add_argument("--limit", type=positive, metavar="N", help="score N photos, spread evenly")
    parser.add_argument(
        "--json", type=new_file, metavar="FILE", help="write all scores, photo by photo"
    )


def add_budget(parser, seconds, cycles, required=True):
    """Adds --seconds and --cycles, of which one is given; the texts say what each is of."""
    budget = parser.add_mutually_exclusive_group(required=required)
    budget.add_argument("--seconds", type=positive, metavar="S", help=seconds)
    budget.add_argument("--cycles", type=positive, metavar="N", help=cycles)


def add_settings(parser):
    """Adds --set, which may be given many times."""
    parser.add_argument(
        "--set", action="append", default=[], metavar="KEY=VALUE", help="a setting of config.py"
    )


def settings(options):
    """Returns what --set gave, a dict of texts by name.

    Raises:
        UserError: where one has no =.
    """
    pairs = [setting.partition("=") for setting in options.set]
    for setting, (_, equals, _) in zip(options.set, pairs, strict=True):
        if not equals:
            raise UserError("command.setting", received=setting)
    return {key: value for key, _, value in pairs}


def folders(options):
    """Returns what `add_folder_options` added, as `evaluation.quality` takes it."""
    return options.images, options.masks, options.ignore, options.limit


def report(results, json_path):
    """Prints the table, tells what was left out, and writes the JSON file if asked for.

    Returns:
        the Status of the command.
    """
    from gecat.evaluation.quality import table

    first = next(iter(results.values()))
    print(table(results))
    print(f"{first['count']} photos, threshold 0.5, median ms a photo")
    tell_left_out(first["skipped"])
    if first["without_partner"]:
        print(f"without a partner: {', '.join(first['without_partner'])}", file=sys.stderr)
    write_json(results, json_path)
    return Status.SOME_SKIPPED if first["skipped"] else Status.DONE


def write_json(result, path):
    """Writes a result where a path is given, and makes its folder."""
    if path:
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        Path(path).write_text(json.dumps(result, indent=1) + "\n")


def tell_left_out(skipped):
    """Names what was left out on stderr; `skipped` holds pairs of a name and a reason."""
    for name, reason in skipped:
        print(f"{name}: left out: {reason}", file=sys.stderr)


def write_picture(picture, path):
    """Writes a uint8 picture (H, W, 3), makes its folder, and says where it is."""
    from PIL import Image

    Path(path).parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(picture).save(path)
    print(f"drawn in {path}")
