"""Large WebP pictures: Pillow's decoder keeps what animations need, 17 bytes a pixel."""

import numpy as np
from PIL import Image

from gecat.images.sizes import LARGE_PIXELS


def is_large_still(image: Image.Image) -> bool:
    """Whether a file of which the header is read is one large WebP picture."""
    alone = getattr(image, "n_frames", 1) == 1
    return image.format == "WEBP" and alone and image.width * image.height >= LARGE_PIXELS


def decoded(image: Image.Image, data: bytes) -> Image.Image | None:
    """Decodes such a file by OpenCV, in 7 bytes a pixel, or 8 where it is not opaque.

    Args:
        image: of which the header is read; data: of its file.

    Returns:
        a PIL image, RGBX or RGBA, with the profile and the Exif data of the file; None where
        OpenCV cannot read it.
    """
    import cv2  # readers of other files go without it

    pixels = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)
    if pixels is None or pixels.dtype != np.uint8 or pixels.shape[1::-1] != image.size:
        return None
    if pixels.shape[2] == 4:
        mode, pixels = "RGBA", cv2.cvtColor(pixels, cv2.COLOR_BGRA2RGBA, dst=pixels)
    else:
        mode, pixels = "RGBX", cv2.cvtColor(pixels, cv2.COLOR_BGR2RGBA)
    picture = Image.frombuffer(mode, image.size, pixels, "raw", mode, 0, 1)  # no copy
    picture.info, picture.format = dict(image.info), image.format
    return picture
