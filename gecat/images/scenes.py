"""Drawn scenes with exact masks: patterned things before unpatterned grounds.

What tells an object here is its texture, never its colour: things wear regular patterns (stripes,
checks, dots, rings, scales, zigzags), grounds are irregular (mist, clouds, wood, slopes, speckle),
and both are painted from one palette. Patches of contrasting ground and stray lines draw the eye of
any method that goes by colour. So a network has something to learn, and its masks can be scored to
the pixel without a photo.

Coordinates run from 0 to 1 over the picture, so a scene looks alike at every size.
"""

import colorsys
from collections.abc import Sequence

import cv2
import numpy as np

MINIMUM_SIZE = 32
HELD_OUT_SEED = 2**31  # beyond every seed that a training may have
# The finest period of a pattern, as a share of the side: 5 pixels at 64.
FINEST, COARSEST = 0.08, 0.14
LEAST_AREA, MOST_AREA = 0.10, 0.42
OBJECT_COUNTS = (1, 1, 1, 2, 2, 3)
# Pairs of the palette's four colours that leave a pattern to be seen.
FAR_APART = ((0, 2), (0, 3), (1, 3), (2, 0), (3, 0), (3, 1))


def draw_scene(seed: int | Sequence[int], size: int) -> tuple[np.ndarray, np.ndarray]:
    """Draws one scene.

    Args:
        seed: an int, or a tuple of ints; the same seed and size draw the same scene.
        size: side in pixels, 32 or more.

    Returns:
        image: uint8 array (size, size, 3), RGB.
        mask: bool array (size, size), True on the objects: 8 to 45% of the picture.

    Raises:
        ValueError: if the size is too small for a pattern to be seen.
    """
    if size < MINIMUM_SIZE:
        raise ValueError(f"A scene needs a size of {MINIMUM_SIZE} pixels or more; got {size}.")
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[0:size, 0:size].astype(np.float32) / size
    palette = _palette(rng)

    image = _paint(_ground(rng, y, x), rng.permutation(palette)[:3])
    for _ in range(rng.integers(0, 3)):
        patch = _region(rng, y, x, rng.uniform(0.04, 0.14))
        image = _over(image, _paint(_ground(rng, y, x), rng.permutation(palette)[:2]), patch)
    image = _draw_lines(rng, image, palette)

    mask = np.zeros((size, size), bool)
    count = rng.choice(OBJECT_COUNTS)
    share = rng.uniform(LEAST_AREA, MOST_AREA) / count
    for _ in range(count):
        region = _region(rng, y, x, share, taken=mask)
        image = _over(image, _paint(_pattern(rng, y, x), palette[rng.choice(FAR_APART)]), region)
        mask |= region

    return _developed(rng, image, y, x), mask


