"""Where photos come from: a folder, a .zip, a .npy or drawn scenes, each as a list of members.

A member is a name with functions that read the photo and its mask, so nothing is read before it is
wanted. Nothing of an archive is ever written to disk.
"""

import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path, PureWindowsPath
from typing import TypeVar

import numpy as np

from gecat.errors import ImageError, name_of
from gecat.files import AnyPath
from gecat.images.layouts import recognise
from gecat.images.limits import limits_in_use
from gecat.images.reading import read_image, read_mask
from gecat.options import counted

Item = TypeVar("Item")
DEFAULT_SCENES = 512
MAX_MEMBERS = 100_000
MAX_ARCHIVE_BYTES = 8_000_000_000
LOCKED = 1  # the bit of a member that is encrypted
PACKINGS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)  # of others zipfile unpacks all at once
VALUES_AT_A_TIME = 4_000_000


@dataclass(frozen=True)
class Member:
    """One photo that can be read; reading raises ImageError where it is bad."""

    name: str
    read: Callable[[], np.ndarray]  # -> uint8 (H, W, 3)
    read_mask: Callable[[], np.ndarray] | None = None  # -> uint8 (H, W), 255 = object


@dataclass(frozen=True)
class Found:
    """How many files of a source are what; `masks` are those that belong to a photo."""

    photos: int
    masks: int = 0
    unpaired: int = 0
    others: int = 0

    def __str__(self):
        parts = [counted(self.photos, "photo"), counted(self.masks, "mask")]
        if self.unpaired:
            parts.append(f"{counted(self.unpaired, 'mask')} of no photo")
        if self.others:
            parts.append(counted(self.others, "other file"))
        return ", ".join(parts)


class Members(list[Member]):
    """The members of a source that is a folder or an archive, and what was found there."""

    def __init__(self, members: Iterable[Member], found: Found) -> None:
        super().__init__(members)
        self.found = found


def found_in(members: Sequence[Member]) -> Found:
    """Returns what was found in an opened source."""
    return getattr(members, "found", None) or Found(photos=len(members))


@contextmanager
def open_source(
    source: AnyPath, size: int, scenes: int | None = None, seed: int = 0
) -> Iterator[Sequence[Member]]:
    """The members of a source, readable inside the `with`.

    Args:
        source: a folder, a .zip, a .npy file, or "scenes".
        size: side that scenes are drawn at, in pixels.
        scenes: how many scenes to draw, or None for DEFAULT_SCENES.
        seed: of the scenes.

    Returns:
        A context manager that gives a sequence of Member.

    Raises:
        ImageError: if the source is none of these, or not safe to open.
    """
    path, kind = Path(source), kind_of(source)
    if kind == "scenes":
        yield _drawn_members(DEFAULT_SCENES if scenes is None else scenes, size, seed)
    elif kind == "folder":
        files = (file for file in path.rglob("*") if file.is_file())
        names = sorted(file.relative_to(path).as_posix() for file in files)
        yield _paired(names, path.joinpath)
    elif kind == "array":
        yield _array_members(path)
    else:
        with _archive(path) as archive:
            names = sorted(_safe_names(archive))
            yield _paired(names, partial(_bytes_of_member, archive))


def kind_of(source: AnyPath) -> str:
    """Returns what a source is: "scenes", "folder", "array" or "archive".

    Args:
        source: as for `open_source`.

    Raises:
        ImageError: if it is none of these, or not there.
    """
    path = Path(source)
    if source == "scenes":
        return "scenes"
    if path.is_dir():
        return "folder"
    if path.is_file() and path.suffix.lower() == ".npy":
        return "array"
    if _is_archive(path):
        return "archive"
    raise ImageError("image.unknown_source", received=name_of(path))


def spread(items: Sequence[Item], limit: int | None) -> list[Item]:
    """At most `limit` of a sequence's items, spread evenly over it; all of them for None.

    Raises:
        ValueError: if the limit is below 1.
    """
    if limit is None:
        return list(items)
    if limit < 1:
        raise ValueError(f"limit must be 1 or more, received {limit}.")
    chosen = np.linspace(0, len(items) - 1, min(limit, len(items))).astype(int)
    return [items[index] for index in chosen]


def _drawn_members(count, size, seed):
    from gecat.images.scenes import draw_scene  # it needs OpenCV, which nothing else here does

    return [
        Member(
            f"scene {index}",
            lambda number=(seed, index): draw_scene(number, size)[0],
            lambda number=(seed, index): draw_scene(number, size)[1] * np.uint8(255),
        )
        for index in range(count)
    ]


