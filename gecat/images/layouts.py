"""Which files of a data set are photos and which are masks, from their names alone.

Masks lie in folders that are called so (`masks`, `GroundTruth`, `DUTS-TR-Mask`), beside or within
the folder of the photos, under the photos' names or nearly (`0.png`, `0_mask.png`); or beside the
photos, as `0_mask.png`. Upper and lower case, slashes of either kind and ways to write an accent
make no difference.
"""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import PurePosixPath

PHOTO_WORDS = {"images", "image", "imgs", "img", "photos", "photo", "jpegimages", "inputs", "input"}
MASK_WORDS = {"masks", "mask", "groundtruth", "mattes", "matte", "segmentationclass"}
# These are masks' folders where a name within is that of a photo.
WEAK_MASK_WORDS = {"gt", "labels", "label", "annotations", "annotation", "alpha", "segmentation"}
ENDINGS = {"jpg", "jpeg", "jpe", "jfif", "mpo", "png", "apng", "webp", "avif"} | {
    "gif",
    "bmp",
    "dib",
    "tif",
    "tiff",
    "heic",
    "heif",
}
SIDECAR_NAMES = {"thumbs.db", "ehthumbs.db", "desktop.ini", "icon\r"}
SIDECAR_STEMS = {"readme", "license", "licence", "copying", "changelog"}
SIDECAR_ENDINGS = {"xmp", "aae", "thm", "json", "xml", "csv", "tsv", "yaml", "yml", "md", "rst"} | {
    "ini",
    "db",
    "lnk",
    "url",
    "sha256",
    "md5",
}
MASK_AFFIX = r"masks?|gt|mattes?|alpha|seg|segmentation|labels?"
AFFIXES = re.compile(rf"^(?:{MASK_AFFIX}|image|img)[-_ ]+|[-_ ]+(?:{MASK_AFFIX}|image|img|photo)$")
MASK_AFFIXES = re.compile(rf"^(?:{MASK_AFFIX})[-_ ]+|[-_ ]+(?:{MASK_AFFIX})$")


@dataclass(frozen=True)
class Layout:
    """What was recognised, under the names that were given.

    Attributes:
        pairs: (photo, its mask or None), sorted by photo.
        unpaired: masks of no photo.
        others: files that are neither.
    """

    pairs: tuple[tuple[str, str | None], ...]
    unpaired: tuple[str, ...]
    others: tuple[str, ...]


def recognise(names: Iterable[str]) -> Layout:
    """Tells photos, masks and other files apart.

    Args:
        names: of files, with their folders; hidden ones are passed over.
    """
    paths = {name: path for name in names if not is_hidden(path := normal(name))}
    others = [name for name, path in paths.items() if is_sidecar(path)]
    rest = {name: path for name, path in paths.items() if name not in set(others)}
    homes = {name: _mask_folder(path) for name, path in rest.items()}
    photos = {name: path for name, path in rest.items() if homes[name] is None}
    masks = {name: path for name, path in rest.items() if homes[name] is not None}
    if not photos:  # a folder of masks alone is a folder of photos
        photos, masks = rest, {}
    _give_back(photos, masks, homes)
    photo_folders = {
        folder
        for folder in {parent for path in photos.values() for parent in path.parents}
        if _role(folder.name) == "photo"
    }
    chosen = _restricting(photo_folders, {homes[name].parent for name in masks})
    strays = [name for name, path in photos.items() if _is_stray(path, chosen)]
    others += strays
    for name in strays:
        del photos[name]
    _take_neighbours(photos, masks)
    found = _paired(photos, masks, homes, chosen)
    return Layout(
        pairs=tuple((name, found.get(name)) for name in sorted(photos)),
        unpaired=tuple(sorted(set(masks) - set(found.values()))),
        others=tuple(sorted(others)),
    )


def normal(name: str) -> PurePosixPath:
    """Returns a file's path with slashes and accents written in one way."""
    return PurePosixPath(unicodedata.normalize("NFC", name.replace("\\", "/")))


def is_hidden(path: PurePosixPath) -> bool:
    """Whether a file is none of the user's own."""
    return any(part.startswith(".") or part == "__MACOSX" for part in path.parts)


