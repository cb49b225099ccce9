"""How long the Explore tab lets people wait, without the browser and the network between.

`python -m gecat.app.explore.timing` tells it.
"""

import argparse
import time

import numpy as np

from gecat.app.explore.critic import CriticView
from gecat.app.explore.generator import LAST_VIEWS, GeneratorView
from gecat.app.explore.subject import Subject, make_explorer, reference_photos
from gecat.app.ui.result_cache import Shelf
from gecat.i18n import words
from gecat.inference.segmenter import SHIPPED_WEIGHTS, load
from gecat.options import add_json, add_weights, write_json

REPEATS = 7


def time_views(segmenter, weights):
    """Times what a visitor waits for once a photo is loaded.

    Args:
        segmenter: a Segmenter.
        weights: path of its weights.

    Returns:
        dict from what was done to the median milliseconds.
    """
    explorer = make_explorer(words("en"), lambda: segmenter, Shelf())
    subjects = [
        Subject(photo, "photo", segmenter, explorer.probe()) for photo in reference_photos()
    ]
    tickets = [explorer.shelf.put(subject, subject.size) for subject in subjects]
    generator, critic = GeneratorView(explorer), CriticView(explorer, weights)
    stages = len(subjects[0].features) + len(LAST_VIEWS)
    moves = np.linspace(-20, 20, REPEATS).round()
    timed = {
        "another photo": [(generator.open, ticket) for ticket in tickets],
        "another layer": [(generator.show, tickets[0], stage) for stage in range(stages)],
        "a slider": [(critic.judge, tickets[0], "own", 0, move, 0, 0) for move in moves],
        "another place": [
            (generator.occlusion_figure, subjects[0], place, 0.5)
            for place in np.linspace(0.1, 0.9, REPEATS)
        ],
    }
    return {name: _median(calls) for name, calls in timed.items()}


def _median(calls):
    """Median milliseconds of calls (function, *arguments); the first call of all warms up."""
    first, *arguments = calls[0]
    first(*arguments)
    spent = []
    for function, *arguments in calls:
        start = time.perf_counter()
        function(*arguments)
        spent.append(1000 * (time.perf_counter() - start))
    return float(np.median(spent))


def main():
    """Prints the milliseconds, and writes them where --json is given."""
    parser = argparse.ArgumentParser(description="Times the answers of the Explore tab.")
    add_weights(parser)
    add_json(parser)
    options = parser.parse_args()
    weights = options.weights or SHIPPED_WEIGHTS
    result = time_views(load(weights), weights)
    for name, milliseconds in result.items():
        print(f"{name:16}{milliseconds:7.0f} ms")
    write_json(result, options.json)


if __name__ == "__main__":
    main()
