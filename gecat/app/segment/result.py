"""A segmented photo as the server keeps it, the files that are made of it, and its facts."""

import functools
import secrets
from dataclasses import asdict, dataclass, field

import cv2
import numpy as np

from gecat.app.ui.encoding import PngWriter, jpeg_of, png_of
from gecat.files import safe_stem
from gecat.images.sizes import shrink
from gecat.images.transparency import shrunk
from gecat.inference.backdrop import prepare
from gecat.inference.cutout import as_bytes, covered, cutout_bands, object_share, outlined
from gecat.inference.objects import belongs_to, boxes

PREVIEW_SIDE = 1024  # longer side of what the browser shows, pixels; the files are of full size


@dataclass(frozen=True)
class Result:
    """What is kept for a browser.

    Attributes:
        image: uint8 (H, W, 3), or (H, W, 4) where one can see through it.
        mask: uint8 (H, W), probability times 255.
        score: the critic's, in [0, 1].
        stem: of which the names of the downloads are made.
        mark: no other photo's result has it.
    """

    image: np.ndarray
    mask: np.ndarray
    score: float
    stem: str
    mark: str = field(default_factory=lambda: secrets.token_hex(4))

    @functools.cached_property
    def preview(self):
        """The image and the mask at the size that the browser shows; a slider needs no other."""
        return shrunk(self.image, PREVIEW_SIDE), shrink(self.mask, PREVIEW_SIDE)

    @property
    def size(self):
        """Bytes in memory at most."""
        whole = self.image.nbytes + self.mask.nbytes
        return whole + min(whole, 4 * PREVIEW_SIDE**2)


def pack(segmentation, name):
    """Packs a Segmentation.

    Args:
        segmentation: a gecat.Segmentation.
        name: the photo's file name.

    Returns:
        Result.
    """
    return Result(
        segmentation.image, as_bytes(segmentation.mask), float(segmentation.score), safe_stem(name)
    )


@dataclass(frozen=True, eq=False)
class Look:
    """How a result is to look, beside its threshold.

    Attributes:
        ground: what lies behind, as `backdrop.lay` takes it.
        shadow, crop: as there.
        objects: numbers of the objects that are kept, 0 for the first, or None for all.
    """

    ground: object = None
    shadow: bool = False
    crop: bool = False
    objects: tuple | None = None


def opacity_of(result, threshold, objects=None, full=False):
    """How opaque each pixel of a result is: its mask's hard outline, of the chosen objects.

    Args:
        result: a Result; threshold: in [0, 1]; objects: as of a Look.
        full: whether at the photo's own size, or at the preview's.

    Returns:
        uint8 (h, w).
    """
    small = outlined(result.preview[1], threshold)
    alpha = outlined(result.mask, threshold) if full else small
    if objects is None:
        return alpha
    # Which object is which is decided at one size, so that the files are what was shown.
    kept = belongs_to(small, objects).astype(np.uint8)
    return alpha * cv2.resize(kept, alpha.shape[::-1], interpolation=cv2.INTER_NEAREST)


def make_files(result, threshold, look=None):
    """Makes the files that are offered, at the photo's own size.

    Args:
        result: a Result.
        threshold: in [0, 1].
        look: a Look, or None to leave the file of the new background out.

    Returns:
        dict of names and bytes: the cut-out (PNG), the mask (PNG), the new background (JPEG, or
        PNG where it is transparent).
    """
    alpha = opacity_of(result, threshold, look and look.objects, full=True)
    mask = png_of(alpha)
    alpha = covered(result.image, alpha)
    cut, composite = _cut_and_composite(result.image, alpha, look or Look())
    files = {f"{result.stem}-cutout.png": cut, f"{result.stem}-mask.png": mask}
    if look is not None:
        ending = "png" if look.ground is None else "jpg"
        files[f"{result.stem}-background.{ending}"] = composite
    return files


def measure(result, threshold):
    """Says in numbers what a result is.

    Args:
        result: a Result.
        threshold: in [0, 1].

    Returns:
        dict: the critic's score, the share of the picture that is object, and the boxes of the
        objects in pixels of the photo.
    """
    alpha = outlined(result.mask, threshold)
    return {
        "score": round(result.score, 4),
        "share": round(object_share(alpha), 4),
        "boxes": [asdict(box) for box in boxes(alpha)],
    }


def _cut_and_composite(photo, alpha, look):
    """Bytes of both files, in one pass: the cut-out never lies in memory whole."""
    backdrop = prepare(photo, alpha, look.ground, look.shadow, look.crop)
    cut_out = PngWriter((*alpha.shape, 4))
    composite = PngWriter((*alpha[backdrop.window].shape, 4))
    is_another_png = look.ground is None and (look.shadow or look.crop)
    for rows, cut in cutout_bands(photo, alpha):
        cut_out.add(cut)
        laid = backdrop.lay(rows, cut)
        if is_another_png:
            composite.add(laid)
        del cut, laid  # before the next is made
    data = cut_out.finish()
    if backdrop.canvas is not None:
        return data, jpeg_of(backdrop.canvas[backdrop.window])
    return data, composite.finish() if is_another_png else data
