"""What the generator sees on its way from a photo to a mask, as colours that mean the same always.

The channels of a stage are turned along their principal components, found once on a fixed set of
drawn scenes and photos, so a colour stands for the same feature in every photo. The first component
becomes lightness, the second runs from blue to yellow and the third from green to magenta, in
CIELAB: equal distances look equal, and readers who do not tell red from green lose only the third.
"""

import re
from dataclasses import dataclass

import numpy as np

_STAGE = re.compile(r"stem_relu|encode\d+(_relu)?|bottleneck_relu|decode\d+(_mix_relu)?")
MAPS = ("compare_ratio",)  # stages of one channel, which is read as it is
_LIGHTNESS = (18.0, 95.0)  # of CIELAB's 0 to 100, where colours can still be told
_CHROMA = 46.0


@dataclass(frozen=True)
class Palette:
    """How a stage's channels become colours: fixed axes and fixed ranges.

    Attributes:
        mean: (C,).
        axes: (C, 3), orthonormal columns; fewer columns hold zeros where there are fewer channels.
        low, high: (3,), where each component's scale begins and ends.
        explained: (3,), each component's share of the variance.
    """

    mean: np.ndarray
    axes: np.ndarray
    low: np.ndarray
    high: np.ndarray
    explained: np.ndarray

    def components(self, features):
        """Principal components of features (H, W, C), float32 (H, W, 3)."""
        return ((features - self.mean) @ self.axes).astype(np.float32)

    def colours(self, features):
        """Colours of features (H, W, C), uint8 (H, W, 3)."""
        span = np.maximum(self.high - self.low, 1e-6)
        return lab_colours(np.clip((self.components(features) - self.low) / span, 0, 1))


def fit_palette(features):
    """Finds the principal components of one stage.

    Args:
        features: float array (N, C), one row a place in a picture.

    Returns:
        Palette. The sign of each axis is fixed: its largest weight is positive.
    """
    features = np.asarray(features, np.float64)
    mean = features.mean(axis=0)
    variances, vectors = np.linalg.eigh(np.atleast_2d(np.cov(features - mean, rowvar=False)))
    count = min(3, len(variances))
    axes = np.zeros((features.shape[1], 3))
    axes[:, :count] = vectors[:, ::-1][:, :count]
    largest = np.take_along_axis(axes, np.abs(axes).argmax(axis=0)[None], axis=0)
    axes *= np.where(largest < 0, -1.0, 1.0)
    explained = np.zeros(3)
    explained[:count] = variances[::-1][:count] / max(variances.sum(), 1e-12)
    low, high = np.percentile((features - mean) @ axes, (2, 98), axis=0)
    return Palette(mean, axes, low, high, explained)


def lab_colours(parts):
    """Turns three components into colours of CIELAB.

    Args:
        parts: float array (..., 3) in [0, 1]: lightness, blue to yellow, green to magenta.

    Returns:
        uint8 array (..., 3), sRGB.
    """
    from skimage.color import lab2rgb

    parts = np.asarray(parts, np.float32)
    lightness = _LIGHTNESS[0] + (_LIGHTNESS[1] - _LIGHTNESS[0]) * parts[..., 0]
    yellow, magenta = ((2 * parts[..., index] - 1) * _CHROMA for index in (1, 2))
    rgb = lab2rgb(np.stack([lightness, magenta, yellow], axis=-1))
    return np.rint(rgb * 255).astype(np.uint8)


class Probe:
    """Reads every stage of a generator.

    Args:
        networks: the Networks of a Segmenter.
        references: uint8 photos (H, W, 3) on which the colours are fixed.
    """

    def __init__(self, networks, references):
        import keras

        from gecat.inference.runtime import compiled

        self._networks = networks
        generator = networks.models.generator
        self.stages = stage_names(generator)
        outputs = [generator.get_layer(name).output for name in self.stages]
        model = keras.Model(generator.input, [*outputs, generator.output])
        self._read = compiled(model)
        samples = [self(photo)[0] for photo in references]
        self.palettes = {
            stage: fit_palette(
                np.concatenate([each[stage].reshape(-1, each[stage].shape[-1]) for each in samples])
            )
            for stage in self.stages
            if stage not in MAPS
        }

    def __call__(self, image):
        """Reads the stages for one photo.

        Args:
            image: uint8 (H, W, 3).

        Returns:
            (dict from the stage's name to its features, float32 (h, w, C), from the photo to the
            mask; mask logits, float32 (h, w)).
        """
        *stages, logits = self._read(self._networks.input(image))
        features = {name: x[0] for name, x in zip(self.stages, stages, strict=True)}
        return features, logits[0, ..., 0]


def stage_names(generator):
    """Names of the layers that end a stage, in the order of the data."""
    names = [layer.name for layer in generator.layers]
    return [name for name in names if name in MAPS or _STAGE.fullmatch(name)]
