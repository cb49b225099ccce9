"""What a visitor may ask a training for, and the checks that hold whoever asks, and how."""

import shutil
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from gecat.config import STEERABLE, preset
from gecat.errors import ImageError, JobError, Setting, SettingError, Term
from gecat.files import free_name
from gecat.images.datasets import MINIMUM_PHOTOS
from gecat.images.decoding import open_source, read_image
from gecat.images.sources import spread
from gecat.jobs.limits import JobLimits
from gecat.model.registry import check
from gecat.training.race.entries import check_number
from gecat.training.unused import refuse_unused

STARTS = ("random", "shipped")
ARCHIVES = (".zip", ".npy")
PROBED = 40  # photos that are read before an upload is kept
REASONS = 3  # why photos were refused, that are told


@dataclass(frozen=True)
class RunRequest:
    """What a visitor asks for.

    Attributes:
        data: "scenes", "photos" for the files that are given, or the name of an allowed folder.
        files: (name, path) of each uploaded file: photos, or a single .zip.
        preset: name of a preset.
        start: "random", "shipped", or the id of one of the visitor's runs.
        seconds: of learning in all.
        changes: settings that differ from the preset's.
        race: the only number of both sides of a race on drawn scenes; None for one training.
        name: what the run is called; "" for a number.
    """

    data: str = "scenes"
    files: tuple[tuple[str, str], ...] = ()
    preset: str = "small"
    start: str = "random"
    seconds: int = 60
    changes: dict = field(default_factory=dict)
    race: float | None = None
    name: str = ""


def check_request(request: RunRequest, limits: JobLimits, folders: Collection[str]) -> None:
    """Checks all of a request but its files and its start.

    Args:
        request: what is asked for; limits: what may be.
        folders: names of the folders that the operator allows.

    Raises:
        JobError: if it is more than is allowed, or makes no sense.
    """
    check_seconds(request.seconds, limits)
    if request.data not in ("scenes", "photos", *folders):
        raise JobError("job.no_such_data", received=str(request.data)[:40])
    if request.race is not None:
        _check_race(request)
    unknown = sorted(map(str, set(request.changes) - STEERABLE))
    if unknown:
        raise JobError("job.not_steerable", received=", ".join(unknown)[:80])
    try:
        config = preset(request.preset, **request.changes)
        check(config)
        refuse_unused(config, request.changes)
    except SettingError as error:
        raise JobError("job.bad_setting", reason=error) from error
    # The networks that the preset itself has are allowed, whatever their widths.
    given = set(request.changes) & {"generator_widths", "discriminator_widths"}
    asked = {
        name: getattr(config, name)
        for name in ("size", "batch_size", "generator_steps", "discriminator_steps")
    }
    asked["widths"] = max((max(getattr(config, name)) for name in given), default=0)
    for name, value in asked.items():
        if value > getattr(limits, name):
            setting = Setting("generator_widths" if name == "widths" else name)
            limit = getattr(limits, name)
            raise JobError("job.too_large", name=setting, limit=limit, received=value)


def _check_race(request):
    """Both sides have one start, one set of scenes and one size: nothing but a seed is asked."""
    check_number(request.race)
    if request.data != "scenes":
        raise JobError("job.no_such_data", received=str(request.data)[:40])
    given = sorted(map(str, set(request.changes) - {"seed"}))
    if given:
        raise JobError("job.not_steerable", received=", ".join(given)[:80])


def check_seconds(seconds: Any, limits: JobLimits) -> None:
    """Checks a budget of learning.

    Raises:
        JobError: if it is no number from 1 to the limit.
    """
    try:
        fits = 1 <= int(seconds) <= limits.seconds
    except (TypeError, ValueError):
        fits = False
    if not fits:
        raise JobError("job.bad_seconds", limit=limits.seconds, received=str(seconds)[:20])


def check_files(files: Sequence[tuple[str, str]], limits: JobLimits) -> None:
    """Checks uploaded files before any is kept: how many, how large, and whether they are photos.

    Args:
        files: (name, path) of each: photos, or one archive; limits: JobLimits.

    Raises:
        JobError: if there are too few, too many, or too large ones.
        ImageError: if an archive cannot be read.
    """
    total, archive = upload_bytes(files), archive_among(files)
    if not files:
        raise JobError("job.no_photos")
    if total > limits.upload_bytes:
        limit, received = round(limits.upload_bytes / 1e6), round(total / 1e6)
        raise JobError("job.upload_too_large", limit=limit, received=received)
    if archive and len(files) > 1:
        raise JobError("job.one_archive", received=len(files))
    if len(files) > limits.photos:
        raise JobError("job.too_many_photos", limit=limits.photos, received=len(files))
    if archive:
        with open_source(files[0][1], size=0) as members:
            _check_usable(len(members), lambda index: members[index].read())
    else:
        _check_usable(len(files), lambda index: read_image(files[index][1]))


def _check_usable(count, read):
    """Reads some photos, spread over all: enough of them must be photos to learn from."""
    usable, refused = 0, []
    for index in spread(range(count), PROBED) if count else ():
        try:
            read(index)
            usable += 1
        except ImageError as error:
            refused.append(error.bare())
        if usable == MINIMUM_PHOTOS:
            return
    raise JobError(
        "job.too_few_photos",
        limit=MINIMUM_PHOTOS,
        received=usable,
        reasons=_counted(refused, usable + len(refused)) or "",
    )


def _counted(refused, looked):
    """The commonest reasons why photos were refused: (how many of those looked at, the first)."""
    counts = Counter(error.code for error in refused)
    first = {error.code: error for error in reversed(refused)}
    return [
        (Term("looked_at", count=count, looked=looked), first[code])
        for code, count in counts.most_common(REASONS)
    ]


def upload_bytes(files: Sequence[tuple[str, str]]) -> int:
    """Returns how large uploaded files are together."""
    return sum(Path(path).stat().st_size for _, path in files)


def archive_among(files: Sequence[tuple[str, str]]) -> str | None:
    """Returns the name of the first archive among uploaded files, or None."""
    return next((name for name, _ in files if name.lower().endswith(ARCHIVES)), None)


def copy_files(files: Sequence[tuple[str, str]], folder: Path) -> None:
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
    """Returns where `copy_files` put what a run learns from."""
    archives = [folder / f"photos{suffix}" for suffix in ARCHIVES]
    return next((path for path in archives if path.exists()), folder / "photos")


def folders_by_name(folders: Iterable[Path]) -> dict[str, Path]:
    """Returns a dict of the operator's photo folders by the names that visitors choose them by."""
    names: dict[str, Path] = {}
    for path in folders:
        names[free_name(path.name, {"scenes", "photos", *names})] = path
    return names


def safe_name(name: str) -> str:
    """A file's own name, without anything that leads elsewhere."""
    kept = "".join(c if c.isalnum() or c in "._- ()" else "_" for c in Path(name).name)
    return kept.lstrip(".")[-100:] or "photo"
