"""Files to bounded RGB arrays; whatever cannot be read is refused in plain words.

The content of a file decides, never its name. The size that its header claims is checked before a
pixel is decoded, so a small file that unpacks to gigabytes costs nothing.
"""

import io
import os
import re
from pathlib import Path
from typing import BinaryIO

import numpy as np
from PIL import Image
from pillow_heif import HeifImageFile

from gecat.errors import ImageError, Term
from gecat.images import png, webp
from gecat.images.jpeg import without_long_exif
from gecat.images.limits import Limits, limits_in_use
from gecat.images.masks import mask_of
from gecat.images.pixels import orientation_of, photo_of, upright
from gecat.images.tiff import filled
from gecat.images.transparency import is_see_through, laid_on

ACCEPTED = ("JPEG", "HEIC", "PNG", "WebP", "AVIF", "GIF", "BMP", "TIFF")
FORMATS = ("JPEG", "PNG", "WEBP", "AVIF", "GIF", "BMP", "TIFF")
LONGEST_NAME = 80

# How a file begins -> its format, or the term for what an ordinary person would call it. The first
# that fits is named.
PICTURE_SIGNATURES = (
    (rb"\xff\xd8\xff", "JPEG"),
    (rb"\x89PNG", "PNG"),
    (rb"GIF8", "GIF"),
    (rb"BM", "BMP"),
    (rb"II[*+]\x00|MM\x00[*+]", "TIFF"),
    (rb"RIFF....WEBP", "WebP"),
    (rb"....ftypavi[fs]", "AVIF"),
    (rb"....ftyp(hei|hev|mif1|msf1)", "HEIC"),
)
OTHER_SIGNATURES = (
    (rb"....ftyp|\x1aE\xdf\xa3|RIFF....AVI ", "video"),
    (rb"%PDF", "pdf"),
    (rb"PK\x03\x04|PK\x05\x06", "zip"),
    (rb"8BPS", "photoshop"),
    (rb"\xff\x0a|\x00\x00\x00\x0cJXL ", "jpeg_xl"),
    (rb"\x00\x00\x00\x0cjP  |\xff\x4f\xff\x51", "jpeg_2000"),
    (rb"\x00\x00\x01\x00", "icon"),
    (rb"%!PS", "postscript"),
    (rb"\x1f\x8b|BZh|7z\xbc\xaf|Rar!", "compressed"),
    (rb"\x93NUMPY", "numpy"),
    (rb"\s*(<\?xml.*|<!--.*)?(<!DOCTYPE svg.*)?<svg", "svg"),
    (rb"\s*<(!doctype html|html)", "web_page"),
)


Picture = str | Path | bytes | BinaryIO | Image.Image | np.ndarray


def read_image(source: Picture, limits: Limits | None = None) -> np.ndarray:
    """Reads one picture, the right way up, as 8-bit RGB.

    Colours of other profiles become sRGB. Transparent pixels are laid on white; of an animation the
    first frame is taken; 16-bit and floating-point greys are scaled to 8 bits.

    Args:
        source: a path, bytes, a binary file object, a PIL image, or a uint8 array of shape (H, W),
            (H, W, 1), (H, W, 3) or (H, W, 4).
        limits: the largest file and picture to take; those in use by default.

    Returns:
        uint8 array (H, W, 3), RGB, of its own memory.

    Raises:
        ImageError: if the source is no picture, is damaged, or is beyond the limits.
    """
    return laid_on(read_photo(source, limits))


def read_photo(source: Picture, limits: Limits | None = None) -> np.ndarray:
    """Reads a picture as `read_image` does, and keeps its opacity where it has one.

    Args, Raises: as `read_image`.

    Returns:
        uint8 array (H, W, 3), RGB, or (H, W, 4), RGBA with unmixed colours, where any pixel is not
        opaque; of its own memory, unless that of an array is such that nobody can write to it.
    """
    if isinstance(source, np.ndarray) and not source.flags.writeable:
        is_photo = source.dtype == np.uint8 and source.ndim == 3 and source.shape[2] == 3
        if is_photo and source.flags.c_contiguous and source.size:
            _check_size(source.shape[1::-1], limits or limits_in_use())
            return source
    return read_first(source, limits)[0]


def read_first(source: Picture, limits: Limits | None = None) -> tuple[np.ndarray, bool]:
    """Reads a photo as `read_photo` does, and says whether the file holds more pictures than it.

    Args, Raises: as `read_image`.

    Returns:
        (photo, more): what `read_photo` returns, and whether it is an animation or has more pages.
    """
    return _read(source, limits, photo_of)


def read_mask(source: Picture, limits: Limits | None = None) -> np.ndarray:
    """Reads a mask: white is object, black is background, grey is in between; see `masks.mask_of`.

    Args:
        source: as for `read_image`.
        limits: the largest file and picture to take; those in use by default.

    Returns:
        uint8 array (H, W).

    Raises:
        ImageError: as `read_image`, and if the mask numbers classes.
    """
    return _read(source, limits, mask_of)[0]


def read_opacity(source: Picture, limits: Limits | None = None) -> np.ndarray:
    """Reads how opaque each pixel of a picture is, 255 where it knows no transparency.

    Args, Raises: as `read_image`.

    Returns:
        uint8 array (H, W).
    """
    photo = read_photo(source, limits)
    if is_see_through(photo):
        return np.ascontiguousarray(photo[..., 3])
    return np.full(photo.shape[:2], 255, np.uint8)


def _read(source, limits, pixels_of):
    """What a function makes of a picture, the right way up, and whether there are more of it."""
    image, more = _opened(source, limits)
    try:
        orientation, pixels = orientation_of(image), pixels_of(image)
    except (MemoryError, ImageError):
        raise
    except Exception as error:
        raise _damaged(image) from error
    del image  # turning needs its memory
    return upright(pixels, orientation), more


