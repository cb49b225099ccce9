"""Serves the GEC-AT app: `python app.py`, then open the address that it prints."""

import argparse
import signal
import sys
from contextlib import closing
from pathlib import Path

from gecat.app.page import build, launch_options
from gecat.app.ui.temporary import begin_sweeping, temporary_folder
from gecat.errors import RunError
from gecat.jobs.listing import list_runs
from gecat.jobs.requests import Caps, named
from gecat.jobs.scheduler import Jobs
from gecat.jobs.store import check_root, default_root
from gecat.options import positive


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--host", default=None, help="address to listen on (default: 127.0.0.1)")
    parser.add_argument("--port", type=int, default=None, help="port (default: 7860 or the next)")
    parser.add_argument("--weights", default=None, help="weights file (default: the shipped one)")
    parser.add_argument("--runs", default=None, help="folder where trainings are kept")
    parser.add_argument(
        "--photos",
        action="append",
        default=[],
        type=Path,
        metavar="DIR",
        help="a folder that visitors may train on; may be given again",
    )
    parser.add_argument(
        "--max-photos",
        type=positive,
        default=Caps.photos,
        metavar="N",
        help="photos a training takes (default: %(default)s)",
    )
    parser.add_argument(
        "--trainings",
        type=positive,
        default=Caps.trainings,
        metavar="N",
        help="trainings at a time (default: %(default)s)",
    )
    parser.add_argument("--list", action="store_true", help="list all visitors' runs and end")
    options = parser.parse_args()
    if options.list:
        print(list_runs(options.runs or default_root()))
        return
    for path in options.photos:
        if not path.is_dir():
            parser.error(f"--photos: there is no such folder, received {path}")
    # An app that is told to end tells its trainings to keep what they have learned.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    caps = Caps(photos=options.max_photos, trainings=options.trainings)
    folders = named(path.resolve() for path in options.photos)
    with temporary_folder() as folder:
        root = Path(options.runs or default_root())
        try:
            check_root(root)
        except RunError as error:
            if options.runs:
                parser.error(str(error))
            print(f"{error} Until then they are kept while the app runs.", file=sys.stderr)
            root = folder / "runs"
        with closing(Jobs(root, caps, folders, options.weights)) as jobs:
            demo = build(folder / "files" / "examples", options.weights, jobs)
            begin_sweeping(folder)
            try:
                demo.launch(server_name=options.host, server_port=options.port, **launch_options())
            except OSError as error:
                parser.error(f"the app cannot listen on port {options.port or 7860}: {error}")


if __name__ == "__main__":
    main()
