"""Photos of one size in memory, with masks and pseudo-masks, and endless batches of them.

Photos are squashed to squares. What cannot be read is left out and named, so one bad file never
costs the others. Pseudo-masks are computed by all cores, once a photo, and kept on request.
"""

import hashlib
import itertools
import os
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import numpy as np

from gecat.errors import ImageError, UserError, name_of
from gecat.files import AnyPath, write_png
from gecat.images.decoding import open_source
from gecat.images.pseudo_masks import Teacher, pseudo_mask
from gecat.images.reading import read_image
from gecat.images.sizes import resized, shrink
from gecat.images.sources import Found, Member, found_in

MINIMUM_PHOTOS = 8
# The teacher sees a photo of at most this many pixels on its longer side.
PRIOR_SIDE = 256
# Fewer pseudo-masks than this are computed sooner here than processes start.
POOL_FROM = 32
CHUNK = 64


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
    with open_source(source, size, limit, seed) as members:
        total = len(members)
        turns: Iterable[Member] = members
        if limit is not None and limit < total:
            order = np.random.default_rng(seed).permutation(total)
            turns = map(members.__getitem__, order.tolist())  # none is listed before its turn
            total = limit
        found = found_in(members)
        photos = _collect(turns, total, size, prior, cache, progress or (lambda *_: None))
    if len(photos.names) < MINIMUM_PHOTOS:
        raise ImageError(
            "image.too_few_photos",
            limit=MINIMUM_PHOTOS,
            usable=len(photos.names),
            name=name_of(source),
            skipped=len(photos.skipped),
            reasons=photos.skipped[:3],
        )
    return replace(photos, has_mask=photos.has_mask & (source != "scenes"), found=found)


def batches(
    photos: Photos, batch_size: int, seed: int = 0, start: int = 0
) -> Iterator[dict[str, np.ndarray]]:
    """Endless shuffled batches; batch k depends on the seed and k alone.

    Args:
        photos: Photos.
        batch_size: photos a batch, 1 or more.
        seed: an int, 0 or more.
        start: the number of the first batch, so that a resumed training goes on where it was.

    Yields:
        dicts: "image" uint8 (N, S, S, 3); "prior" and "mask" uint8 (N, S, S, 1), zeros where
        unknown; "has_mask" bool (N,); "index" int64 (N,) into photos.
    """
    for number in itertools.count(start):
        yield gather(photos, batch_indices(len(photos.names), batch_size, seed, number))


def gather(photos: Photos, index: np.ndarray) -> dict[str, np.ndarray]:
    """One batch, a dict as `batches` yields it, of the photos at some places, int64 (N,)."""
    side = photos.images.shape[1]
    unknown = np.zeros((len(index), side, side), np.uint8)
    priors, masks = (
        unknown if known is None else known[index] for known in (photos.priors, photos.masks)
    )
    return {
        "image": photos.images[index],
        "prior": priors[..., None],
        "mask": masks[..., None],
        "has_mask": photos.has_mask[index],
        "index": index,
    }


def sample(photos: Photos, count: int, size: int) -> dict[str, np.ndarray]:
    """The first photos as one batch of `gather`, whose pictures have another side, in pixels."""
    batch = gather(photos, np.arange(min(count, len(photos.names))))
    if batch["image"].shape[1] == size:
        return batch
    pictures = {
        name: np.stack([resized(each, size, size) for each in batch[name]])
        for name in ("image", "prior", "mask")
    }
    shape = (*pictures["prior"].shape[:3], 1)  # resizing drops a single channel
    return {
        **batch,
        "image": pictures["image"],
        "prior": pictures["prior"].reshape(shape),
        "mask": pictures["mask"].reshape(shape),
    }