def _opened(source, limits):
    """A PIL image within the limits, decoded, and whether its file holds more of them."""
    limits = limits or limits_in_use()
    data = None
    if isinstance(source, np.ndarray):
        image = _image_of(source)
    elif isinstance(source, Image.Image):
        image = source
    else:
        data = without_long_exif(_bytes_of(source, limits))
        image = _identified(data, limits)
    _check_size(image.size, limits)
    try:
        if image.format == "TIFF" and data is not None:
            image = filled(image, data)
        elif data is not None and webp.is_large_still(image):
            image = webp.decoded(image, data) or image
        image.load()
    except MemoryError:
        raise
    except Exception as error:
        raise _damaged(image) from error
    _check_size(image.size, limits)  # that of a HEIC may turn out to be another
    return image, _holds_more(image)


def _holds_more(image):
    try:
        return bool(getattr(image, "is_animated", False))
    except Exception:  # the next one is damaged, but it is there
        return True


def _check_size(size, limits):
    width, height = size
    if width * height > limits.max_pixels:
        size = {"width": width, "height": height, "millions": _millions(width * height)}
        raise _too_many_pixels(limits, Term("pixels", **size))
    if max(width, height) > limits.max_side:
        raise ImageError("image.too_long", limit=limits.max_side, width=width, height=height)
    if width * height == 0:
        raise ImageError("image.no_pixels", width=width, height=height)


def _identified(data, limits):
    """A PIL image of which nothing but the header is read; no format but ours is ever tried."""
    try:
        return Image.open(io.BytesIO(data), formats=FORMATS)
    except Exception as error:  # decoders raise whatever they stumble over
        reason = error
    kind = _look_up(data[:1024], PICTURE_SIGNATURES)
    try:
        if kind == "HEIC":
            return HeifImageFile(io.BytesIO(data))
        if kind == "PNG":
            return Image.open(io.BytesIO(png.without_metadata(data)), formats=FORMATS)
    except Exception as error:
        reason = error
    raise _refusal(reason, data, limits) from reason


def _damaged(image):
    width, height = image.size
    kind = image.format or image.mode
    return ImageError("image.cut_short", kind=kind, width=width, height=height)


def _bytes_of(source, limits):
    if isinstance(source, (str, os.PathLike)):
        data = _bytes_of_file(Path(source), limits)
    elif isinstance(source, (bytes, bytearray, memoryview)):
        data = bytes(source)
    elif hasattr(source, "read"):
        data = source.read(limits.max_bytes + 1)
    else:
        data = None
    if not isinstance(data, bytes):
        raise ImageError("image.no_source", received=type(source).__name__)
    if not data:
        raise ImageError("image.empty", accepted=ACCEPTED)
    if len(data) > limits.max_bytes:
        raise _too_many_bytes(limits, len(data))
    return data


def _bytes_of_file(path, limits):
    try:
        # A pipe or a device has no size to check, and may never end.
        if not path.is_file():
            what = Term("folder") if path.is_dir() else path.name[:LONGEST_NAME]
            raise ImageError("image.missing", received=what)
        size = path.stat().st_size
        if size > limits.max_bytes:
            raise _too_many_bytes(limits, size)
        return path.read_bytes()
    except OSError as error:
        raise ImageError("image.closed", received=path.name[:LONGEST_NAME]) from error


def _image_of(array):
    shape = array.shape[:2] if array.ndim == 3 and array.shape[2] == 1 else array.shape
    fits = len(shape) == 2 or (len(shape) == 3 and shape[2] in (3, 4))
    if array.dtype != np.uint8 or not fits:
        dtype, shape = str(array.dtype), str(array.shape)
        raise ImageError("image.bad_array", dtype=dtype, shape=shape)
    if array.size == 0:
        raise ImageError("image.empty_array", shape=str(array.shape))
    return Image.fromarray(np.ascontiguousarray(array.reshape(shape)))


def _refusal(error, data, limits):
    """The error for bytes that could not be opened."""
    if isinstance(error, Image.DecompressionBombError):
        claimed = re.search(r"\d+", str(error))
        if not claimed:
            return _too_many_pixels(limits, Term("far_more"))
        return _too_many_pixels(limits, Term("megapixels", millions=_millions(int(claimed[0]))))
    start = data[:1024]
    picture = _look_up(start, PICTURE_SIGNATURES)
    if picture:
        return ImageError("image.damaged", size=len(data), kind=picture)
    other = _look_up(start, OTHER_SIGNATURES)
    received = Term(other) if other else _text_or_unknown(data)
    return ImageError("image.no_picture", accepted=ACCEPTED, received=received)


def _look_up(start, signatures):
    flags = re.DOTALL | re.IGNORECASE
    return next((name for pattern, name in signatures if re.match(pattern, start, flags)), None)


def _text_or_unknown(data):
    start = data[:1024].decode("utf-8", errors="replace").rstrip("\ufffd")
    printable = all(letter.isprintable() or letter.isspace() for letter in start)
    return Term("text") if start and printable else Term("unknown_bytes", size=len(data))


def _too_many_bytes(limits, size):
    limit, received = _millions(limits.max_bytes), _millions(size)
    return ImageError("image.too_many_bytes", limit=limit, received=received)


def _too_many_pixels(limits, received):
    limit = _millions(limits.max_pixels)
    return ImageError("image.too_many_pixels", limit=limit, received=received)


def _millions(number):
    """A number in millions, with one decimal where there is one to tell."""
    millions = round(number / 1e6, 1)
    return int(millions) if millions.is_integer() else millions
