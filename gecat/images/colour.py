"""Colours as people and browsers write them."""

import re

from PIL import ImageColor

from gecat.errors import UserError

Colour = tuple[int, int, int]


def parse_colour(text: str) -> Colour:
    """Reads a colour: "#1a2b3c", "#abc", "rgb(26, 43, 60)", with alpha or not, or "white".

    Returns:
        tuple of red, green and blue, 0 to 255.

    Raises:
        UserError: if it is none of these.
    """
    text = str(text).strip().lower()
    if text in ImageColor.colormap:
        red, green, blue = ImageColor.getrgb(text)[:3]
        return red, green, blue
    if re.fullmatch(r"#[0-9a-f]{3,4}", text):
        text = "#" + "".join(2 * digit for digit in text[1:])
    if re.fullmatch(r"#([0-9a-f]{6}|[0-9a-f]{8})", text):
        red, green, blue = (int(text[start : start + 2], 16) for start in (1, 3, 5))
        return red, green, blue
    parts = re.fullmatch(r"rgba?\(([\d.]+),\s*([\d.]+),\s*([\d.]+)(,\s*[\d.]+)?\)", text)
    if parts and all(float(part) <= 255.5 for part in parts.groups()[:3]):
        red, green, blue = (min(255, round(float(part))) for part in parts.groups()[:3])
        return red, green, blue
    raise UserError("page.bad_colour", received=text[:40])
