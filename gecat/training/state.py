"""What a run must remember between two cycles."""

from dataclasses import dataclass
from typing import Any

SCHOOLED = 10_000  # steps that a trained D is taken to have behind it


@dataclass(frozen=True)
class State:
    """Everything that a run must remember between two cycles; arrays are float32 vectors."""

    generator: Any  # (n,) trainable weights
    generator_statistics: Any  # (s,) running means and variances
    average: Any  # (n,) moving average of `generator`
    average_statistics: Any  # (s,)
    discriminator: Any
    discriminator_statistics: Any
    generator_adam: tuple  # what Adam remembers
    discriminator_adam: tuple
    pretraining: tuple = ()  # what `pretraining.Pretraining` remembers, while it lasts
    generator_memory: tuple = ()  # a `radius.Memory` from the first gradient epoch on
    discriminator_memory: tuple = ()
    averaged: int = 0  # steps that the average has seen
    judged: int = 0  # steps of D so far, with those that trained weights have behind them
    cycle: int = 0
    batch: int = 0  # batches drawn so far
    seconds: float = 0.0  # spent in cycles so far
