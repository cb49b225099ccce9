"""Files to bounded RGB arrays; whatever cannot be read is refused in plain words.

The content of a file decides, never its name. The size that its header claims is checked before a
pixel is decoded, so a small file that unpacks to gigabytes costs nothing.
"""

import io
import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np
from PIL import Image

from gecat.errors import ImageError, Term
from gecat.images.jpeg import without_long_exif
from gecat.images.tiff import filled

ACCEPTED = ("JPEG", "PNG", "WebP", "AVIF", "GIF", "BMP", "TIFF")
FORMATS = ("JPEG", "PNG", "WEBP", "AVIF", "GIF", "BMP", "TIFF")
LONGEST_NAME = 80
BAND = 256  # rows
MASK_NOISE = 8  # levels; compression tints greys and lightens black by as much

ORIENTATION = 0x0112  # the tag that says how the camera was held
TURNS: dict[int, Callable[[np.ndarray], np.ndarray]] = {
    2: lambda pixels: pixels[:, ::-1],
    3: lambda pixels: pixels[::-1, ::-1],
    4: lambda pixels: pixels[::-1],
    5: lambda pixels: pixels.swapaxes(0, 1),
    6: lambda pixels: np.rot90(pixels, 3),
    7: lambda pixels: pixels[::-1, ::-1].swapaxes(0, 1),
    8: np.rot90,
}

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
)
OTHER_SIGNATURES = (
    (rb"....ftyp(hei|hev|mif1|msf1)", "heic"),
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


@dataclass(frozen=True)
class Limits:
    """What is taken at most: bytes of a file, and pixels of the picture in it.

    A side has a limit of its own, since decoders and OpenCV keep hundreds of bytes a row: a photo
    1 pixel wide and 50,000,000 high took 21 GB. No browser's canvas shows a longer one.
    """

    max_bytes: int = 40_000_000
    max_pixels: int = 50_000_000
    max_side: int = 32_767


DEFAULT_LIMITS = Limits()


def read_image(source: Picture, limits: Limits = DEFAULT_LIMITS) -> np.ndarray:
    """Reads one picture, the right way up, as 8-bit RGB.

    Transparent pixels are laid on white; of an animation the first frame is taken; 16-bit and
    floating-point greys are scaled to 8 bits.

    Args:
        source: a path, bytes, a binary file object, a PIL image, or a uint8 array of shape (H, W),
            (H, W, 1), (H, W, 3) or (H, W, 4).
        limits: the largest file and picture to take.

    Returns:
        uint8 array (H, W, 3), RGB, of its own memory.

    Raises:
        ImageError: if the source is no picture, is damaged, or is beyond the limits.
    """
    return _upright_rgb(source, limits, backdrop=255)


def read_mask(source: Picture, limits: Limits = DEFAULT_LIMITS) -> np.ndarray:
    """Reads a mask: white is object, black is background, grey is in between.

    Masks of 0 and 1 are stretched to 0 and 255. In a coloured mask, and in a cut-out, whatever is
    neither nearly black nor transparent is object.

    Args:
        source: as for `read_image`.
        limits: the largest file and picture to take.

    Returns:
        uint8 array (H, W).

    Raises:
        ImageError: as `read_image`.
    """
    rgb = _upright_rgb(source, limits, backdrop=0)
    mask = rgb.max(axis=-1)
    coloured = (mask - rgb.min(axis=-1)).max() > MASK_NOISE
    if not coloured and mask.max() != 1:
        return mask
    return np.where(mask > (MASK_NOISE if coloured else 0), 255, 0).astype(np.uint8)


def read_opacity(source: Picture, limits: Limits = DEFAULT_LIMITS) -> np.ndarray:
    """Reads how opaque each pixel of a picture is, 255 where it knows no transparency.

    Args, Raises: as `read_image`.

    Returns:
        uint8 array (H, W).
    """
    return _upright(source, limits, lambda image: np.array(image.convert("RGBA").getchannel("A")))


def _upright_rgb(source, limits, backdrop):
    return _upright(source, limits, lambda image: _rgb(image, backdrop))


def _upright(source, limits, pixels_of):
    """What a function makes of a picture's pixels, the right way up, as an array of its own."""
    image = _decoded(source, limits)
    try:
        pixels, orientation = pixels_of(image), image.getexif().get(ORIENTATION)
    except MemoryError:
        raise
    except Exception as error:
        raise _damaged(image) from error
    del image  # what is turned needs its room
    turn = TURNS.get(orientation)
    return pixels if turn is None else np.ascontiguousarray(turn(pixels))


def _decoded(source, limits):
    """A PIL image, decoded, as it lies in the file."""
    data = None
    if isinstance(source, np.ndarray):
        image = _image_of(source)
    elif isinstance(source, Image.Image):
        image = source
    else:
        data = without_long_exif(_bytes_of(source, limits))
        try:
            # Nothing but the header is read here, and no format but these is ever tried.
            image = Image.open(io.BytesIO(data), formats=FORMATS)
        except Exception as error:  # decoders raise whatever they stumble over
            raise _refusal(error, data, limits) from error
    width, height = image.size
    if width * height > limits.max_pixels:
        size = {"width": width, "height": height, "millions": _millions(width * height)}
        raise _too_many_pixels(limits, Term("pixels", **size))
    if max(width, height) > limits.max_side:
        raise ImageError("image.too_long", limit=limits.max_side, width=width, height=height)
    if width * height == 0:
        raise ImageError("image.no_pixels", width=width, height=height)
    try:
        if image.format == "TIFF" and data is not None:
            image = filled(image, data)
        image.load()
    except MemoryError:
        raise
    except Exception as error:
        raise _damaged(image) from error
    return image


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


def _rgb(image, backdrop):
    if image.mode.startswith("I") or image.mode == "F":
        image = _eight_bits(image)
    see_through = image.has_transparency_data
    rgb = np.empty((image.height, image.width, 3), np.uint8)
    for top, band in _bands(image):
        if see_through:
            band = band.convert("RGBA")
            below = Image.new("RGBA", band.size, (backdrop, backdrop, backdrop, 255))
            band = Image.alpha_composite(below, band)
        rgb[top : top + BAND] = band.convert("RGB")
    return rgb


def _bands(image):
    """Yields (top row, piece) of a picture: of a large one no second copy lies in memory."""
    for top in range(0, image.height, BAND):
        yield top, image.crop((0, top, image.width, min(top + BAND, image.height)))


def _eight_bits(image):
    """Scales a picture of greys of more than 8 bits, or of floats, to 8 bits."""
    ends = [(float(part.min()), float(part.max())) for _, part in _finite_bands(image)]
    low, high = min(0.0, min(low for low, _ in ends)), max(high for _, high in ends)
    # Cameras store 12 bits in 16; taken for 16 bits they would be almost black.
    tops = (1.0, 255.0, 4095.0, 65535.0, high)
    top = next(top for top in tops if high <= top)
    grey = np.empty((image.height, image.width), np.uint8)
    for start, part in _finite_bands(image):
        grey[start : start + BAND] = np.round((part - low) * (255.0 / max(top - low, 1e-6)))
    return Image.fromarray(grey)


def _finite_bands(image):
    """Yields (top row, float32 (h, W)) of a picture; what is no number counts as 0."""
    for top, band in _bands(image):
        values = np.asarray(band).astype(np.float32)
        yield top, np.nan_to_num(values, nan=0.0, posinf=0.0, neginf=0.0)


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
