"""A segmented photo as the server keeps it, the files that are made of it, and its facts."""

import functools
from dataclasses import asdict, dataclass

import numpy as np

from gecat.app.ui.encoding import encode
from gecat.files import safe_stem
from gecat.images.sizes import shrink
from gecat.images.transparency import shrunk
from gecat.inference.cutout import as_bytes, cutout, object_share, on_background, outlined
from gecat.inference.objects import boxes

PREVIEW_SIDE = 1024  # longer side of what the browser shows, pixels; the files are of full size


@dataclass(frozen=True)
class Result:
    """What is kept for a browser.

    Attributes:
        image: uint8 (H, W, 3), or (H, W, 4) where one can see through it.
        mask: uint8 (H, W), probability times 255.
        score: the critic's, in [0, 1].
        stem: of which the names of the downloads are made.
    """

    image: np.ndarray
    mask: np.ndarray
    score: float
    stem: str

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


def make_files(result, threshold, background=None):
    """Makes the files that are offered, at the photo's own size.

    Args:
        result: a Result.
        threshold: in [0, 1].
        background: a colour (red, green, blue), a uint8 picture (h, w, 3), or None to leave that
            file out.

    Returns:
        dict of names and bytes: the cut-out (PNG), the mask (PNG), the new background (JPEG).
    """
    alpha = outlined(result.mask, threshold)
    cut = cutout(result.image, alpha)
    files = {
        f"{result.stem}-cutout.png": encode(cut, "PNG"),
        f"{result.stem}-mask.png": encode(alpha, "PNG"),
    }
    if background is not None:
        composite = on_background(cut, background)
        del cut  # as large as all that is written of it
        files[f"{result.stem}-background.jpg"] = encode(composite, "JPEG")
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
