"""How a process of ours begins: apart from the app's own, and after the page."""

import contextlib
import os
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import IO

from gecat.files import PACKAGE

NICENESS = 5  # the page comes first, but a busy machine must not starve learning


def spawn(
    words: Sequence[str], folder: Path, output: IO[str] | int, inherited: Sequence[int] = ()
) -> subprocess.Popen:
    """Begins a process in a session of its own.

    Args:
        words: its command line; folder: where it works.
        output: the file that takes what it says, or a number of `subprocess`.
        inherited: descriptors that it keeps open.
    """
    # A checkout's package is not found from the run's folder by itself.
    paths = filter(None, (str(PACKAGE.parent), os.environ.get("PYTHONPATH")))
    child = subprocess.Popen(
        words,
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=output,
        cwd=folder,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(paths), "TF_CPP_MIN_LOG_LEVEL": "3"},
        start_new_session=True,
        pass_fds=inherited,
    )
    with contextlib.suppress(OSError, AttributeError):
        os.setpriority(os.PRIO_PROCESS, child.pid, NICENESS)
    return child
