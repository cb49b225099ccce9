"""Who races, for whoever asks for a race or shows one; needs no TensorFlow."""

import math

from gecat.config import preset
from gecat.errors import RunError

METHOD, PLAIN = "method", "plain"
SIDES = (METHOD, PLAIN)
LOWEST, HIGHEST = 1e-5, 1e-1
NUMBERS = tuple(10.0**power for power in range(-5, 0))  # what a slider of decades offers
NUMBER = 1e-2
EVALUATIONS = 200  # of each side in a recorded race: about a minute on two quiet cores
PENALTY = 1.0  # of R1, which belongs to the method


def check_number(number):
    """Returns the only number of both sides as a float.

    Args:
        number: the method's first radius and plain training's rate, 1e-5 to 1e-1.

    Raises:
        RunError: if it is none, or too small or large.
    """
    try:
        value = float(number)
    except (TypeError, ValueError):
        value = math.nan
    if not LOWEST <= value <= HIGHEST:
        raise RunError("run.race_number", low=LOWEST, high=HIGHEST, received=str(number)[:20])
    return value


def shared_config(seed, **changes):
    """Returns the Config that every rival's differs from by a few settings.

    Args:
        seed: of the start and of every batch; **changes: settings by name.
    """
    return preset("small", **{"prior": "texture", "seed": seed, **changes})


def configs(number, shared):
    """Returns the Config of each side, a dict by SIDES.

    Args:
        number: the only number of both; shared: of `shared_config`.

    Raises:
        RunError: for a number that is not allowed.
    """
    number = check_number(number)
    return {
        METHOD: shared.replace(gradient_penalty=PENALTY, first_radius=number),
        PLAIN: shared.replace(
            update_rule="adam", learning_rate=number, discriminator_learning_rate=number
        ),
    }
