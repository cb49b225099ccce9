"""The one folder of everything that browsers bring and take: swept while the app runs, then gone.

Uploads that were cut off, results, parts of requests: whatever lies there goes when it is old, or
when there is too much of it: the oldest of whoever has most. What an app that was killed has left,
the next one removes.
"""

import contextlib
import logging
import os
import shutil
import tempfile
import threading
import time
from collections import defaultdict
from pathlib import Path

from gecat.app.ui.owners import SHARE_BYTES, files_in, owner_of, surplus

LOCKS = os.name == "posix"  # elsewhere nobody can tell whether another app still lives
PREFIX = "gecat-"
KEPT_SECONDS = 3600
KEPT_BYTES = 2_000_000_000
SWEEP_SECONDS = 10.0

log = logging.getLogger(__name__)


@contextlib.contextmanager
def temporary_folder():
    """Makes the folder, and sends there whatever this process puts into temporary files.

    Returns:
        a context manager that gives its Path.
    """
    parent = Path(tempfile.gettempdir())
    remove_abandoned(parent)
    with tempfile.TemporaryDirectory(prefix=PREFIX, dir=parent, ignore_cleanup_errors=True) as made:
        folder = Path(made)
        (folder / "files").mkdir()
        before = tempfile.tempdir, os.environ.get("GRADIO_TEMP_DIR")
        tempfile.tempdir = os.environ["GRADIO_TEMP_DIR"] = str(folder / "files")
        with (folder / "life").open("w") as life:
            if LOCKS:
                import fcntl

                fcntl.flock(life, fcntl.LOCK_EX)
            try:
                yield folder
            finally:
                tempfile.tempdir = before[0]
                os.environ.pop("GRADIO_TEMP_DIR")
                if before[1] is not None:
                    os.environ["GRADIO_TEMP_DIR"] = before[1]


def remove_abandoned(parent):
    """Removes the folders of apps that have ended without doing it themselves."""
    if not LOCKS:
        return
    import fcntl

    for folder in parent.glob(f"{PREFIX}*"):
        with contextlib.suppress(OSError):
            if folder.is_symlink() or folder.stat().st_uid != os.getuid():
                continue
            with (folder / "life").open() as life:
                fcntl.flock(life, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(folder, ignore_errors=True)


def begin_sweeping(folder, *others):
    """Sweeps the folder now and then; the files that are there already are the page's.

    Args:
        folder: as `temporary_folder` gives it; others: functions that are called as often.

    Returns:
        a function that ends it.
    """
    files, ended = folder / "files", threading.Event()
    own = frozenset(path for path in files.rglob("*") if path.is_file())

    def watch():
        while not ended.wait(SWEEP_SECONDS):
            try:
                for other in others:
                    other()
                sweep(files, own)
            except OSError:
                log.exception("sweeping the temporary files failed")

    threading.Thread(target=watch, name="sweep", daemon=True).start()
    return ended.set


def sweep(folder, own=frozenset(), kept_seconds=KEPT_SECONDS, kept_bytes=KEPT_BYTES):
    """Removes files that are too old, the oldest of whoever has too many bytes, and empty folders.

    Args:
        folder: Path; own: paths in it that stay.
        kept_seconds: how long a file is kept; kept_bytes: of all together.
    """
    now, of = time.time(), defaultdict(list)
    for changed, size, path in files_in(folder):
        if path not in own:
            if now - changed > kept_seconds:
                path.unlink(missing_ok=True)
            else:
                of[owner_of(path, folder)].append((changed, size, path))
    # Whoever holds most makes room: the share that all can have at once.
    share = _fair_share([sum(size for _, size, _ in found) for found in of.values()], kept_bytes)
    for found in of.values():
        for path, _ in surplus(found, min(share, SHARE_BYTES)):
            path.unlink(missing_ok=True)
    for path in sorted(folder.rglob("*"), reverse=True):
        # Gradio makes a folder a moment before the file that goes there.
        with contextlib.suppress(OSError):
            if path.is_dir() and now - path.stat().st_ctime > kept_seconds:
                path.rmdir()


def _fair_share(held, most):
    """Bytes that each may keep, so that all together have no more than `most`.

    Args:
        held: list of bytes, of each; most: of all.
    """
    left, share = most, most
    for number, size in enumerate(sorted(held)):
        share = left / (len(held) - number)
        if size > share:
            return share
        left -= size
    return most
