"""How fast it is, beside what it is built on, in one run: seconds, and their ratios.

Each is timed in turn with what it is compared to, so that what else the machine does slows both.
With --figures the plot of IoU against milliseconds is drawn from what `bench quality` published.
"""

import importlib
from argparse import ArgumentParser, Namespace
from pathlib import Path

from gecat.errors import Status
from gecat.evaluation.bench.speed import figure, portrait
from gecat.evaluation.bench.speed.comparison import Figures
from gecat.options import (
    add_figures,
    add_json,
    add_parts,
    add_photos_and_masks,
    positive,
    publish,
    read_json,
    write_json,
)

PARTS = (
    "photo",
    "app",
    "network",
    "shapes",
    "memory",
    "overlap",
    "clock",
    "training",
    "accelerator",
    "large",
    "scaling",
    "paper",
)
REPEATS = 5


def add_options(parser: ArgumentParser) -> None:
    """Adds what `run` takes."""
    add_parts(parser, (*PARTS, "portrait"))
    parser.add_argument(
        "--repeats", type=positive, default=REPEATS, metavar="N", help=f"default: {REPEATS}"
    )
    parser.add_argument("--torch", metavar="PYTHON", help="a Python with PyTorch, to stand beside")
    parser.add_argument(
        "--portrait",
        metavar="FILE",
        help="selfie_segmentation.tflite of a mediapipe wheel (0.10.14), to stand beside; needs "
        "--images and --masks",
    )
    add_photos_and_masks(parser, required=False)
    add_figures(parser, "speed.json, and speed.png with quality.json")
    add_json(parser)


def run(options: Namespace) -> Status:
    """Measures the parts and prints a line for each figure; returns the Status."""
    figures = Figures(report=lambda found: write_json(found, options.json))
    published = read_json(options.figures and Path(options.figures) / "speed.json") or {}
    labelled = published.get("labelled", [])
    for name in options.part or PARTS:
        if name == "portrait":
            continue
        part = importlib.import_module(f"gecat.evaluation.bench.speed.{name}")
        own = {"torch": options.torch} if name == "training" else {}
        part.measure(figures, options.repeats, **own)
    if options.portrait:
        labelled = [portrait.measure(figures, options.portrait, options.images, options.masks)]
    if options.figures:
        _publish(figures, published, labelled, options)
    return Status.DONE


def _publish(figures, published, labelled, options):
    """Writes all figures, those of other parts as they were, and draws the plot."""
    known = {row["name"]: row for row in published.get("rows", [])}
    known |= {name: {"name": name, **found} for name, found in figures.to_dict().items()}
    publish(list(known.values()), options, "speed", labelled=labelled)
    quality = read_json(Path(options.figures) / "quality.json")
    if quality:
        figure.draw(quality["rows"], labelled, Path(options.figures) / "speed.png")
