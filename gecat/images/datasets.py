"""Photos of one size in memory, with masks and pseudo-masks.

Photos are squashed to squares. What cannot be read is left out and named, so one bad file never
costs the others. Pseudo-masks are computed by all cores, once a photo, and kept on request.
"""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import NamedTuple

import numpy as np

from gecat.errors import ImageError, UserError, name_of
from gecat.files import AnyPath, write_png
from gecat.images.decoding import open_source
from gecat.images.pseudo_masks import Teacher, pseudo_masks
from gecat.images.reading import read_image
from gecat.images.sizes import resized, shrink
from gecat.images.sources import Found, found_in
from gecat.overlap import overlapped

MINIMUM_PHOTOS = 8
# The teacher sees a photo of at most this many pixels on its longer side.
PRIOR_SIDE = 256
AT_ONCE = 16  # photos of a part


@dataclass(frozen=True)
class Photos:
    """Photos of one size, S x S, with what is known of their masks."""

    images: np.ndarray  # uint8 (N, S, S, 3)
    names: tuple[str, ...]
    priors: np.ndarray | None  # uint8 (N, S, S), 255 = object; None where not asked for
    masks: np.ndarray | None  # uint8 (N, S, S), 255 = object; None where no photo has one
    has_mask: np.ndarray  # bool (N,): whose mask may be learned from
    skipped: tuple[tuple[str, UserError], ...]  # (name, why)
    found: Found = Found(photos=0)  # in the source, of which these are what could be read


def load_photos(
    source: AnyPath,
    size: int,
    *,
    prior: str | Teacher | None = None,
    cache: AnyPath | None = None,
    limit: int | None = None,
    seed: int = 0,
    progress: Callable[[int, int], object] | None = None,
) -> Photos:
    """Loads photos, with their masks if there are any, and their pseudo-masks if asked for.

    Args:
        source: a folder or a .zip (pictures at any depth, with masks where `layouts` knows them,
            as in `images/` with `masks/` beside it), a .npy file (uint8, or float in [-1, 1],
            [0, 1] or [0, 255], shape (N, H, W, 3)), or "scenes", whose masks are for scoring only.
        size: side of the squares that photos are squashed to, in pixels.
        prior: None, the kind of pseudo-mask, one of `pseudo_masks.KINDS`, or a
            `pseudo_masks.Teacher`.
        cache: a folder where pseudo-masks are kept from one call to the next, or None.
        limit: take this many photos at most, chosen at random; for scenes, draw this many.
        seed: of that choice, and of the scenes.
        progress: called with (photos done, photos in all) as the work goes on.

    Returns:
        Photos.

    Raises:
        ImageError: if the source cannot be read, or fewer than MINIMUM_PHOTOS photos can.
    """
    parts = photo_parts(source, size, prior=prior, cache=cache, limit=limit, seed=seed)
    there = Growing(next(parts))
    for part in parts:
        before = len(there.names)
        there.add(part.photos)
        for done in range(before + 1, len(there.names) + 1):
            if progress is not None:
                progress(done, part.total)
    if progress is not None:
        progress(there.total, there.total)
    return there.finished(source)


class Part(NamedTuple):
    """Some of a source's photos."""

    photos: Photos
    total: int  # photos that the source will give at most


def photo_parts(
    source: AnyPath,
    size: int,
    *,
    prior: str | Teacher | None = None,
    cache: AnyPath | None = None,
    limit: int | None = None,
    seed: int = 0,
) -> Iterator[Part]:
    """Loads photos as `load_photos` does, a few at a time.

    Args, Raises: as there.

    Yields:
        Parts, the first without a photo.
    """
    if cache is not None:
        Path(cache).mkdir(parents=True, exist_ok=True)
    with open_source(source, size, limit, seed) as members:
        total, turns = len(members), range(len(members))
        if limit is not None and limit < total:
            # None is listed before its turn.
            turns, total = np.random.default_rng(seed).permutation(total).tolist(), limit
        found = found_in(members)
        yield Part(_part([], [], size, prior is not None, found), total)
        parts = _read(members, turns, total, size, prior is not None, found, source != "scenes")
        label = partial(_labelled, prior=prior, cache=cache and Path(cache))
        # Threads do: OpenCV lets go of the interpreter while it computes.
        for photos in overlapped(label, parts):
            yield Part(photos, total)


