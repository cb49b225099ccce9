"""Label-free pseudo-masks of one photo alone: barrier distance and GrabCut.

Both rest on one assumption about photos: what touches the frame is mostly background. They are the
teachers that anchor the generator before the discriminator can judge anything, and they are rivals
that the trained generator is measured against.
"""

from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import NamedTuple

import cv2
import numpy as np

KINDS = ("barrier", "texture", "agreement")
SIDE = 128  # the longer one that saliency is computed at, pixels


_ALL, _FIRST, _LAST = np.s_[..., :], np.s_[..., :-1], np.s_[..., 1:]
_NEIGHBOURS = ((_ALL, _ALL), (_LAST, _FIRST), (_FIRST, _LAST))  # a pixel, and who passes on to it


class Teacher(NamedTuple):
    """A source of pseudo-masks besides the KINDS, for whoever loads photos."""

    name: str  # tells its pseudo-masks from others' in a cache
    teach: Callable  # uint8 (H, W, 3) -> float (H, W) in [0, 1]


def pseudo_mask(image: np.ndarray, kind: str) -> np.ndarray:
    """What the label-free teachers say of a photo.

    Args:
        image: uint8 array (H, W, 3), RGB; 256 px on the longer side suit GrabCut, which is nearly
            useless at 64.
        kind: "barrier" for barrier distance alone; "texture" for barrier distance and what repeats
            (`texture_contrast`), for small pictures of patterned things; "agreement" for the mean
            of barrier distance and two GrabCuts, one that starts from it and one from a centred
            rectangle.

    Returns:
        float32 array (H, W) in [0, 1].

    Raises:
        ValueError: for an unknown kind.
    """
    return pseudo_masks([image], kind)[0]


def pseudo_masks(images: Sequence[np.ndarray], kind: str) -> list[np.ndarray]:
    """What they say of several photos; those of one size together, which takes far less time.

    Args:
        images: uint8 arrays (H, W, 3); kind: as for `pseudo_mask`.

    Returns:
        list of float32 arrays (H, W), the same as one by one.
    """
    if kind not in KINDS:
        raise ValueError(f"the prior must be one of {', '.join(KINDS)}, received {kind!r}")
    found = _saliencies(images, SIDE, kind == "texture")
    return list(map(_agreement, images, found)) if kind == "agreement" else found


def _agreement(image, barrier):
    from_barrier = grabcut(image, start=grabcut_start(barrier, 0.3))
    from_rectangle = grabcut(image, margin=0.05)
    return (barrier + from_barrier + from_rectangle) / np.float32(3.0)


def grabcut_start(soft: np.ndarray, threshold: float, frame: float = 0.03) -> np.ndarray:
    """GrabCut's labels from a soft mask: probable object and ground, a frame of certain ground.

    Args:
        soft: float array (H, W) in [0, 1].
        threshold: above it a pixel is probably object.
        frame: the certain frame's width as a share of each side; not where `soft` is over 0.5.

    Returns:
        uint8 array (H, W).
    """
    labels = np.where(soft > threshold, cv2.GC_PR_FGD, cv2.GC_PR_BGD).astype(np.uint8)
    height, width = soft.shape
    rows, columns = round(height * frame) + 1, round(width * frame) + 1
    outer = np.ones(soft.shape, bool)
    outer[rows:-rows, columns:-columns] = False
    labels[outer & (soft < 0.5)] = cv2.GC_BGD
    return labels


def barrier_distance(images: np.ndarray, rounds: int = 2) -> np.ndarray:
    """Minimum barrier distance of every pixel to the frame.

    The barrier of a path is the highest minus the lowest value along it; the distance is the least
    barrier over all paths from the frame. Lines are swept in four directions, each line at once,
    as an approximation of the raster scan (Zhang et al. 2015, "Minimum Barrier Salient Object
    Detection at 80 FPS", section 3.2).

    Args:
        images: float array, (N, H, W, C); each channel is a field of its own.
        rounds: sweeps in each of the four directions, 1 or more.

    Returns:
        float32 array (N, H, W): distances, averaged over the channels.
    """
    values = np.moveaxis(np.asarray(images, np.float32), -1, 1)  # (N, C, H, W)
    distance = np.full(values.shape, np.inf, np.float32)
    # No path has reached a pixel yet: whatever it passes on is an endless barrier.
    high, low = (
        np.full(values.shape, np.inf, np.float32),
        np.full(values.shape, -np.inf, np.float32),
    )
    for edge in (np.s_[..., 0, :], np.s_[..., -1, :], np.s_[..., :, 0], np.s_[..., :, -1]):
        distance[edge] = 0.0
        high[edge] = low[edge] = values[edge]
    for _ in range(rounds):
        for axis in (2, 3):
            arrays = values, distance, high, low
            # Lines that lie together in memory are swept in half of the time.
            lines = [np.ascontiguousarray(np.moveaxis(array, axis, 0)) for array in arrays]
            _sweep(*lines)
            _sweep(*(each[::-1] for each in lines))
            _, distance, high, low = (np.moveaxis(each, 0, axis) for each in lines)
    return distance.mean(axis=1)


