"""What `segment` writes of a photo: a mask, a cut-out, an overlay or a new background, as a file.

Each file says what made it (the text `Software` of a PNG, the Exif tag of a WebP or JPEG), so that
a later run tells results from photos.
"""

import io
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import ExifTags, Image
from PIL.PngImagePlugin import PngInfo

from gecat.errors import UserError
from gecat.files import AnyPath
from gecat.images.transparency import is_see_through
from gecat.inference.backdrop import Ground, lay
from gecat.inference.cutout import as_bytes, cutout, outlined, overlay
from gecat.inference.finishing import object_window, tidied

SOFTWARE = "GEC-AT segment"
ENDINGS = {"png": ".png", "webp": ".webp", "jpeg": ".jpg"}
FORMATS = {".png": "png", ".webp": "webp", ".jpg": "jpeg", ".jpeg": "jpeg"}
QUALITY = 92
PICTURES: dict[str, Callable[..., np.ndarray]] = {
    "mask": lambda image, mask: as_bytes(mask),
    "cutout": lambda image, mask: cutout(image, outlined(mask)),
    "overlay": overlay,
}


@dataclass(frozen=True, eq=False)
class Product:
    """What is made of each photo.

    Attributes:
        what: "mask" (8-bit, probability times 255), "cutout" (RGBA) or "overlay" (RGB).
        kind: "png", "webp" (both without loss) or "jpeg".
        background: what a cut-out is laid on, as `backdrop.lay` takes it, or None.
        shadow: whether a cut-out casts one.
        crop: whether what is written ends where the object does.
        tidy: whether specks and pinholes of the mask are taken out.
    """

    what: str = "mask"
    kind: str = "png"
    background: Ground = None
    shadow: bool = False
    crop: bool = False
    tidy: bool = False

    def __post_init__(self) -> None:
        if self.what not in PICTURES:
            raise ValueError(f"what must be one of {', '.join(PICTURES)}, received {self.what}.")
        if (self.background is not None or self.shadow) and self.what != "cutout":
            raise UserError("segment.background_alone", received=self.what)
        if self.kind == "jpeg" and self.what == "cutout" and self.background is None:
            raise UserError("segment.jpeg_is_opaque")

    def picture(self, photo: np.ndarray, mask: np.ndarray) -> np.ndarray:
        """Draws it.

        Args:
            photo: uint8 (H, W, 3 or 4).
            mask: float (H, W) in [0, 1].

        Returns:
            uint8 (h, w), (h, w, 3) or (h, w, 4).
        """
        if self.tidy:
            mask = tidied(mask)
            if is_see_through(photo):
                mask[photo[..., 3] == 0] = 0
        drawn = PICTURES[self.what](photo, mask)
        if self.what == "cutout":
            return lay(photo, drawn, self.background, self.shadow, self.crop)
        window = object_window(outlined(mask)) if self.crop else ()
        return np.ascontiguousarray(drawn[window])

    def encoded(self, photo: np.ndarray, mask: np.ndarray) -> bytes:
        """Returns the bytes of its file; arguments as for `picture`."""
        buffer = io.BytesIO()
        image = Image.fromarray(self.picture(photo, mask))
        if self.kind == "png":
            text = PngInfo()
            text.add_text("Software", SOFTWARE)
            image.save(buffer, "PNG", pnginfo=text)
            return buffer.getvalue()
        exif = Image.Exif()
        exif[ExifTags.Base.Software] = SOFTWARE
        options = {"lossless": True} if self.kind == "webp" else {"quality": QUALITY}
        image.save(buffer, self.kind, exif=exif, **options)
        return buffer.getvalue()


def is_result(path: AnyPath) -> bool:
    """Whether a file is what a `Product` wrote; links are not."""
    path = Path(path)
    if path.is_symlink() or path.suffix.lower() not in FORMATS:
        return False
    try:
        with Image.open(path, formats=("PNG", "WEBP", "JPEG")) as image:
            if image.format == "PNG":
                return image.info.get("Software") == SOFTWARE
            return image.getexif().get(ExifTags.Base.Software) == SOFTWARE
    except Exception:  # whatever it is, it is not ours
        return False
