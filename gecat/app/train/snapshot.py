"""What is known of a run at one moment, read from its folder."""

from dataclasses import dataclass
from pathlib import Path

from gecat.errors import RunError, UserError
from gecat.jobs.job import Job
from gecat.training.run.folder import read_description, read_now
from gecat.training.run.history import History


@dataclass(frozen=True)
class Snapshot:
    """A run at one moment.

    Attributes:
        job: who asked for what.
        state: as `Jobs.state` says; position: in the queue, from 1.
        folder: the run's.
        now: what its process is doing; description: of its photos and settings.
        history: all that it has learned.
        reason: why its process ended, where nobody had asked for that; or None.
    """

    job: Job
    state: str
    position: int
    folder: Path
    now: dict
    history: History
    description: dict
    reason: UserError | None

    @property
    def spent(self):
        """Seconds that it has learned for."""
        return self.history.seconds[-1] if self.history.seconds else 0.0

    @property
    def has_learned(self):
        """Whether there are weights to keep."""
        return (self.folder / "weights.safetensors").is_file()


def take_snapshot(jobs, job, history):
    """Looks at a run.

    Args:
        jobs: the Jobs; job: one of them; history: its History.

    Returns:
        Snapshot.
    """
    folder = jobs.folder(job)
    try:
        description = read_description(folder)
    except (RunError, ValueError):
        description = {}
    state = jobs.state(job)
    return Snapshot(
        job=job,
        state=state,
        position=jobs.position(job),
        folder=folder,
        now=read_now(folder),
        history=history.read(),
        description=description,
        reason=jobs.ending(job),
    )
