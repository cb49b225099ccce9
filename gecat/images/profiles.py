"""Colours of any profile as sRGB, by littlecms; a broken or unfit profile is as good as none."""

import io
from collections.abc import Callable

import numpy as np
from PIL import Image, ImageCms

Convert = Callable[[Image.Image], Image.Image]
# A profile's colour space -> the modes whose values it can explain.
MODES = {"GRAY": ("L",), "RGB": ("RGB",), "CMYK": ("CMYK",), "Lab": ("LAB",)}


def to_srgb(mode: str, profile: bytes | None) -> Convert:
    """Returns a function from PIL images of one mode to RGB images in sRGB.

    Args:
        mode: "L", "RGB", "CMYK", "LAB" or another that Pillow can convert, without transparency.
        profile: ICC profile, or None where the picture has none.
    """
    transform = _transform(mode, profile)
    if transform is None or _changes_nothing(mode, transform):
        return lambda image: image.convert("RGB")
    return transform.apply


def _transform(mode, profile):
    try:
        if mode == "LAB":
            source = ImageCms.createProfile("LAB")
        elif profile:
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile)).profile
        else:
            return None
        if mode not in MODES.get(source.xcolor_space.strip(), ()):
            return None
        return ImageCms.buildTransform(source, ImageCms.createProfile("sRGB"), mode, "RGB")
    except MemoryError:
        raise
    except Exception:  # profiles are broken in as many ways as they have tags
        return None


def _changes_nothing(mode, transform):
    """Whether a profile is that of sRGB, as most are: large photos need not pass through it."""
    if mode != "RGB":
        return False
    levels = np.linspace(0, 255, 18).round().astype(np.uint8)
    cube = np.stack(np.meshgrid(levels, levels, levels), axis=-1).reshape(18, -1, 3)
    seen = np.asarray(transform.apply(Image.fromarray(cube)))
    return np.abs(seen.astype(int) - cube).max() <= 1
