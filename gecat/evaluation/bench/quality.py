"""Every classical rival and the networks, with and without refinement, side by side."""

from argparse import ArgumentParser, Namespace
from functools import partial
from pathlib import Path
from typing import Any

from gecat.errors import Status
from gecat.evaluation.baselines import METHODS
from gecat.evaluation.quality import COLUMNS, evaluate, opencv_threads, report
from gecat.files import AnyPath
from gecat.inference.batch import Predict
from gecat.inference.segmenter import load
from gecat.options import (
    add_figures,
    add_folder_options,
    add_weights,
    folders,
    publish,
)


def add_options(parser: ArgumentParser) -> None:
    """Adds what `run` takes."""
    add_folder_options(parser)
    add_weights(parser)
    add_figures(parser, "quality.json")


def run(options: Namespace) -> Status:
    """Scores all on a folder; returns the Status."""
    results = compare(*folders(options), weights=options.weights)
    status = report(results, options.json)
    if options.figures:
        rows = [
            {"method": name, **{column: result[column] for column in COLUMNS}}
            for name, result in results.items()
        ]
        photos = Path(options.images).resolve().parent.name
        publish(rows, options, "quality", photos=photos, count=results["gecat"]["count"])
    return status


def compare(
    images_dir: AnyPath,
    masks_dir: AnyPath,
    ignore_dir: AnyPath | None = None,
    limit: int | None = None,
    weights: AnyPath | None = None,
) -> dict[str, dict[str, Any]]:
    """Scores every classical rival, and the networks with and without refinement, on one thread.

    Args:
        images_dir, masks_dir, ignore_dir, limit: as for `evaluate`.
        weights: path of the networks' weights, or None for the shipped ones.

    Returns:
        A dict from a rival's name to what `evaluate` returns.

    Raises:
        UserError: as `evaluate`, or if there are no such weights.
    """
    segmenter = load(weights, threads=1)
    rivals: dict[str, Predict] = {
        **METHODS,
        "gecat": segmenter.predict,
        "gecat refined": partial(segmenter.predict, refine=True),
    }
    with opencv_threads(1):
        return {
            name: evaluate(predict, images_dir, masks_dir, ignore_dir, limit, label=name)
            for name, predict in rivals.items()
        }
