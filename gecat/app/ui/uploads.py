"""Which files an action may read: those that a visitor has sent, and no other of the server's.

Gradio checks the paths of a payload only where the payload itself says that it holds a file, so
whoever calls an action past the page could name any.
"""

from pathlib import Path

from gradio.utils import get_upload_folder

from gecat.errors import ImageError, Term, UserError, name_of
from gecat.images.decoding import read_image

MANY_PHOTOS = 40
MANY_BYTES = 120_000_000


def path_of(payload):
    """Returns the path that a file component's payload names, whatever it is, or None."""
    path = payload.get("path") if isinstance(payload, dict) else None
    return path if isinstance(path, str) and path else None


def uploaded_path(payload):
    """Returns the path of an uploaded file.

    Args:
        payload: dict of a file component.

    Raises:
        ImageError: if it is no file that was uploaded.
    """
    path = path_of(payload)
    if path is None:
        raise ImageError("image.not_uploaded", received=Term("link_or_text"))
    try:
        uploaded = Path(path).resolve().is_relative_to(Path(get_upload_folder()).resolve())
    except (OSError, ValueError):  # a name that no file can have
        uploaded = False
    if not uploaded:
        raise ImageError("image.not_uploaded", received=name_of(path)[:80])
    return path


def uploaded_name(payload):
    """Returns what the visitor calls an uploaded file."""
    return str(payload.get("orig_name") or payload["path"])


def uploaded_files(payloads):
    """Returns [(name, path)] of uploaded files.

    Args:
        payloads: list of dicts, or None.

    Raises:
        ImageError: if one of them is no file that was uploaded.
    """
    return [(uploaded_name(payload), uploaded_path(payload)) for payload in payloads or []]


def read_photo(photo):
    """Reads an uploaded photo.

    Args:
        photo: the payload of a file component.

    Returns:
        (uint8 array (H, W, 3), the file's name).

    Raises:
        ImageError: if it is no uploaded file or cannot be read.
    """
    return read_image(uploaded_path(photo)), uploaded_name(photo)


def checked_files(files):
    """Uploaded files, neither too many nor too large together.

    Args:
        files: list of payloads, or None.

    Returns:
        list of (name, path), 1 or more.

    Raises:
        UserError: if one of them was not uploaded, or there are none or too many.
    """
    files = uploaded_files(files)
    total = sum(Path(path).stat().st_size for _, path in files)
    if not files:
        raise UserError("page.none_chosen")
    if len(files) > MANY_PHOTOS:
        raise UserError("page.too_many_photos", limit=MANY_PHOTOS, received=len(files))
    if total > MANY_BYTES:
        limit, received = round(MANY_BYTES / 1e6), round(total / 1e6)
        raise UserError("page.too_large", limit=limit, received=received)
    return files
