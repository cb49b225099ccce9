"""`gecat segment`: masks, cut-outs or overlays of photos."""

import argparse
import sys
from argparse import Namespace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from gecat.errors import Status, UserError
from gecat.options import add_megapixels, add_network_options, positive

if TYPE_CHECKING:
    from gecat.inference.batch import Outcome
    from gecat.inference.products import Product

INTERRUPTED = 130
EXAMPLES = """examples:
  gecat segment photo.jpg --out cutout.png --what cutout
  gecat segment holiday/ *.heic --out masks --recursive --skip-existing
  gecat segment photo.jpg --out new.jpg --background white --crop
  gecat segment photo.jpg --out new.jpg --background beach.jpg --shadow
  curl -s https://example.org/photo.jpg | gecat segment - --out - --what cutout > cutout.png
  # as the tasks 1 to 20 of a job array, each on a machine of its own
  gecat segment photos/ --out masks --skip-existing --shard $SLURM_ARRAY_TASK_ID/20
"""


def register(commands: argparse._SubParsersAction) -> None:
    """Adds `segment` to the parser's commands."""
    parser = commands.add_parser(
        "segment",
        help="write a mask, cut-out or overlay of each photo",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        epilog=EXAMPLES,
    )
    parser.add_argument(
        "paths", nargs="+", metavar="PATH", help="photos, folders of photos, or - for stdin"
    )
    parser.add_argument(
        "--out", required=True, metavar="DIR|FILE", help="a folder, one picture, or - for stdout"
    )
    parser.add_argument(
        "--what",
        choices=("mask", "cutout", "overlay"),
        help="mask: probability times 255, 8-bit (default); cutout: transparent; overlay: tinted",
    )
    _add_looks(parser)
    _add_files(parser)
    add_network_options(parser, refine=True)
    parser.add_argument(
        "--tile",
        type=positive,
        metavar="N",
        help="add detail from tiles of N pixels, for photos much larger than the network's input",
    )
    parser.add_argument("--threads", type=positive, metavar="N", help="default: one a core")
    add_megapixels(parser)
    parser.set_defaults(run=run)


def _add_looks(parser):
    parser.add_argument(
        "--background",
        metavar="COLOUR|FILE|blurred",
        help="lay the cut-out on white, #1a2b3c, a picture, or the photo out of focus",
    )
    parser.add_argument("--shadow", action="store_true", help="the cut-out casts a soft shadow")
    parser.add_argument("--crop", action="store_true", help="write no more than the object")
    parser.add_argument(
        "--post-process", action="store_true", help="take out specks of the mask, close pinholes"
    )
    parser.add_argument(
        "--format", choices=("png", "webp", "jpeg"), help="default: as --out ends, else png"
    )


def _add_files(parser):
    parser.add_argument(
        "--recursive", action="store_true", help="take folders within folders; DIR mirrors them"
    )
    known = parser.add_mutually_exclusive_group()
    known.add_argument(
        "--skip-existing", action="store_true", help="leave results that are there as they are"
    )
    known.add_argument(
        "--overwrite",
        action="store_true",
        help="replace files that are no results too, never an input",
    )
    parser.add_argument(
        "--shard", type=shard, default=(1, 1), metavar="I/N", help="the I-th of N shares of photos"
    )


def shard(text: str) -> tuple[int, int]:
    """Returns the two numbers of a share such as 3/20, for argparse."""
    number, _, shares = text.partition("/")
    if not (number.isdecimal() and shares.isdecimal() and 1 <= int(number) <= int(shares)):
        raise argparse.ArgumentTypeError(f"must be like 3/20, received {text}")
    return int(number), int(shares)


def run(options: Namespace) -> int:
    """Segments files; some of them may be skipped."""
    from gecat.inference.batch import carry_out
    from gecat.inference.products import ENDINGS
    from gecat.inference.segmenter import load
    from gecat.inference.targets import plan

    product = _product(options)
    work = plan(
        options.paths,
        options.out,
        ENDINGS[product.kind],
        recursive=options.recursive,
        skip_existing=options.skip_existing,
        overwrite=options.overwrite,
        shard=options.shard,
    )
    segmenter = load(options.weights, threads=options.threads)
    predict = partial(segmenter.predict, refine=options.refine, tile=options.tile)
    outcome = carry_out(predict, work, product, workers=options.threads)
    # What goes to standard output is the picture.
    told = sys.stderr if options.out == "-" else sys.stdout
    print(_told(outcome, len(work.there), options.out), file=told)
    if outcome.interrupted:
        return INTERRUPTED
    return Status.SOME_SKIPPED if outcome.failed else Status.DONE


def _product(options: Namespace) -> "Product":
    from gecat.images.colour import parse_colour
    from gecat.images.reading import read_image
    from gecat.inference.backdrop import BLURRED
    from gecat.inference.products import FORMATS, Product
    from gecat.inference.targets import is_one_file

    ending = Path(options.out).suffix.lower() if is_one_file(options.out) else ""
    named = FORMATS.get(ending)
    if named and options.format and named != options.format:
        raise UserError("segment.two_formats", ending=ending, received=options.format)
    background = options.background
    if background is not None and Path(background).is_file():
        background = read_image(background)
    elif background not in (None, BLURRED):
        background = parse_colour(background)
    laid = background is not None or options.shadow
    return Product(
        what=options.what or ("cutout" if laid else "mask"),
        kind=options.format or named or "png",
        background=background,
        shadow=options.shadow,
        crop=options.crop,
        tidy=options.post_process,
    )


def _told(outcome: "Outcome", there: int, out: str) -> str:
    """What came of it, in one line; one file is named."""
    place = outcome.written[0] if len(outcome.written) == 1 and outcome.written[0] else out
    parts = [f"{len(outcome.written)} written to {place}"]
    if there:
        parts.append(f"{there} there already")
    if outcome.failed:
        parts.append(f"{outcome.failed} failed")
    if outcome.interrupted:
        parts.append("interrupted")
    return ", ".join(parts)
