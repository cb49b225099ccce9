"""Geodesic distances on a photo: how much a way costs that avoids edges.

The transform is exact along a line and sweeps line by line, down and up, as the raster scans of
Toivanen 1996, "New geodesic distance transforms for gray-scale images"; with two rounds its ways
may turn back once.
"""

from typing import NamedTuple

import numpy as np

DIAGONAL = np.float32(2**0.5)


class Steps(NamedTuple):
    """What the steps between neighbouring pixels cost, 0 or more.

    Attributes:
        across: float32 (H, W - 1), from (y, x) to (y, x + 1).
        down: float32 (H - 1, W), from (y, x) to (y + 1, x).
        falling: float32 (H - 1, W - 1), from (y, x) to (y + 1, x + 1).
        rising: float32 (H - 1, W - 1), from (y + 1, x) to (y, x + 1).
    """

    across: np.ndarray
    down: np.ndarray
    falling: np.ndarray
    rising: np.ndarray


def steps_over(fields: np.ndarray, length: float) -> Steps:
    """The cost of a step over fields: its length, and how far the fields change.

    Args:
        fields: float array (H, W, C), in units of cost.
        length: what a step to the side costs on even ground; one across costs the root of 2 times.
    """

    def cost(here, there, times):
        change = np.sqrt(np.square(here - there).sum(axis=-1))
        return (length * times + change).astype(np.float32)

    return Steps(
        cost(fields[:, 1:], fields[:, :-1], 1),
        cost(fields[1:], fields[:-1], 1),
        cost(fields[1:, 1:], fields[:-1, :-1], DIAGONAL),
        cost(fields[1:, :-1], fields[:-1, 1:], DIAGONAL),
    )


def steps_through(ground: np.ndarray) -> Steps:
    """The cost of a step through pixels that cost something each.

    Args:
        ground: float array (H, W), of one pixel's width, 0 or more.
    """

    def cost(here, there, times):
        return (0.5 * times * (here + there)).astype(np.float32)

    return Steps(
        cost(ground[:, 1:], ground[:, :-1], 1),
        cost(ground[1:], ground[:-1], 1),
        cost(ground[1:, 1:], ground[:-1, :-1], DIAGONAL),
        cost(ground[1:, :-1], ground[:-1, 1:], DIAGONAL),
    )


def geodesic_distance(seeds: np.ndarray, steps: Steps, rounds: int = 2) -> np.ndarray:
    """The cost of the cheapest way from the seeds to every pixel.

    Args:
        seeds: bool array (H, W).
        steps: of the same photo.
        rounds: sweeps down and up, 1 or more.

    Returns:
        float32 array (H, W); infinite where there is no seed.
    """
    distance = np.where(seeds, np.float32(0), np.float32(np.inf))
    # The cost of the way along each row, from its left end.
    along = np.zeros(seeds.shape, np.float32)
    np.cumsum(steps.across, axis=1, out=along[:, 1:])
    for _ in range(rounds):
        _sweep(distance, along, steps.down, steps.falling, steps.rising)
        flipped = steps.rising[::-1], steps.falling[::-1]
        _sweep(distance[::-1], along[::-1], steps.down[::-1], *flipped)
    return distance


def _sweep(distance, along, down, falling, rising):
    """Passes distances from row to row and along each row, in place."""
    _relax(distance[0], along[0])
    for index in range(1, len(distance)):
        row, before = distance[index], distance[index - 1]
        np.minimum(row, before + down[index - 1], out=row)
        np.minimum(row[1:], before[:-1] + falling[index - 1], out=row[1:])
        np.minimum(row[:-1], before[1:] + rising[index - 1], out=row[:-1])
        _relax(row, along[index])


def _relax(row, along):
    """The cheapest way along a row: to the right, the least start less the way up to it."""
    rightward = np.minimum.accumulate(row - along) + along
    leftward = np.minimum.accumulate((row + along)[::-1])[::-1] - along
    np.minimum(rightward, leftward, out=row)
