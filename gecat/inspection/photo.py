"""One photo with everything that the networks say about it."""

import functools

import numpy as np

from gecat.images.scenes import draw_scenes
from gecat.images.sizes import shrink
from gecat.inspection.features import Probe
from gecat.inspection.occlusion import occlude

SIDE = 512  # longer side of the photo that is looked at, pixels
SCENES = 6  # on which the colours of the stages are fixed, beside the reference photos
LATER_BYTES = 4_000_000  # of what is found out only when it is asked for, roughly


class InspectedPhoto:
    """A photo with what was found out about it; the rest is found when it is asked for.

    Args:
        image: uint8 (h, w, 3), of any size.
        segmenter: a Segmenter.
        probe: of `make_probe`.
        name: of the photo.

    Attributes:
        image: uint8 (H, W, 3), no larger than SIDE.
        features, logits: as the Probe gives them.
        mask: float32 (H, W) in [0, 1]; score: the discriminator's of it.
    """

    def __init__(self, image, segmenter, probe, name="photo"):
        self.image = shrink(image, SIDE)
        self.name = name
        self.features, self.logits = probe(self.image)
        self._segmenter = segmenter
        segmentation = segmenter(self.image)
        self.mask, self.score = segmentation.mask, segmentation.score

    @functools.cached_property
    def refined(self):
        """The mask after refinement, float32 (H, W)."""
        return self._segmenter.predict(self.image, refine=True)

    @functools.cached_property
    def binary_judgement(self):
        """Score and score map of the mask cut at one half, as a painted one is."""
        return self._segmenter.judge(self.image, binary(self.mask))

    @functools.cached_property
    def occlusions(self):
        """What covering parts of the photo changes."""
        networks = self._segmenter.networks
        return occlude(networks.generate, networks.input(self.image)[0])

    @property
    def size(self):
        """Bytes in memory, roughly."""
        arrays = [self.image, self.mask, self.logits, *self.features.values()]
        return sum(array.nbytes for array in arrays) + LATER_BYTES


def make_probe(networks):
    """Returns the Probe of a Segmenter's Networks, its colours fixed on scenes and photos."""
    scenes, _ = draw_scenes(SCENES, 192, seed=0)
    return Probe(networks, [*scenes, *reference_photos()])


def reference_photos():
    """The photos that scikit-image carries, uint8 (h, w, 3) each."""
    from skimage import data

    return [shrink(photo(), 256) for photo in (data.coffee, data.astronaut, data.chelsea)]


def binary(mask):
    """A mask (H, W) as float32 of 0 and 1."""
    return (np.asarray(mask) > 0.5).astype(np.float32)
