"""Masks made wrong on purpose, by kind and by strength, to ask whether a critic notices."""

import cv2
import numpy as np

# Mild, middle and strong, as shares: of the longer side, or of the object's area for "cut".
STRENGTHS = {
    "grown": (0.02, 0.04, 0.08),
    "shrunk": (0.02, 0.04, 0.08),
    "shifted": (0.06, 0.15, 0.25),
    "cut": (0.25, 0.5, 0.75),
}
LEVELS = ("mild", "middle", "strong")
# These know one strength only.
WHOLE_KINDS = ("other", "polygon", "all", "nothing")


def grow(mask: np.ndarray, share: float) -> np.ndarray:
    """Widens a mask, or narrows it where the share is negative.

    Args:
        mask: float32 array (H, W) in [0, 1].
        share: how far the outline moves, as a share of the longer side.

    Returns:
        float32 array (H, W).
    """
    reach = round(abs(share) * max(mask.shape))
    if reach == 0:
        return mask.copy()
    window = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * reach + 1, 2 * reach + 1))
    return (cv2.dilate if share > 0 else cv2.erode)(mask, window)


def shift(mask: np.ndarray, right: float, down: float) -> np.ndarray:
    """Moves a mask; what enters at the other side is 0.

    Args:
        mask: float32 array (H, W).
        right, down: shares of the longer side, from -1 to 1.

    Returns:
        float32 array (H, W).
    """
    side = max(mask.shape)
    move = np.array([[1, 0, right * side], [0, 1, down * side]], np.float32)
    return cv2.warpAffine(mask, move, mask.shape[::-1])


def cut(mask: np.ndarray, share: float, angle: float = 0.0) -> np.ndarray:
    """Takes away one side of the object.

    Args:
        mask: float32 array (H, W).
        share: of the object's area that goes, in [0, 1].
        angle: where the lost side lies, in radians; 0 is the right, pi / 2 the bottom.

    Returns:
        float32 array (H, W).
    """
    rows, columns = np.nonzero(mask > 0.5)
    if share <= 0 or not len(rows):
        return mask.copy()
    grid = np.indices(mask.shape, dtype=np.float32)  # (2, H, W): rows, columns
    position = grid[1] * np.float32(np.cos(angle)) + grid[0] * np.float32(np.sin(angle))
    limit = np.quantile(position[rows, columns], 1.0 - share)
    kept = position < limit if share < 1.0 else np.zeros(mask.shape, bool)
    return mask * kept.astype(np.float32)


def spoil(
    mask: np.ndarray,
    start: str = "own",
    grown: float = 0.0,
    right: float = 0.0,
    down: float = 0.0,
    lost: float = 0.0,
) -> np.ndarray:
    """Grows, shifts and cuts a mask, in this order.

    Args:
        mask: float32 array (H, W) in [0, 1].
        start: "own", or "all" or "nothing" to begin with instead.
        grown, right, down: shares of the longer side.
        lost: share of the object's area that goes.

    Returns:
        float32 array (H, W).
    """
    if start != "own":
        mask = np.full_like(mask, start == "all")
    return cut(shift(grow(mask, grown), right, down), lost)


def polygon(shape: tuple[int, int], rng: np.random.Generator) -> np.ndarray:
    """Draws a random convex quadrilateral.

    Args:
        shape: (H, W).
        rng: numpy.random.Generator.

    Returns:
        float32 array (H, W) of 0 and 1.
    """
    height, width = shape
    centre = rng.uniform(0.3, 0.7, 2) * (width, height)
    angles = np.arange(4) * np.pi / 2 + rng.uniform(-0.5, 0.5, 4)
    reach = rng.uniform(0.15, 0.45, 4)[:, None] * (width, height)
    corners = centre + reach * np.stack([np.cos(angles), np.sin(angles)], axis=1)
    hull = cv2.convexHull(corners.round().astype(np.int32))
    return cv2.fillConvexPoly(np.zeros(shape, np.float32), hull, 1.0)


def spoilings(
    mask: np.ndarray, other: np.ndarray, rng: np.random.Generator
) -> dict[tuple[str, str], np.ndarray]:
    """Spoils a mask in every way at every strength.

    Args:
        mask: float32 array (H, W) in [0, 1], the right mask.
        other: float32 array of any shape, the right mask of another photo.
        rng: numpy.random.Generator, for the directions and the polygon.

    Returns:
        dict from (kind, level) to a float32 array (H, W); the kinds that know one strength only
        have the level "middle".
    """
    angle = rng.uniform(0, 2 * np.pi)
    spoiled = {}
    for level, *shares in zip(LEVELS, *STRENGTHS.values(), strict=True):
        grown, shrunk, moved, lost = shares
        spoiled["grown", level] = grow(mask, grown)
        spoiled["shrunk", level] = grow(mask, -shrunk)
        spoiled["shifted", level] = shift(mask, moved * np.cos(angle), moved * np.sin(angle))
        spoiled["cut", level] = cut(mask, lost, angle)
    spoiled["other", "middle"] = cv2.resize(other, mask.shape[::-1])
    spoiled["polygon", "middle"] = polygon(mask.shape, rng)
    spoiled["all", "middle"] = np.ones_like(mask)
    spoiled["nothing", "middle"] = np.zeros_like(mask)
    return spoiled
