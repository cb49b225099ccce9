"""`gecat evaluate`: scores masks against true ones."""

import argparse
from argparse import Namespace
from functools import partial
from pathlib import Path

from gecat.errors import Status, UserError
from gecat.options import (
    add_folder_options,
    add_megapixels,
    add_network_options,
    folders,
    new_picture,
    positive,
    write_picture,
)


def register(commands: argparse._SubParsersAction) -> None:
    """Adds `evaluate` to the parser's commands."""
    parser = commands.add_parser("evaluate", help="score masks against true ones")
    add_folder_options(parser)
    add_network_options(parser, refine=False)
    parser.add_argument("--method", metavar="NAME", help="a classical method, not the networks")
    parser.add_argument("--threads", type=positive, default=1, metavar="N", help="default: 1")
    parser.add_argument(
        "--sheet", type=new_picture, metavar="FILE", help="draw the ten best and the ten worst"
    )
    add_megapixels(parser)
    parser.set_defaults(run=run)


def run(options: Namespace) -> Status:
    """Scores the networks, or one classical method, on a folder."""
    from gecat.evaluation.baselines import method
    from gecat.evaluation.quality import evaluate, opencv_threads, report
    from gecat.evaluation.sheet import draw_sheet
    from gecat.inference.segmenter import load

    if options.method:
        if options.weights or options.refine:
            raise UserError("command.method_alone")
        name, predict = options.method, method(options.method)
    else:
        name = Path(options.weights).stem if options.weights else "gecat"
        segmenter = load(options.weights, threads=options.threads)
        predict = partial(segmenter.predict, refine=options.refine)
    with opencv_threads(options.threads):
        result = evaluate(predict, *folders(options), label=name)
        status = report({name: result}, options.json)
        if options.sheet:
            sheet = draw_sheet(predict, result["images"], options.images, options.masks)
            write_picture(sheet, options.sheet)
    return status
