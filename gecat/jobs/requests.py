"""What a visitor may ask a training for, and the checks that hold whoever asks, and how."""

import contextlib
import shutil
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from gecat.config import STEERABLE, preset
from gecat.errors import ImageError, JobError, Setting, SettingError
from gecat.files import free_name
from gecat.images.datasets import MINIMUM_PHOTOS
from gecat.images.decoding import open_source, read_image
from gecat.images.sources import spread
from gecat.training.unused import refuse_unused

STARTS = ("random", "shipped")
ARCHIVES = (".zip", ".npy")
PROBED = 40  # photos that are read before an upload is kept


@dataclass(frozen=True)
class Caps:
    """What visitors may ask for at most."""

    trainings: int = 1  # at a time
    waiting: int = 12  # in the queue
    runs: int = 12  # kept for one visitor
    seconds: int = 600  # of learning, for one run
    wall_clock: int = 3600  # seconds that a process lives, pauses included
    photos: int = 500
    upload_bytes: int = 120_000_000
    size: int = 160  # side of a training picture, where it does not come with the weights
    widths: int = 192  # channels of a network's widest stage
    generator_steps: int = 16
    discriminator_steps: int = 16
    batch_size: int = 32
    disk_bytes: int = 4_000_000_000  # all runs together
    visitor_bytes: int = 600_000_000  # all runs of one visitor, when another is begun
    run_bytes: int = 600_000_000  # one run
    memory_bytes: int = 5_000_000_000  # one training's process
    kept_days: float = 14.0  # after its last launch
    kept_seconds: float = 3600.0  # of a run that has learned nothing, after its end


@dataclass(frozen=True)
class Wish:
    """What a visitor asks for.

    Attributes:
        data: "scenes", "photos" for the files that are given, or the name of an allowed folder.
        files: (name, path) of each uploaded file: photos, or a single .zip.
        preset: name of a preset.
        start: "random", "shipped", or the id of one of the visitor's runs.
        seconds: of learning in all.
        changes: settings that differ from the preset's.
        name: what the run is called; "" for a number.
    """

    data: str = "scenes"
    files: tuple[tuple[str, str], ...] = ()
    preset: str = "small"
    start: str = "random"
    seconds: int = 60
    changes: dict = field(default_factory=dict)
    name: str = ""


def check(wish: Wish, caps: Caps, folders: Collection[str]) -> None:
    """Checks all of a wish but its files and its start.

    Args:
        wish: Wish; caps: Caps; folders: names of the folders that the operator allows.

    Raises:
        JobError: if it is more than is allowed, or makes no sense.
    """
    check_seconds(wish.seconds, caps)
    if wish.data not in ("scenes", "photos", *folders):
        raise JobError("job.no_such_data", received=str(wish.data)[:40])
    unknown = sorted(map(str, set(wish.changes) - STEERABLE))
    if unknown:
        raise JobError("job.not_steerable", received=", ".join(unknown)[:80])
    try:
        config = preset(wish.preset, **wish.changes)
        refuse_unused(config, wish.changes)
    except SettingError as error:
        raise JobError("job.bad_setting", reason=error) from error
    # The networks that the preset itself has are allowed, whatever their widths.
    given = set(wish.changes) & {"generator_widths", "discriminator_widths"}
    asked = {
        name: getattr(config, name)
        for name in ("size", "batch_size", "generator_steps", "discriminator_steps")
    }
    asked["widths"] = max((max(getattr(config, name)) for name in given), default=0)
    for name, value in asked.items():
        if value > getattr(caps, name):
            setting = Setting("generator_widths" if name == "widths" else name)
            limits = {"limit": getattr(caps, name), "received": value}
            raise JobError("job.too_large", name=setting, **limits)


def check_seconds(seconds: Any, caps: Caps) -> None:
    """Checks a budget of learning.

    Raises:
        JobError: if it is no number from 1 to the cap.
    """
    try:
        fits = 1 <= int(seconds) <= caps.seconds
    except (TypeError, ValueError):
        fits = False
    if not fits:
        raise JobError("job.bad_seconds", limit=caps.seconds, received=str(seconds)[:20])


def check_files(files: Sequence[tuple[str, str]], caps: Caps) -> None:
    """Checks uploaded files before any is kept: how many, how large, and whether they are photos.

    Args:
        files: (name, path) of each: photos, or one archive; caps: Caps.

    Raises:
        JobError: if there are too few, too many, or too large ones.
        ImageError: if an archive cannot be read.
    """
    total, archive = upload_bytes(files), archive_among(files)
    if not files:
        raise JobError("job.no_photos")
    if total > caps.upload_bytes:
        limit, received = round(caps.upload_bytes / 1e6), round(total / 1e6)
        raise JobError("job.upload_too_large", limit=limit, received=received)
    if archive and len(files) > 1:
        raise JobError("job.one_archive", received=len(files))
    if len(files) > caps.photos:
        raise JobError("job.too_many_photos", limit=caps.photos, received=len(files))
    if archive:
        with open_source(files[0][1], size=0) as members:
            _check_usable(len(members), lambda index: members[index].read())
    else:
        _check_usable(len(files), lambda index: read_image(files[index][1]))


def _check_usable(count, read):
    """Reads some photos, spread over all: enough of them must be photos to learn from."""
    usable = 0
    for index in spread(range(count), PROBED) if count else ():
        with contextlib.suppress(ImageError):
            read(index)
            usable += 1
        if usable == MINIMUM_PHOTOS:
            return
    raise JobError("job.too_few_photos", limit=MINIMUM_PHOTOS, received=usable)


def upload_bytes(files: Sequence[tuple[str, str]]) -> int:
    """Returns how large uploaded files are together."""
    return sum(Path(path).stat().st_size for _, path in files)


def archive_among(files: Sequence[tuple[str, str]]) -> str | None:
    """Returns the name of the first archive among uploaded files, or None."""
    return next((name for name, _ in files if name.lower().endswith(ARCHIVES)), None)


def bring_files(files: Sequence[tuple[str, str]], folder: Path) -> None:
    """Copies uploaded files into a run's folder: one archive, or photos under their own names.

    Args:
        files: (name, path) of each, as `check_files` lets them through; folder: the run's folder.
    """
    archive = archive_among(files)
    if archive:
        shutil.copyfile(files[0][1], folder / f"photos{Path(archive).suffix.lower()}")
        return
    (folder / "photos").mkdir()
    names: set[str] = set()
    for name, path in files:
        names.add(free := free_name(safe_name(name), names))
        shutil.copyfile(path, folder / "photos" / free)


def find_photos(folder: Path) -> Path:
    """Returns where `bring_files` put what a run learns from."""
    archives = [folder / f"photos{suffix}" for suffix in ARCHIVES]
    return next((path for path in archives if path.exists()), folder / "photos")


def named(folders: Iterable[Path]) -> dict[str, Path]:
    """Returns a dict of the operator's photo folders by the names that visitors choose them by."""
    names: dict[str, Path] = {}
    for path in folders:
        names[free_name(path.name, {"scenes", "photos", *names})] = path
    return names


def safe_name(name: str) -> str:
    """A file's own name, without anything that leads elsewhere."""
    kept = "".join(c if c.isalnum() or c in "._- ()" else "_" for c in Path(name).name)
    return kept.lstrip(".")[-100:] or "photo"