def is_sidecar(path: PurePosixPath) -> bool:
    """Whether a file is surely no picture, but what systems and programs leave beside them."""
    name = path.name.casefold()
    stem, _, ending = name.rpartition(".")
    return name in SIDECAR_NAMES or (stem or name) in SIDECAR_STEMS or ending in SIDECAR_ENDINGS


def loose(stem: str) -> str:
    """Returns a stem without what tells photos and masks apart: `0_mask` and `0.jpg` are `0`."""
    stem = unicodedata.normalize("NFC", stem).casefold()
    body, _, ending = stem.rpartition(".")
    if body and ending in ENDINGS:
        stem = body
    return AFFIXES.sub("", stem) or stem


def _is_picture(path):
    return path.suffix[1:].casefold() in ENDINGS


def _role(folder):
    """ "mask", "weak mask", "photo" or None: what a folder's name says that it holds."""
    words = re.findall(r"[^\W\d_]+", folder.casefold())
    words = {*words, "".join(words)}
    roles = (MASK_WORDS, "mask"), (WEAK_MASK_WORDS, "weak mask"), (PHOTO_WORDS, "photo")
    return next((role for known, role in roles if words & known), None)


def _mask_folder(path):
    """The topmost folder of masks that a file lies in, or None."""
    folders = reversed(path.parents[:-1])
    return next((one for one in folders if "mask" in (_role(one.name) or "")), None)


def _give_back(photos, masks, homes):
    """Takes files of weakly named folders for photos where no photo has their name."""
    known = {loose(path.stem) for path in photos.values()}
    by_home = defaultdict(list)
    for name in masks:
        if _role(homes[name].name) == "weak mask":
            by_home[homes[name]].append(name)
    for names in by_home.values():
        if not any(loose(masks[name].stem) in known for name in names):
            photos.update((name, masks.pop(name)) for name in names)


def _restricting(photo_folders, homes_of_masks):
    """From each folder whose photos lie in folders of their own to these: all else is no photo."""
    chosen = defaultdict(list)
    for folder in photo_folders:
        if folder.parent in homes_of_masks or folder.name.casefold() == "images":
            chosen[folder.parent].append(folder)
    return chosen


def _is_stray(path, chosen):
    """Whether a file lies where photos have a folder of their own, and is not in it."""
    for home, folders in chosen.items():
        if path.is_relative_to(home):
            return not any(path.is_relative_to(folder) for folder in folders)
    return bool(chosen) and not _is_picture(path)


def _take_neighbours(photos, masks):
    """Takes `0_mask.png` beside `0.jpg` for a mask."""
    stems = {(path.parent, path.stem.casefold()) for path in photos.values()}
    for name, path in list(photos.items()):
        stem = path.stem.casefold()
        bare = MASK_AFFIXES.sub("", stem)
        if bare != stem and (path.parent, bare) in stems:
            masks[name] = photos.pop(name)


def _paired(photos, masks, homes, chosen):
    """From photos to their masks: by the folders that both lie in, else by a name there is once."""
    by_place, by_stem = defaultdict(list), defaultdict(list)
    for name, path in photos.items():
        by_stem[loose(path.stem)].append(name)
        for place in _places(path, chosen):
            by_place[place].append(name)
    exact, near, far = {}, {}, {}
    for name in sorted(masks):
        path, home = masks[name], homes.get(name)
        base = path.parent if home is None else home.parent / path.parent.relative_to(home)
        within = by_place.get((base.as_posix().casefold(), loose(path.stem)), ())
        same = [one for one in within if photos[one].stem.casefold() == path.stem.casefold()]
        for one in same:
            exact.setdefault(one, name)
        for one in () if same else within:
            near.setdefault(one, name)
        if not within and len(by_stem[loose(path.stem)]) == 1:
            far.setdefault(by_stem[loose(path.stem)][0], name)
    return {**far, **near, **exact}


def _places(path, chosen):
    """Where the mask of a photo may be looked for: (folder, stem), its photos' folder left out."""
    stem = loose(path.stem)
    yield path.parent.as_posix().casefold(), stem
    for home, folders in chosen.items():
        for folder in folders:
            if path.is_relative_to(folder):
                yield (home / path.parent.relative_to(folder)).as_posix().casefold(), stem
