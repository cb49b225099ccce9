"""Whether there is room for one more run: of its visitor, its address, in the queue, on disk."""

from collections.abc import Sequence

from gecat.errors import JobError
from gecat.jobs.job import Job
from gecat.jobs.limits import JobLimits
from gecat.jobs.requests import upload_bytes
from gecat.jobs.store import Runs, bytes_in


def check_queue(queue: Sequence[Job], origin: str, limits: JobLimits) -> None:
    """Checks that one more run may wait.

    Args:
        queue: the Jobs that wait; origin: hash of the address that asks; limits: JobLimits.

    Raises:
        JobError: if too many wait, of all or of this address.
    """
    if len(queue) >= limits.waiting:
        raise JobError("job.queue_full", limit=limits.waiting)
    if len(_from(origin, queue)) >= limits.origin_waiting:
        raise JobError("job.address_waits", limit=limits.origin_waiting)


def check_room(
    runs: Runs,
    mine: Sequence[Job],
    queue: Sequence[Job],
    origin: str,
    files: Sequence[tuple[str, str]],
    limits: JobLimits,
) -> None:
    """Checks that one more run may be made.

    Args:
        runs: all that are kept; mine: the Jobs of the visitor who asks; queue, origin, limits: as
            for `check_queue`.
        files: (name, path) of each file that comes with it.

    Raises:
        JobError: if there are too many runs or bytes, of the visitor, of the address or in all.
    """

    def held(jobs):
        return sum(bytes_in(runs.folder(job)) for job in jobs)

    neighbours, added = _from(origin, runs.all()), upload_bytes(files)
    if len(mine) >= limits.runs:
        raise JobError("job.too_many_runs", limit=limits.runs)
    if len(neighbours) >= limits.origin_runs:
        raise JobError("job.address_runs", limit=limits.origin_runs)
    check_queue(queue, origin, limits)
    if held(mine) + added > limits.visitor_bytes:
        raise JobError("job.quota_full", limit=limits.visitor_bytes / 1e6)
    if held(neighbours) + added > limits.origin_bytes:
        raise JobError("job.address_full", limit=limits.origin_bytes / 1e6)
    if bytes_in(runs.root) + added > limits.disk_bytes:
        raise JobError("job.disk_full", limit=limits.disk_bytes / 1e9)


def _from(origin, jobs):
    """Those of some Jobs that were asked for from an address; none where it is not known."""
    return [job for job in jobs if origin and job.origin == origin]
