"""How Adam's learning rate falls over a run."""

import math


def pace_at(progress):
    """Share of the learning rate: half a cosine from 1 to a twentieth over the whole run.

    Loshchilov and Hutter 2017, "SGDR", equation 5, without restarts.
    """
    return 0.05 + 0.95 * 0.5 * (1.0 + math.cos(math.pi * progress))
