"""All visitors' runs as the operator sees them: who, what, how far, how much of the disk."""

from datetime import datetime

from gecat.files import AnyPath
from gecat.jobs.actions import Jobs
from gecat.jobs.store import bytes_in

HEAD = f"{'run':17}{'visitor':10}{'begun':18}{'state':13}{'learned':>14}{'disk':>9}  name"


def list_runs(root: AnyPath) -> str:
    """Lists the runs under a folder; nothing is changed, the app may be up meanwhile.

    Args:
        root: the folder of runs.

    Returns:
        str, a line a run, newest first; a visitor is the beginning of a hash of the visitor's key.
    """
    jobs = Jobs(root, watch=False)
    lines = [_line(jobs, job) for job in jobs.all()]
    return "\n".join([HEAD, *lines] if lines else [f"no runs in {jobs.root}"])


def _line(jobs, job):
    begun = datetime.fromtimestamp(job.created).strftime("%Y-%m-%d %H:%M")
    learned = f"{jobs.spent(job):.0f} of {job.seconds} s"
    ending = jobs.ending(job)
    disk = f"{bytes_in(jobs.folder(job)) / 1e6:.1f} MB"
    return (
        f"{job.id:17}{job.owner[:8]:10}{begun:18}{jobs.state(job):13}"
        f"{learned:>14}{disk:>9}  {job.name}{f': {ending}' if ending else ''}"
    )
