"""`gecat train`: learns from photos without labels."""

import argparse
import sys
from argparse import Namespace
from typing import Any

from gecat.commands.child import add_child, as_child
from gecat.errors import Status, UserError
from gecat.options import (
    add_budget,
    add_megapixels,
    add_settings,
    counted,
    positive,
    settings,
    tell_left_out,
)


def register(commands: argparse._SubParsersAction) -> None:
    """Adds `train` to the parser's commands."""
    parser = commands.add_parser("train", help="learn from photos without labels")
    parser.add_argument(
        "--data",
        metavar="DIR|ZIP|NPY|scenes",
        help="photos; or images/ with masks/ beside it, for some or all of them; needed but to "
        "resume",
    )
    parser.add_argument("--run", required=True, dest="folder", metavar="DIR", help="where it goes")
    parser.add_argument("--preset", metavar="NAME", help="small (default), base or article")
    add_budget(parser, "time to learn in all", "cycles in all")
    parser.add_argument("--resume", action="store_true", help="go on with the run that is there")
    parser.add_argument("--start", metavar="FILE", help="weights to begin from")
    parser.add_argument("--teacher", metavar="FILE", help="weights that make the pseudo-masks")
    parser.add_argument("--limit", type=positive, metavar="N", help="take N photos at most")
    parser.add_argument("--cache", metavar="DIR", help="where pseudo-masks are kept")
    parser.add_argument(
        "--strategy",
        choices=("none", "mirrored", "multiworker"),
        default="none",
        help="mirrored: all GPUs of this machine; multiworker: machines named in TF_CONFIG",
    )
    add_child(parser)
    parser.add_argument(
        "--workers",
        type=positive,
        metavar="N",
        help="processes that run GrabCut where pseudo-masks are renewed (default: cores less two)",
    )
    add_settings(parser)
    add_megapixels(parser)
    parser.set_defaults(run=run)


def run(options: Namespace) -> Status:
    """Trains, and writes down why where that cannot be; some photos may be left out."""
    with as_child(options):
        return _train(options)


def _train(options):
    from tqdm import tqdm

    from gecat.training.run.folder import read_description, skipped_of
    from gecat.training.train import train

    changes = settings(options)
    if options.strategy == "multiworker" and options.seconds:
        raise UserError("command.clocks", received=options.seconds)
    strategy, folder = None, options.folder
    if options.strategy != "none":
        from gecat.training.backend import make_strategy, worker_folder  # TensorFlow

        strategy = make_strategy(options.strategy)
        folder = worker_folder(strategy, folder)
    reading = tqdm(unit=" photos", delay=2, desc="reading")
    learning = tqdm(
        total=100,
        unit="%",
        delay=2,
        desc="learning",
        bar_format="{l_bar}{bar}| {elapsed}<{remaining}{postfix}",
    )

    def on_photo(done, total):
        reading.total = total
        reading.update(done - reading.n)

    def on_loaded(photos):
        reading.close()
        print(recognised(photos), file=sys.stderr)

    def on_cycle(figures):
        reading.close()
        learning.update(100 * figures["progress"] - learning.n)
        loss = figures.get("generator_loss") or figures.get("discriminator_loss")
        # A cycle that broke has no loss.
        told = "" if loss is None else f", loss {loss:.3f}"
        learning.set_postfix_str(f"{figures['stage']}, cycle {figures['cycle']}{told}")

    weights = train(
        options.data,
        folder,
        preset_name=options.preset,
        changes=changes,
        cycles=options.cycles,
        seconds=options.seconds,
        resume=options.resume,
        start=options.start,
        teacher=options.teacher,
        cache=options.cache,
        limit=options.limit,
        strategy=strategy,
        workers=options.workers,
        progress=on_photo,
        loaded=on_loaded,
        report=on_cycle,
    )
    learning.close()
    skipped = skipped_of(read_description(folder))
    tell_left_out(skipped)
    print(f"weights written to {weights}")
    return Status.SOME_SKIPPED if skipped else Status.DONE


def recognised(photos: Any) -> str:
    """Returns what a source was taken for, and what of it is learned from, in words.

    Args:
        photos: `images.datasets.Photos`.
    """
    used = counted(len(photos.names), "photo"), counted(int(photos.has_mask.sum()), "mask")
    return f"{photos.found}; learning from {' and '.join(used)}"
