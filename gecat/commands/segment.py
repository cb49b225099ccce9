"""`gecat segment`: masks, cut-outs or overlays of photos."""

import argparse
from argparse import Namespace
from functools import partial

from gecat.errors import Status
from gecat.options import add_megapixels, add_network_options, positive


def register(commands: argparse._SubParsersAction) -> None:
    """Adds `segment` to the parser's commands."""
    parser = commands.add_parser("segment", help="write a mask, cut-out or overlay of each photo")
    parser.add_argument("paths", nargs="+", metavar="PATH", help="photos, or folders of photos")
    parser.add_argument("--out", required=True, metavar="DIR", help="folder for the PNGs")
    parser.add_argument(
        "--what",
        choices=("mask", "cutout", "overlay"),
        default="mask",
        help="mask: probability times 255, 8-bit (default); cutout: transparent; overlay: tinted",
    )
    add_network_options(parser, refine=True)
    parser.add_argument(
        "--tile",
        type=positive,
        metavar="N",
        help="add detail from tiles of N pixels, for photos much larger than the network's input",
    )
    parser.add_argument("--threads", type=positive, metavar="N", help="default: as TensorFlow has")
    add_megapixels(parser)
    parser.set_defaults(run=run)


def run(options: Namespace) -> Status:
    """Segments files; some of them may be skipped."""
    from gecat.inference.batch import segment_files
    from gecat.inference.segmenter import load

    segmenter = load(options.weights, threads=options.threads)
    predict = partial(segmenter.predict, refine=options.refine, tile=options.tile)
    written, failed = segment_files(predict, options.paths, options.out, options.what)
    print(f"{written} written to {options.out}" + (f", {failed} failed" if failed else ""))
    return Status.SOME_SKIPPED if failed else Status.DONE