class Growing:
    """Photos that come in parts; it has what `Photos` has, of those that are there.

    Args:
        first: the first Part.

    Attributes:
        total: photos at most.
    """

    def __init__(self, first: Part) -> None:
        self.total = total = first.total
        like = first.photos
        side = like.images.shape[1]
        self._images = np.empty((total, side, side, 3), np.uint8)
        self._masks = np.zeros((total, side, side), np.uint8)
        self._priors = None if like.priors is None else np.empty((total, side, side), np.uint8)
        self._has_mask, self._any_mask = np.zeros(total, bool), False
        self.names: tuple[str, ...] = ()
        self.skipped: tuple[tuple[str, UserError], ...] = ()
        self.found = like.found

    @property
    def images(self) -> np.ndarray:
        """As of Photos."""
        return self._images[: len(self.names)]

    @property
    def priors(self) -> np.ndarray | None:
        """As of Photos."""
        return None if self._priors is None else self._priors[: len(self.names)]

    @property
    def masks(self) -> np.ndarray | None:
        """As of Photos."""
        return self._masks[: len(self.names)] if self._any_mask else None

    @property
    def has_mask(self) -> np.ndarray:
        """As of Photos."""
        return self._has_mask[: len(self.names)]

    def add(self, part: Photos) -> None:
        """Takes some photos more; whoever reads meanwhile sees them all or none."""
        rows = slice(len(self.names), len(self.names) + len(part.names))
        self._images[rows], self._has_mask[rows] = part.images, part.has_mask
        if self._priors is not None and part.priors is not None:
            self._priors[rows] = part.priors
        if part.masks is not None:
            self._masks[rows], self._any_mask = part.masks, True
        self.skipped += part.skipped
        self.names += part.names

    def finished(self, source: AnyPath) -> Photos:
        """Returns the Photos, when all of the source are there.

        Raises:
            ImageError: if they are fewer than MINIMUM_PHOTOS.
        """
        if len(self.names) < MINIMUM_PHOTOS:
            raise ImageError(
                "image.too_few_photos",
                limit=MINIMUM_PHOTOS,
                usable=len(self.names),
                name=name_of(source),
                skipped=len(self.skipped),
                reasons=self.skipped[:3],
            )
        return Photos(
            images=self.images,
            names=self.names,
            priors=self.priors,
            masks=self.masks,
            has_mask=self.has_mask,
            skipped=self.skipped,
            found=self.found,
        )


def _read(members, turns, total, size, has_priors, found, teaches):
    """Yields (Photos whose pseudo-masks are still to be drawn, what the teacher is shown of each).

    Args:
        members, turns: the source's, and the places of those that are taken; total: photos at most.
        teaches: whether masks that come with photos may be learned from.
    """
    read, skipped, count = [], [], 0
    for turn in turns:
        member = members[turn]
        try:
            image = member.read()
        except ImageError as error:
            skipped.append((member.name, error.bare()))
            continue
        mask = None
        if member.read_mask is not None:
            try:
                mask = resized(_fitting_mask(member, image), size, size)
            except ImageError as error:
                skipped.append((member.name, ImageError("image.bad_mask", reason=error.bare())))
        shown = shrink(image, PRIOR_SIDE) if has_priors else None
        read.append((member.name, resized(image, size, size), mask, teaches, shown))
        count += 1
        if len(read) == AT_ONCE or count == total:
            yield _part(read, skipped, size, has_priors, found), [row[-1] for row in read]
            read, skipped = [], []
        if count == total:
            return
    yield _part(read, skipped, size, has_priors, found), [row[-1] for row in read]


def _part(read, skipped, size, has_priors, found):
    """Photos of rows (name, picture, mask or None, whether it teaches, ...)."""
    count = len(read)
    blank = np.zeros((size, size), np.uint8)
    pictures = [row[1] for row in read] or np.empty((0, size, size, 3), np.uint8)
    masks = [blank if row[2] is None else row[2] for row in read]
    return Photos(
        images=np.stack(pictures) if count else pictures,
        names=tuple(row[0] for row in read),
        priors=np.zeros((count, size, size), np.uint8) if has_priors else None,
        masks=np.stack(masks) if any(row[2] is not None for row in read) else None,
        has_mask=np.array([row[2] is not None and row[3] for row in read], bool),
        skipped=tuple(skipped),
        found=found,
    )


def _labelled(part, prior, cache):
    """The Photos of a part of `_read` with their pseudo-masks."""
    photos, shown = part
    if photos.priors is not None:
        for place, mask in enumerate(_priors(prior, cache, shown)):
            photos.priors[place] = resized(mask, *photos.priors.shape[1:])
    return photos


def _fitting_mask(member, image):
    mask = member.read_mask()
    if mask.shape != image.shape[:2]:
        (height, width), (rows, columns) = image.shape[:2], mask.shape
        raise ImageError("image.mask_size", width=width, height=height, columns=columns, rows=rows)
    return mask


def _priors(prior, cache, images):
    """Pseudo-masks of photos, uint8 (H, W) each; those that are kept are not computed again."""
    if cache is None:
        return _eight_bit_priors(prior, images)
    paths = [cache / f"{_key(prior, image)}.png" for image in images]
    masks = [_kept(path, image) for path, image in zip(paths, images, strict=True)]
    missing = [place for place, mask in enumerate(masks) if mask is None]
    found = _eight_bit_priors(prior, [images[place] for place in missing])
    for place, mask in zip(missing, found, strict=True):
        masks[place] = mask
        write_png(paths[place], mask)
    return masks


def _key(prior, image):
    name = prior if isinstance(prior, str) else prior.name
    return hashlib.sha1(f"{name} {image.shape} ".encode() + image.tobytes()).hexdigest()


def _kept(path, image):
    try:
        mask = read_image(path)[..., 0]
    except ImageError:  # not there yet, or cut short by a crash: computed anew
        return None
    return mask if mask.shape == image.shape[:2] else None


def _eight_bit_priors(prior: str | Teacher, images: Sequence[np.ndarray]) -> list[np.ndarray]:
    if isinstance(prior, str):
        masks = pseudo_masks(images, prior) if images else []
    else:
        masks = [prior.teach(image) for image in images]
    return [np.round(np.clip(mask, 0.0, 1.0) * 255.0).astype(np.uint8) for mask in masks]
