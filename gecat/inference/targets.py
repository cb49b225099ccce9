"""Which files `segment` takes, and where the result of each goes, all settled before any is read.

So a second run, or another machine with its share of the files, gives the same names. A result
never takes the place of an input, nor of a file that is no result, unless that is asked for.
"""

import errno
import glob
import os
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from gecat.errors import UserError, name_of
from gecat.files import AnyPath
from gecat.images.layouts import is_sidecar
from gecat.inference.products import FORMATS, is_result

STREAM = "-"  # standard input, or output


@dataclass(frozen=True)
class Task:
    """One photo, and where its result goes; None is standard output."""

    source: Path
    target: Path | None


@dataclass
class Plan:
    """What is to be done.

    Attributes:
        tasks: a Task for each photo.
        there: results that exist already and are left as they are.
        notes: what people should know of the files, sentences.
    """

    tasks: list[Task]
    there: list[Path] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def plan(
    paths: Iterable[AnyPath],
    out: AnyPath,
    ending: str = ".png",
    *,
    recursive: bool = False,
    skip_existing: bool = False,
    overwrite: bool = False,
    shard: tuple[int, int] = (1, 1),
) -> Plan:
    """Finds the photos and names their results.

    Args:
        paths: files, wildcards, "-" for standard input, and folders of which every visible file is
            taken that may be a photo.
        out: the folder of the results; a file's name with the ending of a picture, for one photo;
            or "-" for standard output.
        ending: of the results, as ".png".
        recursive: take the folders within folders as well; the results' folder mirrors them.
        skip_existing: leave results that are there already as they are.
        overwrite: let results take the place of files that are none; never of an input.
        shard: (i, n): only the i-th of n shares of the photos, from 1.

    Raises:
        UserError: if no photo is found, or several are to go into one file.
        OSError: if a file lies where the folder should.
    """
    notes: list[str] = []
    paths = list(paths)
    one_file, home = is_one_file(out), Path(out)
    found = _found(paths, None if one_file else home, recursive, notes)
    if not found:
        raise UserError("segment.no_photos", received=[name_of(path) for path in paths])
    if one_file:
        single = _single(found, out, skip_existing)
        return Plan(single.tasks, single.there, notes)
    if home.exists() and not home.is_dir():
        raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(home))
    taken = {key for file, _ in found for key in _keys(file)}
    tasks, there = [], []
    for file, folder in found:
        target = _free(home / folder, _stem(file), ending, taken, overwrite)
        taken |= _keys(target)
        if skip_existing and is_result(target):
            there.append(target)
            continue
        tasks.append(Task(file, target))
        if target.stem != _stem(file):
            notes.append(f"{file}: its name is taken, written as {target.name}")
    number, shares = shard
    return Plan(tasks[number - 1 :: shares], there[number - 1 :: shares], notes)


def is_one_file(out: AnyPath) -> bool:
    """Whether results go into one file, or to standard output, not into a folder."""
    return str(out) == STREAM or (Path(out).suffix.lower() in FORMATS and not Path(out).is_dir())


def _single(found, out, skip_existing):
    if len(found) > 1:
        raise UserError("segment.one_file", received=len(found))
    ((file, _),) = found
    if str(out) == STREAM:
        return Plan([Task(file, None)])
    if _keys(Path(out)) & _keys(file):
        raise UserError("segment.over_input", received=name_of(out))
    if skip_existing and is_result(out):
        return Plan([], [Path(out)])
    return Plan([Task(file, Path(out))])


def _found(paths, home, recursive, notes):
    """Each file once, with the folder of `home` that its result goes to."""
    found, results = {}, []
    for path in _unfolded(paths):
        if not path.is_dir():
            found.setdefault(_place(path), (path, Path()))
            continue
        for folder, files in _folders(path, home, recursive, notes):
            for file in files:
                if home and _place(file) == _place(home / folder / file.name) and is_result(file):
                    results.append(file)
                else:
                    found.setdefault(_place(file), (file, folder))
    if results:
        noun = "result of an earlier run is" if len(results) == 1 else "results of earlier runs are"
        notes.append(f"{home}: {len(results)} {noun} no input")
    return list(found.values())


def _folders(top, home, recursive, notes):
    """A folder, and those within it where that is asked for: (path from the top, its files)."""
    for place, inner, names in os.walk(top):
        folder = Path(place)
        inner[:] = sorted(name for name in inner if _is_album(folder / name, home))
        if not recursive:
            told = "a folder within, left out; --recursive takes it too"
            notes += [f"{folder / name}: {told}" for name in inner]
            inner.clear()
        files = [folder / name for name in sorted(names) if not name.startswith(".")]
        yield folder.relative_to(top), [x for x in files if x.is_file() and not is_sidecar(x)]


def _unfolded(paths):
    """Paths, with wildcards that the shell left alone."""
    for path in map(Path, paths):
        matches = []
        if glob.has_magic(str(path)) and not path.exists():
            top = Path(path.anchor or ".")
            matches = sorted(top.glob(str(path.relative_to(path.anchor))))
        yield from [one for one in matches if not one.name.startswith(".")] or [path]


def _is_album(folder, home):
    """Whether a folder within another may hold photos: not that of the results."""
    if folder.name.startswith("."):
        return False
    return home is None or folder.resolve() != home.resolve()


def _place(path):
    """What is one and the same path, however it is written; two links to one file are two."""
    return path.parent.resolve() / path.name


def _stem(file):
    return "stdin" if str(file) == STREAM else file.stem


def _keys(path):
    """What a file can be called by; some file systems do not tell A.png from a.png."""
    return {str(path.resolve()).casefold(), str(_place(path)).casefold()}


def _free(folder, stem, ending, taken, overwrite):
    number, target = 2, folder / f"{stem}{ending}"
    while _keys(target) & taken or not (overwrite or _is_free(target)):
        target, number = folder / f"{stem}-{number}{ending}", number + 1
    return target


def _is_free(target):
    return is_result(target) or not (target.exists() or target.is_symlink())
