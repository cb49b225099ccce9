"""Serves the app: `python app.py` in a checkout, `gecat-app` where it is installed."""

import functools
import os
import signal
import sys
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from gecat.app.access import read_access
from gecat.app.options import make_parser
from gecat.app.page import build, launch_options
from gecat.app.ui.freed_memory import give_back_freed, keep_few_heaps
from gecat.app.ui.result_cache import ResultCache
from gecat.app.ui.temporary import KEPT_SECONDS, begin_sweeping, temporary_folder
from gecat.errors import RunError
from gecat.images.limits import allow_megapixels
from gecat.jobs.actions import Jobs
from gecat.jobs.limits import JobLimits
from gecat.jobs.listing import list_runs
from gecat.jobs.requests import folders_by_name
from gecat.jobs.store import check_root, default_root
from gecat.quiet import keep_tensorflow_quiet, share_gpus


def main(arguments: Sequence[str] | None = None) -> None:
    """Serves the app until it is told to end; what keeps it from that is told, with status 2.

    Args:
        arguments: the words of the command line, or None for those of the process.
    """
    keep_tensorflow_quiet()
    share_gpus()
    keep_few_heaps()
    parser = make_parser()
    options = parser.parse_args(arguments)
    if options.max_megapixels:
        allow_megapixels(options.max_megapixels)
    root = Path(options.runs or default_root())
    if options.list:
        print(list_runs(root))
        return
    try:
        access = read_access(os.environ, [*options.hosts, options.host or ""])
    except ValueError as error:
        parser.error(str(error))
    # An app that is told to end tells its trainings to keep what they have learned.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    limits = JobLimits(photos=options.max_photos, trainings=options.trainings)
    with temporary_folder() as folder:
        try:
            check_root(root)
        except RunError as error:
            if options.runs:
                parser.error(str(error))
            print(f"{error} Until then they are kept while the app runs.", file=sys.stderr)
            root = folder / "runs"
        with closing(Jobs(root, limits, folders_by_name(options.photos), options.weights)) as jobs:
            results = ResultCache(kept_seconds=KEPT_SECONDS)
            demo = build(folder / "files" / "examples", options.weights, jobs, results)
            begin_sweeping(folder, results.drop_old, give_back_freed)
            launched = launch_options(access, functools.partial(list_runs, root))
            try:
                demo.launch(server_name=options.host, server_port=options.port, **launched)
            except OSError as error:
                parser.error(f"the app cannot listen on port {options.port or 7860}: {error}")
