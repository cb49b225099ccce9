"""What visitors may ask of trainings at most, and how long runs are kept."""

from dataclasses import dataclass


@dataclass(frozen=True)
class JobLimits:
    """What visitors may ask for at most."""

    trainings: int = 1  # at a time
    waiting: int = 12  # in the queue
    origin_waiting: int = 6  # of one address
    runs: int = 12  # kept for one visitor
    origin_runs: int = 48  # kept for one address: a class shares one
    seconds: int = 600  # of learning, for one run
    wall_clock: int = 3600  # seconds that a process lives, pauses included
    photos: int = 500
    upload_bytes: int = 120_000_000
    size: int = 160  # side of a training picture, where it does not come with the weights
    widths: int = 192  # channels of a network's widest stage
    generator_steps: int = 16
    discriminator_steps: int = 16
    batch_size: int = 32
    disk_bytes: int = 4_000_000_000  # all runs together
    visitor_bytes: int = 600_000_000  # all runs of one visitor, when another is begun
    origin_bytes: int = 2_000_000_000  # all runs of one address, likewise
    run_bytes: int = 600_000_000  # one run
    memory_bytes: int = 5_000_000_000  # one training's process
    kept_days: float = 14.0  # after its last launch
    kept_seconds: float = 3600.0  # of a run that has learned nothing, after its end
