"""Who is put side by side on a photo, and what each of them makes of it."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field

import cv2
import numpy as np

from gecat.errors import ImageError, JobError, Setting
from gecat.evaluation.metrics import iou
from gecat.images.sizes import resized, shrink
from gecat.inference.cutout import as_bytes
from gecat.model.weights import load_config

SIDE = 640  # longer side of the photo that all of them see, pixels
WEIGHTS = 3  # of the visitor's own that are compared at a time
# In the order in which they are shown; each is a function of `evaluation.baselines`.
RIVALS = ("otsu", "kmeans", "felzenszwalb", "chan_vese", "barrier", "grabcut")
INFERENCE_SIDE = 512  # of weights that a visitor brings


@dataclass(frozen=True)
class Contender:
    """A way of segmenting.

    Attributes:
        kind: "gecat", "own" for weights of the visitor, or one of RIVALS.
        name: what the visitor calls it, "" where the page has a name for it.
        begin: returns the function from a uint8 photo (H, W, 3) to its mask (H, W) in [0, 1]; what
            it loads is not timed.
    """

    kind: str
    name: str
    begin: Callable


@dataclass(frozen=True)
class Outcome:
    """What a contender made of a photo: a mask, uint8 (H, W), and the seconds it took."""

    mask: np.ndarray
    seconds: float


@dataclass
class Comparison:
    """A photo by all contenders, as far as they have come.

    Attributes:
        path, name: of the photo's file.
        full: (H, W) of the photo as it was given.
        photo: uint8 (h, w, 3), no larger than SIDE.
        contenders: in the order in which they are shown.
        outcomes: of the first of them, as many as have ended.
        truth: bool (h, w), what is known to be object, or None.
    """

    path: str
    name: str
    full: tuple
    photo: np.ndarray
    contenders: list
    outcomes: list = field(default_factory=list)
    truth: np.ndarray | None = None

    def proceed(self):
        """Lets the next contender segment the photo."""
        predict = self.contenders[len(self.outcomes)].begin()
        start = time.perf_counter()
        mask = predict(self.photo)
        seconds = time.perf_counter() - start
        self.outcomes.append(Outcome(as_bytes(mask), seconds))

    def ious(self):
        """The IoU of each outcome, None where no truth is known."""
        if self.truth is None:
            return [None] * len(self.outcomes)
        return [iou(outcome.mask / np.float32(255), self.truth) for outcome in self.outcomes]

    @property
    def size(self):
        """Bytes in memory at most."""
        return (len(self.contenders) + 4) * self.photo[..., 0].size


def compare(path, name, image, contenders):
    """A Comparison before anybody has begun.

    Args:
        path, name: of the photo's file.
        image: uint8 (H, W, 3), of any size; contenders: list of Contenders.
    """
    return Comparison(path, name, image.shape[:2], shrink(image, SIDE), list(contenders))


def rivals():
    """The classical methods, as Contenders."""
    return [Contender(name, "", lambda name=name: _method(name)) for name in RIVALS]


def networks(segmenter, kind="gecat", name=""):
    """Networks, as a Contender that segments as the Segment tab does.

    Args:
        segmenter: returns the Segmenter; called when its turn has come.
        kind, name: as of a Contender.
    """

    def begin():
        ready = segmenter()
        ready.networks  # noqa: B018 - it loads them
        return lambda photo: ready.predict(photo, refine=True)

    return Contender(kind, name, begin)


def check_own_weights(path, limits):
    """Refuses weights that a visitor brings and that would take more than a run's of this app.

    Args:
        path: of the file; limits: JobLimits.

    Raises:
        WeightsError: if they cannot be read.
        JobError: if they are too large.
    """
    config = load_config(path)
    widest = max(*config.generator_widths, *config.discriminator_widths)
    for name, limit, asked in (
        ("inference_size", INFERENCE_SIDE, config.inference_size),
        ("generator_widths", limits.widths, widest),
    ):
        if asked > limit:
            raise JobError("job.too_large", name=Setting(name), limit=limit, received=asked)


def read_truth(mask, full, shape):
    """A true mask at the size at which masks are compared.

    Args:
        mask: uint8 (H, W); above 127 is object.
        full: (H, W) of the photo as it was given.
        shape: (h, w, ...) of the photo that is compared.

    Returns:
        bool (h, w).

    Raises:
        ImageError: if the mask is not of the photo's size.
    """
    if mask.shape != tuple(full):
        (height, width), (rows, columns) = full, mask.shape
        raise ImageError("image.mask_size", width=width, height=height, columns=columns, rows=rows)
    _, white = cv2.threshold(mask, 127, 255, cv2.THRESH_BINARY)
    return resized(white, *shape[:2]) > 127


def _method(name):
    from gecat.evaluation.baselines import method  # scikit-image takes half a second

    return method(name)
