"""What is shown of a result, and the files that are offered: pictures in, pictures out."""

import io
import re
from dataclasses import asdict, dataclass

import numpy as np
from PIL import Image

from gecat.errors import UserError
from gecat.files import safe_stem
from gecat.inference.cutout import boxes, cutout, on_background, opacity, overlay

PREVIEW = 1024  # longer side of what the browser shows, pixels; the files are of full size


@dataclass(frozen=True)
class Kept:
    """A result as it is kept for a browser: 4 bytes a pixel."""

    image: np.ndarray  # uint8 (H, W, 3)
    mask: np.ndarray  # uint8 (H, W), probability times 255
    score: float
    stem: str

    @property
    def size(self):
        """Bytes in memory."""
        return self.image.nbytes + self.mask.nbytes


@dataclass(frozen=True)
class Views:
    """The pictures of one result at one threshold."""

    photo: np.ndarray  # uint8 (h, w, 3)
    overlay: np.ndarray  # uint8 (h, w, 3)
    boxes: tuple
    cutout: np.ndarray  # uint8 (h, w, 4)
    mask: np.ndarray  # uint8 (h, w)
    composite: np.ndarray  # uint8 (h, w, 3)
    share: float  # of the picture that is object, in [0, 1]


def keep(result, name):
    """Packs a Segmentation for the shelf.

    Args:
        result: a gecat.Segmentation.
        name: the photo's file name, of which the downloads' names are made.

    Returns:
        Kept.
    """
    mask = np.rint(result.mask * 255).astype(np.uint8)
    return Kept(result.image, mask, float(result.score), safe_stem(name))


def settle(mask, threshold):
    """Turns probabilities into opacities: the threshold becomes one half, far from it 0 or 1.

    Args:
        mask: uint8 array (H, W), probability times 255.
        threshold: in [0, 1].

    Returns:
        float32 array (H, W) in [0, 1].
    """
    probability = np.arange(256, dtype=np.float32) / 255
    settled = opacity(probability, threshold)
    # However low the threshold, a pixel that is surely background stays out; likewise above.
    settled[0], settled[255] = 0, 1
    return settled[mask]


def draw(kept, threshold, background, side=PREVIEW):
    """Draws every view of a result.

    Args:
        kept: Kept.
        threshold: in [0, 1].
        background: a colour (red, green, blue) or a uint8 picture (h, w, 3).
        side: longer side of the views at most, in pixels.

    Returns:
        Views.
    """
    photo, mask = shrink(kept.image, side), shrink(kept.mask, side)
    settled = settle(mask, threshold)
    return Views(
        photo=photo,
        overlay=overlay(photo, settled),
        boxes=boxes(settled),
        cutout=cutout(photo, settled),
        mask=np.rint(settled * 255).astype(np.uint8),
        composite=on_background(photo, settled, background),
        share=float((settled > 0.5).mean()),
    )


def shrink(picture, side):
    """Scales a uint8 picture down until its longer side is at most `side` pixels."""
    longer = max(picture.shape[:2])
    if longer <= side:
        return picture
    size = (round(picture.shape[1] * side / longer), round(picture.shape[0] * side / longer))
    size = tuple(max(1, length) for length in size)
    return np.asarray(Image.fromarray(picture).resize(size, Image.Resampling.BOX))


def make_files(kept, threshold, background=None):
    """Makes the files that are offered, at the photo's own size.

    Args:
        kept: Kept.
        threshold: in [0, 1].
        background: a colour (red, green, blue), a uint8 picture (h, w, 3), or None to leave that
            file out.

    Returns:
        dict of names and bytes: the cut-out (PNG), the mask (PNG), the new background (JPEG).
    """
    settled = settle(kept.mask, threshold)
    files = {
        f"{kept.stem}-cutout.png": _encode(cutout(kept.image, settled), "PNG"),
        f"{kept.stem}-mask.png": _encode(np.rint(settled * 255).astype(np.uint8), "PNG"),
    }
    if background is not None:
        composite = on_background(kept.image, settled, background)
        files[f"{kept.stem}-background.jpg"] = _encode(composite, "JPEG")
    return files


def measure(kept, threshold):
    """Says in numbers what a result is.

    Returns:
        dict: the critic's score, the share of the picture that is object, and the boxes of the
        objects in pixels of the photo.
    """
    settled = settle(kept.mask, threshold)
    return {
        "score": round(kept.score, 4),
        "share": round(float((settled > 0.5).mean()), 4),
        "boxes": [asdict(box) for box in boxes(settled)],
    }


def parse_colour(text):
    """Reads a colour as browsers write it: "#1a2b3c", "#abc", "rgb(26, 43, 60)" or with alpha.

    Returns:
        tuple of red, green and blue, 0 to 255.

    Raises:
        UserError: if it is none of these.
    """
    text = str(text).strip().lower()
    if re.fullmatch(r"#[0-9a-f]{3,4}", text):
        text = "#" + "".join(2 * digit for digit in text[1:])
    if re.fullmatch(r"#([0-9a-f]{6}|[0-9a-f]{8})", text):
        return tuple(int(text[start : start + 2], 16) for start in (1, 3, 5))
    parts = re.fullmatch(r"rgba?\(([\d.]+),\s*([\d.]+),\s*([\d.]+)(,\s*[\d.]+)?\)", text)
    if parts and all(float(part) <= 255.5 for part in parts.groups()[:3]):
        return tuple(min(255, round(float(part))) for part in parts.groups()[:3])
    raise UserError("page.bad_colour", received=text[:40])


def _encode(picture, kind):
    # Fast rather than small: somebody waits for it.
    options = {"quality": 92} if kind == "JPEG" else {"compress_level": 1}
    buffer = io.BytesIO()
    Image.fromarray(picture).save(buffer, kind, **options)
    return buffer.getvalue()