def _paired(names, open_name):
    """Members for the photos among names, each with its mask if there is one."""
    layout = recognise(names)
    members = [_file_member(photo, mask, open_name) for photo, mask in layout.pairs]
    masks = sum(mask is not None for _, mask in layout.pairs)
    found = Found(len(members), masks, len(layout.unpaired), len(layout.others))
    return Members(members, found)


def _file_member(photo, mask, open_name):
    name = photo.replace("\\", "/")
    read = partial(_read_named, read_image, open_name, photo)
    if mask is None:
        return Member(name, read)
    return Member(name, read, partial(_read_named, read_mask, open_name, mask))


def _read_named(read, open_name, name):
    return read(open_name(name))


def _is_archive(path):
    if path.suffix.lower() == ".zip":
        return path.is_file()  # whether it is a sound one, opening it tells
    try:
        return zipfile.is_zipfile(path)
    except Exception:  # a damaged archive fails in as many ways as it has fields
        return False


def _archive(path):
    try:
        return zipfile.ZipFile(path)
    except Exception as error:
        raise ImageError("image.archive_damaged", received=path.name) from error


def _safe_names(archive):
    members = [member for member in archive.infolist() if not member.filename.endswith(("/", "\\"))]
    unpacked = sum(member.file_size for member in members)
    if len(members) > MAX_MEMBERS or unpacked > MAX_ARCHIVE_BYTES:
        raise ImageError(
            "image.archive_too_large",
            files=MAX_MEMBERS,
            gigabytes=MAX_ARCHIVE_BYTES / 1e9,
            found=len(members),
            unpacked=unpacked / 1e9,
        )
    for member in members:
        if not member.filename:
            raise ImageError("image.archive_damaged", received=Path(archive.filename).name)
        path = PureWindowsPath(member.filename)  # knows both kinds of slash, and drives
        if path.anchor or ".." in path.parts:
            raise ImageError("image.archive_leads_out", received=member.filename[:80])
    return {member.filename for member in members}


def _bytes_of_member(archive, name):
    if archive.getinfo(name).compress_type not in PACKINGS:
        raise ImageError("image.member_packing", received=name)
    try:
        with archive.open(name) as file:
            return file.read(limits_in_use().max_bytes + 1)
    except Exception as error:  # a damaged archive fails in as many ways as it has codecs
        locked = archive.getinfo(name).flag_bits & LOCKED
        code = "image.member_locked" if locked else "image.member_damaged"
        raise ImageError(code, received=name) from error


class _ArrayMembers(Sequence):
    """The photos of an array, none of them touched before it is asked for.

    Args:
        array: (N, H, W, 3); low, high: the range that its values are meant in.
    """

    def __init__(self, array, low, high):
        self._array, self._range = array, (low, high)

    def __len__(self):
        return len(self._array)

    def __getitem__(self, index):
        if not 0 <= index < len(self):
            raise IndexError(index)
        photo = self._array[index]
        return Member(f"photo {index}", lambda: _eight_bit_photo(photo, *self._range))


def _array_members(path):
    try:
        # Mapped, not read: the header is checked before any memory is taken.
        array = np.lib.format.open_memmap(path, mode="r")
    except Exception as error:  # the header is written like Python, and fails in as many ways
        raise ImageError("image.npy_damaged", received=path.name) from error
    fits = array.ndim == 4 and array.shape[-1] == 3 and array.size > 0
    if not fits or not (array.dtype == np.uint8 or np.issubdtype(array.dtype, np.floating)):
        raise ImageError("image.npy_kind", dtype=str(array.dtype), shape=str(array.shape))
    if len(array) > MAX_MEMBERS:
        raise ImageError("image.npy_many", limit=MAX_MEMBERS, received=len(array))
    low, high = (0.0, 255.0) if array.dtype == np.uint8 else _value_range(array)
    return _ArrayMembers(array, low, high)


def _value_range(array):
    """The range that floats are meant in: [-1, 1], [0, 1] or [0, 255]."""
    low, high = 0.0, 0.0
    values = array.ravel(order="K")  # as it lies in the file, so nothing is copied
    for start in range(0, len(values), VALUES_AT_A_TIME):
        part = values[start : start + VALUES_AT_A_TIME]
        part = part[np.isfinite(part)]
        low = min(low, float(part.min(initial=0.0)))
        high = max(high, float(part.max(initial=0.0)))
    ranges = ((0.0, 1.0), (-1.0, 1.0), (0.0, 255.0))
    for least, most in ranges:
        if least <= low and high <= most:
            return least, most
    raise ImageError("image.npy_range", low=low, high=high)


def _eight_bit_photo(photo, low, high):
    if not np.isfinite(photo).all():
        raise ImageError("image.not_finite")
    return read_image(np.round((photo - low) * (255.0 / (high - low))).astype(np.uint8))
