"""What an operator may choose when the app starts."""

from argparse import ArgumentParser, ArgumentTypeError
from pathlib import Path

from gecat.jobs.limits import JobLimits
from gecat.options import add_megapixels, add_weights, positive


def make_parser() -> ArgumentParser:
    """Returns the parser of what is chosen; secrets come by the environment alone."""
    parser = ArgumentParser(description="Serves the GEC-AT app; open the address that it prints.")
    parser.add_argument("--host", default=None, help="address to listen on (default: 127.0.0.1)")
    parser.add_argument("--port", type=int, default=None, help="port (default: 7860 or the next)")
    add_weights(parser)
    parser.add_argument("--runs", default=None, help="folder where trainings are kept")
    parser.add_argument(
        "--photos",
        action="append",
        default=[],
        type=existing_folder,
        metavar="DIR",
        help="a folder that visitors may train on; may be given again",
    )
    parser.add_argument(
        "--max-photos",
        type=positive,
        default=JobLimits.photos,
        metavar="N",
        help="photos a training takes (default: %(default)s)",
    )
    add_megapixels(parser)
    parser.add_argument(
        "--trainings",
        type=positive,
        default=JobLimits.trainings,
        metavar="N",
        help="trainings at a time (default: %(default)s)",
    )
    parser.add_argument(
        "--hosts",
        action="append",
        default=[],
        metavar="NAME",
        help="a name that the app is called by, beside localhost and addresses; may be given again",
    )
    parser.add_argument("--list", action="store_true", help="list all visitors' runs and end")
    return parser


def existing_folder(text: str) -> Path:
    """Returns the path of a folder, for argparse."""
    if not Path(text).is_dir():
        raise ArgumentTypeError(f"there is no such folder, received {text}")
    return Path(text).resolve()