def batch_indices(count: int, batch_size: int, seed: int, number: int) -> np.ndarray:
    """Which photos batch `number` holds: each epoch is a new shuffle, cut across its end.

    Args:
        count: how many photos there are.
        batch_size: photos a batch.
        seed: an int, 0 or more.
        number: the batch's number, from 0.

    Returns:
        int64 array (batch_size,) in [0, count).
    """
    places = np.arange(number * batch_size, (number + 1) * batch_size)
    epochs = places // count
    shuffles = {
        epoch: np.random.default_rng((seed, int(epoch))).permutation(count)
        for epoch in np.unique(epochs)
    }
    return np.array(
        [shuffles[epoch][place % count] for epoch, place in zip(epochs, places, strict=True)],
        np.int64,
    )


def _collect(members, total, size, prior, cache, progress):
    """Reads members until `total` are usable."""
    images = np.empty((total, size, size, 3), np.uint8)
    masks = np.zeros((total, size, size), np.uint8)
    priors = np.empty((total, size, size), np.uint8) if prior else None
    has_mask = np.zeros(total, bool)
    names, skipped = [], []
    with ExitStack() as stack:
        compute = _prior_computer(prior, cache, total, stack) if prior else None
        waiting = []
        for member in members:
            if len(names) == total:
                break
            try:
                image = member.read()
            except ImageError as error:
                skipped.append((member.name, error.bare()))
                continue
            place = len(names)
            names.append(member.name)
            images[place] = resized(image, size, size)
            if member.read_mask is not None:
                try:
                    masks[place] = resized(_fitting_mask(member, image), size, size)
                    has_mask[place] = True
                except ImageError as error:
                    skipped.append((member.name, ImageError("image.bad_mask", reason=error.bare())))
            if compute is None:
                progress(place + 1, total)
                continue
            waiting.append(shrink(image, PRIOR_SIDE))
            if len(waiting) == CHUNK:
                _fill(priors, place + 1, compute(waiting), len(waiting), progress)
                waiting = []
        if waiting:
            _fill(priors, len(names), compute(waiting), len(waiting), progress)
    progress(total, total)
    used = len(names)
    return Photos(
        images=images[:used],
        names=tuple(names),
        priors=None if priors is None else priors[:used],
        masks=masks[:used] if has_mask.any() else None,
        has_mask=has_mask[:used],
        skipped=tuple(skipped),
    )


def _fill(priors, end, found, count, progress):
    for place, mask in enumerate(found, start=end - count):
        priors[place] = resized(mask, *priors.shape[1:])
        progress(place + 1, len(priors))


def _fitting_mask(member, image):
    mask = member.read_mask()
    if mask.shape != image.shape[:2]:
        (height, width), (rows, columns) = image.shape[:2], mask.shape
        raise ImageError("image.mask_size", width=width, height=height, columns=columns, rows=rows)
    return mask


def _prior_computer(kind, cache, total, stack):
    """A function from a list of photos to their pseudo-masks, uint8, in order as they are ready."""
    work = partial(_pseudo_mask, kind, None if cache is None else Path(cache))
    if cache is not None:
        Path(cache).mkdir(parents=True, exist_ok=True)
    if total < POOL_FROM:
        return partial(map, work)
    # Threads do: OpenCV lets go of the interpreter while it computes.
    pool = ThreadPoolExecutor(os.cpu_count())
    stack.callback(pool.shutdown, cancel_futures=True)
    return partial(pool.map, work)


def _pseudo_mask(kind, cache, image):
    if cache is None:
        return _eight_bit_prior(kind, image)
    name = kind if isinstance(kind, str) else kind.name
    key = hashlib.sha1(f"{name} {image.shape} ".encode() + image.tobytes()).hexdigest()
    path = cache / f"{key}.png"
    try:
        mask = read_image(path)[..., 0]
        if mask.shape == image.shape[:2]:
            return mask
    except ImageError:
        pass  # not there yet, or cut short by a crash: computed anew
    mask = _eight_bit_prior(kind, image)
    write_png(path, mask)
    return mask


def _eight_bit_prior(kind, image):
    mask = pseudo_mask(image, kind) if isinstance(kind, str) else kind.teach(image)
    return np.round(np.clip(mask, 0.0, 1.0) * 255.0).astype(np.uint8)
