"""How long the networks let a visitor of the Explore tab wait; what is drawn comes on top."""

import time
from argparse import ArgumentParser, Namespace
from collections.abc import Callable

import numpy as np

from gecat.errors import Status
from gecat.images.corruption import spoil
from gecat.inference.segmenter import Segmenter, load
from gecat.inspection.occlusion import occlude
from gecat.inspection.photo import InspectedPhoto, make_probe, reference_photos
from gecat.options import add_figures, add_json, add_weights, publish, write_json

REPEATS = 5


def add_options(parser: ArgumentParser) -> None:
    """Adds what `run` takes."""
    add_weights(parser)
    add_figures(parser, "inspection.json, one gradient epoch,")
    add_json(parser)


def run(options: Namespace) -> Status:
    """Prints the milliseconds."""
    segmenter = load(options.weights)
    if options.figures:
        from gecat.inspection.epoch import EpochTeller

        story = EpochTeller(segmenter.networks).tell(reference_photos()[0])
        publish([story.to_dict()], options, "inspection")
    result = time_inspection(segmenter)
    for name, milliseconds in result.items():
        print(f"{name:21}{milliseconds:7.0f} ms")
    write_json(result, options.json)
    return Status.DONE


def time_inspection(segmenter: Segmenter, repeats: int = REPEATS) -> dict[str, float]:
    """Times what a visitor waits for once a photo of the same size was looked at before.

    Args:
        segmenter: a Segmenter.
        repeats: how often each is timed, after once to warm up.

    Returns:
        dict from what was done to the median milliseconds.
    """
    from gecat.inspection.improvement import improve

    networks = segmenter.networks
    probe = make_probe(networks)
    photo = InspectedPhoto(reference_photos()[0], segmenter, probe)
    largest = max(probe.palettes, key=lambda stage: photo.features[stage].size)
    spoiled = spoil(photo.mask, right=0.1)
    timed: dict[str, Callable[[], object]] = {
        "another photo": lambda: InspectedPhoto(photo.image, segmenter, probe),
        "another stage": lambda: probe.palettes[largest].colours(photo.features[largest]),
        "a spoiled mask": lambda: segmenter.judge(photo.image, spoiled),
        "what decides a place": lambda: occlude(networks.generate, networks.input(photo.image)[0]),
        "an improved mask": lambda: improve(networks, photo.image, spoiled),
    }
    return {name: _median(function, repeats) for name, function in timed.items()}


def _median(function, repeats):
    """Median milliseconds of a call."""
    function()
    spent = []
    for _ in range(repeats):
        start = time.perf_counter()
        function()
        spent.append(1000 * (time.perf_counter() - start))
    return float(np.median(spent))