def _sweep(values, distance, high, low):
    """Passes distances from line to line along the first axis, in place; lines are (N, C, L)."""
    for index in range(1, len(values)):
        before = high[index - 1], low[index - 1]
        line = values[index], distance[index], high[index], low[index]
        for here, there in _NEIGHBOURS:
            value, *reached = (each[here] for each in line)
            above, below = (each[there] for each in before)
            passed_high, passed_low = np.maximum(above, value), np.minimum(below, value)
            barrier = passed_high - passed_low
            better = barrier < reached[0]
            for kept, passed in zip(reached, (barrier, passed_high, passed_low), strict=True):
                np.copyto(kept, passed, where=better)


def border_colour_distance(lab: np.ndarray, share: float = 0.1) -> np.ndarray:
    """Mahalanobis distance of each pixel's colour to the four frame strips.

    As the backgroundness cue of Zhang et al. 2015, section 4.1: the strip that fits a pixel best is
    left out, so that an object which touches one side is not taken for background.

    Args:
        lab: float array (H, W, 3), CIE L*a*b*.
        share: the strips' width as a share of each side, in (0, 0.5).

    Returns:
        float32 array (H, W), scaled to [0, 1].
    """
    height, width = lab.shape[:2]
    rows, columns = max(1, round(height * share)), max(1, round(width * share))
    strips = (lab[:rows], lab[-rows:], lab[:, :columns], lab[:, -columns:])
    maps = []
    for strip in strips:
        colours = strip.reshape(-1, 3)
        inverse = np.linalg.inv(np.cov(colours.T) + 10.0 * np.eye(3))
        difference = lab - colours.mean(axis=0)
        square = np.einsum("hwi,ij,hwj->hw", difference, inverse, difference)
        distance = np.sqrt(np.maximum(square, 0.0))
        maps.append(distance / max(float(distance.max()), 1e-6))
    total = np.sum(maps, axis=0) - np.max(maps, axis=0)
    return (total / max(float(total.max()), 1e-6)).astype(np.float32)


def texture_contrast(lightness: np.ndarray, share: float = 0.14) -> np.ndarray:
    """Contrast of what repeats; single edges, spots and lines have none.

    The opened closing less the closed opening by one disc: the two envelopes of a pattern lie
    apart, those of a single feature do not (after Zingman et al. 2014, "Detection of texture and
    isolated features using alternating morphological filters").

    Args:
        lightness: uint8 or float32 array (H, W).
        share: the disc's width as a share of the longer side; what repeats within it counts.

    Returns:
        float32 array (H, W), 0 or more, in the units of `lightness`.
    """
    width = 2 * round(share * max(lightness.shape) / 2) + 1
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (width, width))
    closing = cv2.morphologyEx(lightness, cv2.MORPH_CLOSE, disc)
    opening = cv2.morphologyEx(lightness, cv2.MORPH_OPEN, disc)
    upper = cv2.morphologyEx(closing, cv2.MORPH_OPEN, disc).astype(np.float32)
    lower = cv2.morphologyEx(opening, cv2.MORPH_CLOSE, disc).astype(np.float32)
    return np.maximum(upper - lower, 0.0)


def barrier_saliency(image: np.ndarray, side: int = SIDE) -> np.ndarray:
    """Soft pseudo-mask from barrier distance, border colour and a mild pull to the centre.

    Args:
        image: uint8 array (H, W, 3), RGB.
        side: the longer side that the maps are computed at, in pixels; a smaller photo keeps its
            own.

    Returns:
        float32 array (H, W) in [0, 1].
    """
    return _saliencies([image], side, textured=False)[0]


def texture_saliency(image: np.ndarray, side: int = SIDE) -> np.ndarray:
    """Soft pseudo-mask from the cues of `barrier_saliency` and from texture that the frame lacks.

    Good for drawn scenes and for patterned things on calm grounds; photos of the wild have as much
    texture around their objects as on them.

    Args:
        image: uint8 array (H, W, 3), RGB.
        side: as for `barrier_saliency`.

    Returns:
        float32 array (H, W) in [0, 1].
    """
    return _saliencies([image], side, textured=True)[0]


