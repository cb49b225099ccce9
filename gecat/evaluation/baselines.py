"""Classical methods that need neither training nor labels: what the generator must beat.

Each takes a uint8 photo (H, W, 3) and gives a float32 mask (H, W) in [0, 1]. To add one, write the
function and put `@baseline` before it. Those that only split a photo into regions share one rule to
name the object: what lies on the frame is background.
"""

import cv2
import numpy as np
from skimage.filters import threshold_otsu
from skimage.segmentation import chan_vese as chan_vese_regions
from skimage.segmentation import felzenszwalb as felzenszwalb_regions

from gecat.errors import UserError
from gecat.images import pseudo_masks as prior
from gecat.images.sizes import resized, shrink
from gecat.inference.batch import Predict

LONGEST_SIDE = 640
CONTOUR_SIDE = 256
METHODS: dict[str, Predict] = {}


def baseline(function: Predict) -> Predict:
    """Makes a method known by its name: to `evaluate`, to `bench quality`, and to the tests."""
    METHODS[function.__name__] = function
    return function


@baseline
def centre_ellipse(image: np.ndarray) -> np.ndarray:
    """The ellipse in the middle that covers half of the picture, whatever the photo shows."""
    height, width = image.shape[:2]
    radius = np.sqrt(2 / np.pi)  # half of the 2 x 2 square that the two axes below span
    y = np.linspace(-1, 1, height)[:, None]
    x = np.linspace(-1, 1, width)[None, :]
    return (x * x + y * y < radius * radius).astype(np.float32)


@baseline
def otsu(image: np.ndarray) -> np.ndarray:
    """Brightness cut in two at Otsu's threshold (1979), named by the frame rule."""
    grey = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)
    if grey.min() == grey.max():
        return np.zeros(grey.shape, np.float32)
    return _object_by_frame((grey > threshold_otsu(grey)).astype(np.int64))


@baseline
def kmeans(image: np.ndarray, clusters: int = 3) -> np.ndarray:
    """k-means on L*a*b* colours, clusters named by the frame rule."""
    lab = cv2.cvtColor(image.astype(np.float32) / 255, cv2.COLOR_RGB2LAB)
    stop = (cv2.TERM_CRITERIA_EPS + cv2.TERM_CRITERIA_MAX_ITER, 20, 0.5)
    cv2.setRNGSeed(0)
    colours = lab.reshape(-1, 3)
    if len(colours) < clusters:  # OpenCV takes one colour for three numbers
        return np.zeros(lab.shape[:2], np.float32)
    _, labels, _ = cv2.kmeans(colours, clusters, None, stop, 2, cv2.KMEANS_PP_CENTERS)
    return _object_by_frame(labels.reshape(lab.shape[:2]))


@baseline
def felzenszwalb(image: np.ndarray) -> np.ndarray:
    """Graph-based regions (Felzenszwalb and Huttenlocher 2004), named by the frame rule."""
    regions = felzenszwalb_regions(image, scale=300, sigma=0.8, min_size=image[..., 0].size // 100)
    # A quarter did best of 1, 1/2 and 1/4 on the development photos: a rival is shown at its best.
    return _object_by_frame(regions, share=0.25)


@baseline
def chan_vese(image: np.ndarray) -> np.ndarray:
    """Active contours without edges (Chan and Vese 2001), named by the frame rule."""
    grey = cv2.cvtColor(shrink(image, CONTOUR_SIDE), cv2.COLOR_RGB2GRAY)
    if grey.min() == grey.max():
        return np.zeros(image.shape[:2], np.float32)
    # From a disc it stops early, near the disc, which is another rival; from many seeds it ends.
    inside = chan_vese_regions(grey / 255, mu=0.5, max_num_iter=200)
    return resized(_object_by_frame(inside.astype(np.int64)), *image.shape[:2])


@baseline
def barrier(image: np.ndarray) -> np.ndarray:
    """Minimum barrier distance to the frame with border colours (Zhang et al. 2015)."""
    return prior.barrier_saliency(image)


@baseline
def grabcut(image: np.ndarray) -> np.ndarray:
    """GrabCut (Rother et al. 2004) from a centred rectangle, five rounds."""
    height, width = image.shape[:2]
    scale = min(1.0, LONGEST_SIDE / max(height, width))
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    small = cv2.resize(image, size, interpolation=cv2.INTER_AREA)
    mask = prior.grabcut(small, margin=0.05, iterations=5).astype(np.float32)
    return cv2.resize(mask, (width, height), interpolation=cv2.INTER_LINEAR)


def method(name: str) -> Predict:
    """Looks a classical method up by its name.

    Args:
        name: one of `METHODS`; a dash serves as well as an underscore.

    Returns:
        The function from a uint8 photo (H, W, 3) to a float32 mask (H, W).

    Raises:
        UserError: if there is no such method.
    """
    try:
        return METHODS[name.replace("-", "_")]
    except KeyError:
        raise UserError("evaluation.method", allowed=list(METHODS), received=name) from None


def _object_by_frame(regions, share=1.0):
    """Object: regions whose part of the frame is below `share` of their part of the photo."""
    frame = np.concatenate([regions[0], regions[-1], regions[:, 0], regions[:, -1]])
    count = int(regions.max()) + 1
    on_frame = np.bincount(frame, minlength=count) / frame.size
    in_picture = np.bincount(regions.ravel(), minlength=count) / regions.size
    return (on_frame < share * in_picture)[regions].astype(np.float32)