def draw_scenes(count: int, size: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Draws several scenes; scene i depends on the seed and i alone, not on the count.

    Args:
        count: how many scenes, 0 or more.
        size: side in pixels, 32 or more.
        seed: an int.

    Returns:
        images: uint8 array (count, size, size, 3), RGB.
        masks: bool array (count, size, size).
    """
    images = np.empty((count, size, size, 3), np.uint8)
    masks = np.empty((count, size, size), bool)
    for index in range(count):
        images[index], masks[index] = draw_scene((seed, index), size)
    return images, masks


def draw_ground(seed: int | Sequence[int], size: int) -> np.ndarray:
    """Draws a scene without any object: ground and light alone.

    Args:
        seed, size: as for `draw_scene`.

    Returns:
        uint8 array (size, size, 3), RGB.
    """
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[0:size, 0:size].astype(np.float32) / size
    image = _paint(_ground(rng, y, x), rng.permutation(_palette(rng))[:3])
    return _developed(rng, image, y, x)


def _palette(rng):
    """Four colours of neighbouring or opposite hues, from dark to light: (4, 3) in [0, 1]."""
    hue = rng.uniform()
    hues = hue + rng.choice((0.0, 0.08, 0.45, 0.55), 4) + rng.normal(0.0, 0.02, 4)
    saturations = rng.uniform(0.15, 0.65, 4)
    values = np.linspace(0.3, 0.95, 4) + rng.normal(0.0, 0.04, 4)
    colours = zip(hues % 1.0, saturations, np.clip(values, 0.0, 1.0), strict=True)
    return np.array([colorsys.hsv_to_rgb(*colour) for colour in colours], np.float32)


def _paint(field, colours):
    """Colours a field in [0, 1] along a ramp of colours: (H, W) -> (H, W, 3)."""
    stops = np.linspace(0.0, 1.0, len(colours))
    ramp = [np.interp(field, stops, channel) for channel in np.asarray(colours).T]
    return np.stack(ramp, axis=-1).astype(np.float32)


def _over(below, above, region):
    """Lays one picture over another where the region is True, with a soft pixel at the edge."""
    cover = cv2.GaussianBlur(region.astype(np.float32), (0, 0), 0.5)[..., None]
    return below + cover * (above - below)


def _developed(rng, image, y, x):
    """A painted picture under a light of its own, with a camera's noise, as uint8."""
    image = image * _lighting(rng, y, x)[..., None] + rng.normal(0.0, 0.012, image.shape)
    return (np.clip(image, 0.0, 1.0) * 255.0 + 0.5).astype(np.uint8)


def _lighting(rng, y, x):
    angle, strength = rng.uniform(0.0, 2.0 * np.pi), rng.uniform(0.1, 0.45)
    return 1.0 + strength * (np.cos(angle) * (x - 0.5) + np.sin(angle) * (y - 0.5))


def _draw_lines(rng, image, palette):
    size = len(image)
    for _ in range(rng.integers(1, 5)):
        ends = rng.uniform(-0.1, 1.1, (2, 2)) * size
        colour = [float(channel) for channel in rng.choice(palette)]
        thickness = max(1, round(size * rng.uniform(0.01, 0.04)))
        start, end = ([round(float(value)) for value in point] for point in ends)
        cv2.line(image, start, end, colour, thickness, cv2.LINE_AA)
    return image


# Outlines. Each is a field that grows from the inside to the outside; the level that gives the
# wished area is looked up among its values, so every outline has exactly that area.


def _region(rng, y, x, share, taken=None):
    """A region of one connected outline that covers a share of the picture's pixels.

    Where `taken` is True is left out; its share is not counted.
    """
    centre_y, centre_x = rng.uniform(0.2, 0.8, 2)
    outline = rng.choice((_blob, _polygon, _star, _leaf, _bean, _ring))
    field = outline(rng, *_turned(rng, y - centre_y, x - centre_x))
    if taken is not None:
        field = np.where(taken, np.inf, field)
    wanted = max(1, round(share * field.size))
    return field <= np.partition(field, wanted - 1, axis=None)[wanted - 1]


def _turned(rng, y, x):
    angle = rng.uniform(0.0, 2.0 * np.pi)
    return y * np.cos(angle) - x * np.sin(angle), y * np.sin(angle) + x * np.cos(angle)


def _blob(rng, y, x):
    angle = np.arctan2(y, x)
    radius = 1.0
    for wave in range(2, 6):
        radius = radius + rng.normal(0.0, 0.3 / wave) * np.cos(
            wave * angle + rng.uniform(0.0, 2.0 * np.pi)
        )
    return np.hypot(x, y) / np.maximum(radius, 0.3)


def _polygon(rng, y, x):
    sides = rng.integers(3, 7)
    turns = (np.arange(sides) + rng.uniform(-0.25, 0.25, sides)) * 2.0 * np.pi / sides
    heights = np.cos(turns)[:, None, None] * x + np.sin(turns)[:, None, None] * y
    return np.max(heights / rng.uniform(0.8, 1.2, (sides, 1, 1)), axis=0)


def _star(rng, y, x):
    points = rng.integers(4, 8)
    ray = np.abs(((np.arctan2(y, x) * points / (2.0 * np.pi)) % 1.0) - 0.5) * 2.0
    return np.hypot(x, y) / (rng.uniform(0.4, 0.6) + 0.5 * ray)


def _leaf(rng, y, x):
    shift = rng.uniform(0.4, 0.7)
    return np.maximum(np.hypot(x, y - shift), np.hypot(x, y + shift)) - shift


def _bean(rng, y, x):
    bent = y - rng.uniform(1.2, 2.5) * x * x
    return np.hypot(x * rng.uniform(0.45, 0.7), bent)


def _ring(rng, y, x):
    return np.abs(np.hypot(x, y * rng.uniform(1.0, 1.4)) - rng.uniform(0.18, 0.26))


# Patterns for things: regular, with a period that a small picture still resolves.


def _pattern(rng, y, x):
    period = rng.uniform(FINEST, COARSEST)
    pattern = rng.choice((_stripes, _checks, _dots, _rings, _scales, _zigzag))
    field = pattern(rng, *(axis / period for axis in _turned(rng, y, x)))
    return np.clip(0.5 + 1.2 * field, 0.0, 1.0)


def _stripes(rng, v, u):
    return np.sin(2.0 * np.pi * u)


def _checks(rng, v, u):
    return 1.6 * np.sin(np.pi * u) * np.sin(np.pi * v)


def _dots(rng, v, u):
    return np.cos(2.0 * np.pi * u) + np.cos(2.0 * np.pi * v) - 0.3


def _rings(rng, v, u):
    centre_v, centre_u = rng.uniform(-4.0, 4.0, 2)
    return np.sin(2.0 * np.pi * np.hypot(v - centre_v, u - centre_u))


def _scales(rng, v, u):
    row = np.floor(v)
    across = (u / 1.3 + 0.5 * (row % 2)) % 1.0 - 0.5
    return 2.2 * (np.hypot(across * 1.3, v - row) - 0.6)


def _zigzag(rng, v, u):
    return np.sin(2.0 * np.pi * (u + 0.8 * np.abs((v / 2.0) % 1.0 - 0.5)))


# Textures for grounds: irregular.


def _ground(rng, y, x):
    return np.clip(rng.choice((_mist, _clouds, _wood, _slope, _speckle))(rng, y, x), 0.0, 1.0)


def _noise(rng, shape, cells_down, cells_across):
    grid = rng.uniform(-0.2, 1.2, (cells_down, cells_across)).astype(np.float32)
    return cv2.resize(grid, shape[::-1], interpolation=cv2.INTER_CUBIC)


def _mist(rng, y, x):
    return _noise(rng, y.shape, 5, 5)


def _clouds(rng, y, x):
    octaves = ((0.5, 4), (0.3, 8), (0.2, 16))
    return sum(weight * _noise(rng, y.shape, cells, cells) for weight, cells in octaves)


def _wood(rng, y, x):
    grain = _noise(rng, y.shape, 3, 24)
    return grain if rng.uniform() < 0.5 else grain.T


def _slope(rng, y, x):
    down, _ = _turned(rng, y - 0.5, x - 0.5)
    return 0.5 + 0.8 * down + 0.25 * (_noise(rng, y.shape, 6, 6) - 0.5)


def _speckle(rng, y, x):
    return 0.6 * _noise(rng, y.shape, 4, 4) + 0.4 * _noise(rng, y.shape, 28, 28)