def _saliencies(images, side, textured):
    small = [_bounded(image, side) for image in images]
    cues = _colour_cues(small)
    if textured:
        cues = [
            _scaled(cue) + _scaled(_own_texture(each))
            for cue, each in zip(cues, small, strict=True)
        ]
    return [_soft_mask(cue, side, image.shape) for cue, image in zip(cues, images, strict=True)]


def _own_texture(small):
    contrast = texture_contrast(cv2.cvtColor(small, cv2.COLOR_RGB2LAB)[..., 0])
    frame = np.concatenate(
        [
            contrast[:3].ravel(),
            contrast[-3:].ravel(),
            contrast[:, :3].ravel(),
            contrast[:, -3:].ravel(),
        ]
    )
    return np.maximum(contrast - np.median(frame), 0.0)


def _bounded(image, side):
    height, width = image.shape[:2]
    scale = min(1.0, side / max(height, width))
    size = (max(8, round(width * scale)), max(8, round(height * scale)))
    return cv2.resize(image, size, interpolation=cv2.INTER_AREA)


def _colour_cues(pictures):
    found = [_in_lab(picture) for picture in pictures]
    alike = defaultdict(list)  # places of pictures of one size
    for place, lab in enumerate(found):
        alike[lab.shape].append(place)
    for places in alike.values():
        labs = [found[place] for place in places]
        for place, lab, barrier in zip(places, labs, barrier_distance(np.stack(labs)), strict=True):
            found[place] = _scaled(barrier) + border_colour_distance(lab)
    return found


def _in_lab(small):
    lab = cv2.cvtColor(small.astype(np.float32) / 255.0, cv2.COLOR_RGB2LAB)
    return cv2.bilateralFilter(lab, 0, 8.0, 3.0)


def _scaled(values):
    return values / max(float(values.max()), 1e-6)


def _soft_mask(saliency, side, shape):
    """A mask (H, W) of `shape` from a map of the object's cues, in doubt at Otsu's threshold."""
    from skimage.filters import threshold_otsu  # half a second, for trainings alone

    saliency = saliency * _centre_pull(*saliency.shape)
    saliency = _scaled(cv2.GaussianBlur(saliency, (0, 0), side / 85))
    # A photo without contrast has no threshold; its own mean keeps the mask undecided.
    flat = float(saliency.max() - saliency.min()) < 1e-6
    middle = float(saliency.mean()) if flat else float(threshold_otsu(saliency))
    soft = 1.0 / (1.0 + np.exp(-6.0 * (saliency / max(middle, 1e-6) - 1.0)))
    return cv2.resize(soft.astype(np.float32), shape[1::-1], interpolation=cv2.INTER_LINEAR)


def _centre_pull(height, width):
    y = np.linspace(-1.0, 1.0, height)[:, None]
    x = np.linspace(-1.0, 1.0, width)[None, :]
    return np.exp(-0.5 * (x * x + y * y)).astype(np.float32)


def grabcut(
    image: np.ndarray, margin: float = 0.10, iterations: int = 3, start: np.ndarray | None = None
) -> np.ndarray:
    """Binary pseudo-mask by GrabCut (Rother et al. 2004) from a centred rectangle.

    Args:
        image: uint8 array (H, W, 3), RGB.
        margin: the rectangle's distance from each side, as a share of that side, in (0, 0.5).
        iterations: rounds of colour model and graph cut, 1 or more.
        start: optional uint8 array (H, W) of OpenCV's GrabCut labels to start from instead.

    Returns:
        bool array (H, W); all False where the photo has no two colour models to tell apart.
    """
    height, width = image.shape[:2]
    if start is None:
        left, top = max(1, round(width * margin)), max(1, round(height * margin))
        start = np.full((height, width), cv2.GC_BGD, np.uint8)
        start[top : height - top, left : width - left] = cv2.GC_PR_FGD
    labels = start.copy()
    if not (np.isin(labels, (0, 2)).any() and np.isin(labels, (1, 3)).any()):
        return np.isin(labels, (1, 3))
    models = np.zeros((1, 65)), np.zeros((1, 65))
    bgr = np.ascontiguousarray(image[..., ::-1])
    cv2.setRNGSeed(0)
    cv2.grabCut(bgr, labels, None, *models, iterations, cv2.GC_INIT_WITH_MASK)
    return np.isin(labels, (1, 3))
