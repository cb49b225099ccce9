"""Draws the stages of the generator, and what decides a place in the photo."""

import cv2
import numpy as np

from gecat.app.ui.figures import PROBABILITY, SIGNED, Scale, lay_over, map_figure, paint
from gecat.images.sizes import shrink
from gecat.inspection.features import MAPS, lab_colours

THUMBNAIL_SIDE, STAGE_SIDE = 160, 480  # longer sides, pixels
LAST_STAGES = ("logits", "mask", "refined")
# What is to be read as it is, and its word.
WORDS = {"compare_ratio": "likeness", **{name: name for name in LAST_STAGES}}


def stages_of(photo):
    """Names of all stages from the photo to the mask.

    Args:
        photo: an InspectedPhoto.
    """
    return [*photo.features, *LAST_STAGES]


def stage_name(name, photo, explore):
    """A stage's name in the language of the page."""
    if name in WORDS:
        return getattr(explore, WORDS[name])
    if name.startswith("bottleneck"):
        return explore.bottleneck
    decodes = name.startswith("decode")
    same = [
        each
        for each in photo.features
        if each not in MAPS
        and not each.startswith("bottleneck")
        and each.startswith("decode") == decodes
    ]
    return (explore.decoder if decodes else explore.encoder).format(number=same.index(name) + 1)


def stage_thumbnail(name, photo, palettes, explore):
    """A small picture of a stage, uint8 (h, w, 3)."""
    if name in WORDS:
        values, scale = _map(name, photo, explore)
        return paint(shrink(values, THUMBNAIL_SIDE), scale)
    return _enlarged(palettes[name].colours(photo.features[name]), THUMBNAIL_SIDE)


def stage_figure(name, photo, palettes, explore):
    """A stage as a figure whose values can be read.

    Args:
        name: of `stages_of`.
        photo: an InspectedPhoto.
        palettes: the Probe's.
        explore: the language of the page.
    """
    file = f"{photo.name}-{name.replace('_relu', '').replace('_mix', '')}"
    if name in WORDS:
        values, scale = _map(name, photo, explore)
        caption = getattr(explore, f"{WORDS[name]}_figure")
        return map_figure(file, *caption, explore, paint(values, scale), values, scale)
    features, palette = photo.features[name], palettes[name]
    height, width, channels = features.shape
    heading, how = explore.stage_figure
    facts = {
        "stage": stage_name(name, photo, explore),
        "channels": channels,
        "width": width,
        "height": height,
        "explained": f"{palette.explained.sum():.0%}",
    }
    return map_figure(
        file,
        heading.format(**facts),
        how.format(**facts),
        explore,
        _enlarged(palette.colours(features), STAGE_SIDE),
        palette.components(features),
        component_scales(explore.stage_scale),
    )


def occlusion_figure(photo, x, y, explore):
    """Which parts of the photo decide the place at x and y, in [0, 1]."""
    change = photo.occlusions.of_pixel(x, y)
    largest = max(float(np.abs(change).max()), 1e-3)
    scale = Scale(SIGNED, -largest, largest, explore.occlusion_scale)
    height, width = photo.image.shape[:2]
    values = cv2.resize(change, (width, height), interpolation=cv2.INTER_CUBIC)
    opacity = 0.25 + 0.65 * np.abs(values) / largest
    picture = lay_over(photo.image, values, scale, np.clip(opacity, 0, 1))
    return map_figure(
        f"{photo.name}-occlusion",
        *explore.occlusion_figure,
        explore,
        picture,
        values,
        scale,
        mark=(x, y),
    )


def component_scales(labels):
    """What the colours of principal components mean: one ramp a component."""
    scales = []
    for index, label in enumerate(labels):
        parts = np.full((64, 3), 0.5)
        parts[:, index] = np.linspace(0, 1, 64)
        scales.append((label, lab_colours(parts)))
    return scales


def _map(name, photo, explore):
    """A stage of one channel, and the scale of its colours."""
    signed = {"compare_ratio": explore.log_ratio, "logits": explore.logit}
    if name in signed:
        values = photo.features[name][..., 0] if name in MAPS else photo.logits
        largest = max(float(np.abs(values).max()), 1e-3)
        return values, Scale(SIGNED, -largest, largest, signed[name])
    values = photo.mask if name == "mask" else photo.refined
    return values, Scale(PROBABILITY, 0.0, 1.0, explore.probability)


def _enlarged(picture, side):
    """Repeats pixels until the longer side is about `side`: a stage's places stay to be seen."""
    times = max(1, side // max(picture.shape[:2]))
    return picture.repeat(times, axis=0).repeat(times, axis=1)
