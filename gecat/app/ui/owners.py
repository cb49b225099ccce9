"""Whose temporary files are whose: each address has a folder of its own, and a share of the disk.

Who sends or asks for more than that makes room among his own files; nobody else's go.
"""

import contextlib
import hashlib
import secrets
from collections import Counter
from pathlib import Path

import anyio.to_thread
from fastapi import HTTPException
from gradio.processing_utils import save_bytes_to_cache
from gradio.utils import get_upload_folder

from gecat.app.ui.addresses import origin_of, origin_of_caller
from gecat.app.ui.answers import words_of
from gecat.app.ui.uploads import MANY_BYTES

SHARE_BYTES = 1_000_000_000  # of one address's files
ARRIVING_BYTES = 500_000_000  # of its uploads that are on their way
PREFIX = "of-"
SALT = secrets.token_bytes(16)  # of this process: a file's address does not tell its visitor's


def folder_of(origin=None):
    """Returns the folder of an address's files.

    Args:
        origin: as `origin_of` tells it, or None for whoever's event runs here.
    """
    origin = origin_of_caller() if origin is None else origin
    name = hashlib.blake2b(origin.encode(), key=SALT, digest_size=8).hexdigest()
    return Path(get_upload_folder()) / f"{PREFIX}{name}"


def publish(files, origin=None):
    """Puts files where Gradio serves them from and deletes them after a while.

    Args:
        files: dict of names and bytes; origin: whose they are, as of `folder_of`.

    Returns:
        list of paths.
    """
    folder = str(folder_of(origin))
    return [save_bytes_to_cache(data, name, folder) for name, data in files.items()]


def owner_of(path, folder):
    """Returns the name of whose folder, within a folder, holds a file; "" where it is nobody's."""
    first = path.relative_to(folder).parts[0]
    return first if first.startswith(PREFIX) else ""


def make_room(folder, most):
    """Removes an address's files, the oldest first, until so many bytes are left.

    Args:
        folder: as `folder_of` gives it; most: bytes.
    """
    for path, _ in surplus(files_in(folder), most):
        path.unlink(missing_ok=True)


def files_in(folder):
    """Returns [(when it last changed, bytes, path)] of a folder's files."""
    found = []
    for path in folder.rglob("*"):
        with contextlib.suppress(OSError):
            if path.is_file():
                facts = path.lstat()
                found.append((facts.st_ctime, facts.st_size, path))
    return found


def surplus(found, most):
    """Yields (path, bytes) of the oldest files, without which the others have so many bytes."""
    total = 0
    for _, size, path in sorted(found, reverse=True):
        total += size
        if total > most:
            yield path, size


class SharedUploads:
    """Gradio's `upload_fn`, with a share for each address.

    Args:
        upload: Gradio's; it takes a request, the folder, and what else it likes.
    """

    def __init__(self, upload):
        self._upload = upload
        self._arriving = Counter()  # bytes by address

    async def __call__(self, request, folder, *rest, **options):
        origin = origin_of(request)
        # Without this header it may be as large as the guard lets through.
        length = request.headers.get("content-length", "")
        size = int(length) if length.isdigit() else MANY_BYTES
        if self._arriving[origin] + size > ARRIVING_BYTES:
            raise HTTPException(429, words_of(request.scope).queue_full)
        self._arriving[origin] += size
        try:
            own = folder_of(origin)
            await anyio.to_thread.run_sync(make_room, own, SHARE_BYTES - size)
            return await self._upload(request, str(own), *rest, **options)
        finally:
            self._arriving[origin] -= size
            self._arriving += Counter()  # forgets who has none
