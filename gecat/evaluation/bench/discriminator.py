"""Whether the discriminator can tell wrong masks from true ones, and what its scores mean."""

from argparse import ArgumentParser, Namespace

from gecat.errors import Status
from gecat.evaluation.discriminator_quality import examine, table
from gecat.evaluation.score_scale import save_calibration
from gecat.inference.segmenter import load
from gecat.options import add_folder_options, add_weights, new_file, tell_left_out, write_json


def add_options(parser: ArgumentParser) -> None:
    """Adds what `run` takes."""
    add_folder_options(parser, ignore=False)
    add_weights(parser)
    parser.add_argument(
        "--scale",
        type=new_file,
        metavar="FILE",
        help="write what its scores mean, which the app looks for beside the weights as "
        "<weights>.scale.json",
    )


def run(options: Namespace) -> Status:
    """Examines it on a folder; returns the Status."""
    result = examine(load(options.weights), options.images, options.masks, limit=options.limit)
    print(table(result))
    print(f"{result['count']} photos")
    tell_left_out(result["skipped"])
    write_json(result, options.json)
    if options.scale:
        save_calibration(result, options.scale)
    return Status.SOME_SKIPPED if result["skipped"] else Status.DONE
