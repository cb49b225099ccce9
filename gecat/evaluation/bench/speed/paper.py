"""On paper: the time of one evaluation on many GPUs, from counts alone; nothing is measured.

Every GPU takes a batch of its own, preset `base`. Arithmetic is three times the generator's forward
pass, since the way back costs twice the way there. The gradient goes round the GPUs of a machine,
then round the machines, each round a ring: 2 (n - 1) / n of its bytes through every link, in
2 (n - 1) steps (Patarasuk and Yuan 2009, "Bandwidth optimal all-reduce algorithms").
"""

from typing import NamedTuple

from gecat.config import preset
from gecat.evaluation.bench.speed.comparison import Figures
from gecat.evaluation.bench.speed.network import operations_of
from gecat.model.registry import build_generator

OPERATIONS = 0.2 * 67e12  # a second: a fifth of an H100's peak in float32, by its data sheet
GPUS_OF_A_MACHINE = 8
GPUS = (1, 8, 64)


class Link(NamedTuple):
    """What joins two GPUs: bytes a second each way, and seconds of a step."""

    rate: float
    latency: float


WITHIN = Link(450e9, 5e-6)  # NVLink 4
BETWEEN = Link(50e9, 20e-6)  # 400 Gbit/s a GPU


def measure(figures: Figures, repeats: int) -> None:
    """Tells how much of an evaluation is arithmetic and sending on 1, 8 and 64 GPUs.

    Args:
        repeats: not used: counting once is enough.
    """
    config = preset("base")
    generator = build_generator(config)
    forward = operations_of(generator, (config.size, config.size))
    arithmetic = 3 * config.batch_size * forward / OPERATIONS
    for gpus in GPUS:
        sending = seconds_to_sum(4 * generator.count_params(), gpus)
        name = f"on paper, an evaluation on {gpus} GPU{'s' * (gpus > 1)}"
        figures.tell(f"{name}: arithmetic", 1000 * arithmetic, "ms")
        figures.tell(f"{name}: sending", 1000 * sending, "ms")
        rate = gpus * config.batch_size / (arithmetic + sending)
        figures.tell(f"{name}: pictures", rate, "pictures/s")


def seconds_to_sum(size: float, gpus: int) -> float:
    """How long a gradient takes until every GPU has the sum.

    Args:
        size: bytes; gpus: a number of whole machines, or fewer than one has.
    """
    inside = min(gpus, GPUS_OF_A_MACHINE)
    return _ring(size, inside, WITHIN) + _ring(size, gpus // inside, BETWEEN)


def _ring(size, members, link):
    steps = 2 * (members - 1)
    return steps * (size / members / link.rate + link.latency)
