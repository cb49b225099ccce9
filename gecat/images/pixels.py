"""A decoded PIL image as an array: colours in sRGB, opacity, the right way up."""

import numpy as np
from PIL import ExifTags, Image

from gecat.images.bands import bands
from gecat.images.profiles import to_srgb

UPRIGHT = 1
BITS, PHOTOMETRIC, SAMPLES, WHITE_IS_ZERO = 258, 262, 339, 0  # of TIFF
# How a picture of each orientation lies: whether it is transposed, then its rows, its columns.
TURNS = {
    2: (False, 1, -1),
    3: (False, -1, -1),
    4: (False, -1, 1),
    5: (True, 1, 1),
    6: (True, 1, -1),
    7: (True, -1, -1),
    8: (True, -1, 1),
}


def photo_of(image: Image.Image, managed: bool = True) -> np.ndarray:
    """The colours and the opacity of a picture, as it lies in its file.

    Args:
        image: a PIL image of any mode, decoded.
        managed: whether colours are converted from their profile; those of masks are numbers.

    Returns:
        uint8 (H, W, 3), sRGB, or (H, W, 4) where a pixel is not opaque; nothing is mixed in.
    """
    profile = image.info.get("icc_profile") if managed else None
    image, alpha = _shallow(image)
    mode = _opaque_mode(image)
    convert = to_srgb(mode, profile)
    see_through = image.has_transparency_data
    channels = 4 if see_through or alpha is not None else 3
    photo = np.empty((image.height, image.width, channels), np.uint8)
    if alpha is not None:
        photo[..., 3] = alpha
    # In bands, so that of a large picture no second copy lies in memory.
    for rows in bands(image.height):
        band = image.crop((0, rows.start, image.width, rows.stop))
        if see_through:
            band = band.convert("LA" if mode == "L" else "RGBA")
            photo[rows, :, 3] = np.asarray(band.getchannel("A"))
        colours = convert(band if band.mode == mode else band.convert(mode))
        photo[rows, :, :3] = np.asarray(colours)
    if channels == 4 and photo[..., 3].min() == 255:
        return np.ascontiguousarray(photo[..., :3])
    return photo


def orientation_of(image: Image.Image) -> int:
    """Returns how a decoded picture lies, 1 to 8 as in Exif; 1 where that cannot be read."""
    try:
        orientation = image.getexif().get(ExifTags.Base.Orientation, UPRIGHT)
    except MemoryError:
        raise
    except Exception:  # metadata are damaged in as many ways as they are written
        return UPRIGHT
    return orientation if orientation in TURNS else UPRIGHT


def upright(pixels: np.ndarray, orientation: int) -> np.ndarray:
    """Turns an array (H, W) or (H, W, C) that lies as `orientation_of` says; of its own memory."""
    if orientation == UPRIGHT:
        return pixels
    transposed, rows, columns = TURNS[orientation]
    turned = pixels.swapaxes(0, 1) if transposed else pixels
    return np.ascontiguousarray(turned[::rows, ::columns])


def eight_bits(values: np.ndarray, top: float | None = None) -> np.ndarray:
    """Scales greys (H, W) of more than 8 bits, or floats, to uint8.

    Args:
        values: of any type.
        top: what is white; by default the least that the values fit below of those that are usual.
    """
    low, high = 0.0, 0.0
    for band in _finite_bands(values):
        low, high = min(low, float(band.min())), max(high, float(band.max()))
    # Cameras store 12 bits in 16; taken for 16 bits they would be almost black.
    tops = (1.0, 255.0, 4095.0, 65535.0, high) if low == 0 else (1.0, high)
    top = top or next(top for top in tops if high <= top)
    result = np.empty(values.shape, np.uint8)
    scale = 255.0 / max(top - low, 1e-6)
    for rows, band in zip(bands(len(values)), _finite_bands(values), strict=True):
        result[rows] = np.round((band - low) * scale)
    return result


def _finite_bands(values):
    """float32 rows of an array, a few at a time; what is no number is 0."""
    for rows in bands(len(values)):
        band = values[rows].astype(np.float32)
        yield np.nan_to_num(band, copy=False, nan=0.0, posinf=0.0, neginf=0.0)


def is_deep(image: Image.Image) -> bool:
    """Whether a picture is grey of more than 8 bits."""
    return image.mode.startswith("I") or image.mode == "F"


def deep_values(image: Image.Image) -> np.ndarray:
    """The greys (H, W) of a picture of more than 8 bits; unsigned ones Pillow reads as signed."""
    values, tags = np.asarray(image), getattr(image, "tag_v2", {})
    if values.dtype == np.int32 and tags.get(BITS) == (32,) and tags.get(SAMPLES, (1,)) == (1,):
        values = values.view(np.uint32)
    return values


def _shallow(image):
    """The picture with 8 bits a channel, and the opacity that would be lost by that, or None."""
    if not is_deep(image):
        return image, None
    values, clear = deep_values(image), image.info.get("transparency")
    alpha = None
    if isinstance(clear, int):
        alpha = np.where(values == clear, 0, 255).astype(np.uint8)
    # In a PNG all 16 bits count.
    top = 65535.0 if image.format == "PNG" else None
    grey = eight_bits(values, top)
    if getattr(image, "tag_v2", {}).get(PHOTOMETRIC) == WHITE_IS_ZERO:  # Pillow overlooks it
        grey = 255 - grey
    return Image.fromarray(grey), alpha


def _opaque_mode(image):
    """The mode that a picture's colours are converted to sRGB from."""
    if image.mode in ("1", "L", "LA", "La"):
        return "L"
    return image.mode if image.mode in ("CMYK", "LAB") else "RGB"
