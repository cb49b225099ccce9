"""One gradient epoch on the weights in use, on a batch of one photo among others."""

import cv2
import numpy as np

from gecat.images.pseudo_masks import pseudo_mask
from gecat.images.scenes import draw_scenes
from gecat.images.sizes import shrink
from gecat.inspection.landscape import tell_cycle
from gecat.inspection.photo import reference_photos
from gecat.model.registry import architecture_of

SIDE = 96  # of the pictures of the batch, pixels: small, so that it takes seconds
BATCH = 8
TEACHER_SIDE = 192  # longer side of the photo that the pseudo-mask is made of, pixels


class EpochTeller:
    """Runs gradient epochs that begin from trained networks, and keeps nothing of them.

    Args:
        networks: the Networks of a Segmenter.
    """

    def __init__(self, networks):
        from gecat.training.engine import Engine

        models = networks.models
        self._engine = Engine(models.config)
        self._state = self._engine.load_start(models.generator, models.discriminator)
        self._side = architecture_of(models.config).judged_side(models.config) or SIDE
        photos = reference_photos()
        scenes, _ = draw_scenes(BATCH - 1 - len(photos), TEACHER_SIDE, seed=1)
        self._others = [*photos, *scenes]

    def tell(self, image, progress=None):
        """Runs one gradient epoch with a photo in its batch.

        Args:
            image: uint8 (H, W, 3).
            progress: called with a share in [0, 1], or None.

        Returns:
            landscape.Story.
        """
        batch = make_batch([image, *self._others], self._side, self._engine.config.prior)
        return tell_cycle(self._engine, self._state, batch, progress)


def make_batch(photos, side, prior):
    """A batch as a training draws it, of photos without masks.

    Args:
        photos: uint8 (h, w, 3) each.
        side: of the square that each becomes, in pixels.
        prior: which label-free teachers are asked; see `images.pseudo_masks.pseudo_mask`.

    Returns:
        dict of uint8 arrays "image" (N, S, S, 3), "prior" and "mask" (N, S, S, 1), and bool
        "has_mask" (N,).
    """
    size = (side, side)
    images = [cv2.resize(photo, size, interpolation=cv2.INTER_AREA) for photo in photos]
    masks = [pseudo_mask(shrink(photo, TEACHER_SIDE), prior) for photo in photos]
    priors = [cv2.resize(mask, size, interpolation=cv2.INTER_AREA) for mask in masks]
    return {
        "image": np.stack(images),
        "prior": np.rint(np.stack(priors)[..., None] * 255).astype(np.uint8),
        "mask": np.zeros((len(photos), side, side, 1), np.uint8),
        "has_mask": np.zeros(len(photos), bool),
    }
