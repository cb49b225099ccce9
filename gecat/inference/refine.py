"""Draws a mask's edge along the photo's edges, at the photo's full resolution."""

import cv2
import numpy as np

SIDE = 512
RADIUS_SHARE = 0.012
SMOOTHNESS = 1e-3


def refine(image, mask, radius_share=RADIUS_SHARE, smoothness=SMOOTHNESS, side=SIDE):
    """Fast guided filter with the colour photo as guide.

    In each window the mask is fitted as a linear function of the photo's colour; the fit is made
    on a small copy and applied at full size (He and Sun 2015, "Fast Guided Filter"; equations 19
    to 21 of He et al. 2010, "Guided Image Filtering").

    Args:
        image: uint8 array (H, W, 3), RGB.
        mask: float32 array (H, W) in [0, 1].
        radius_share: the window's radius as a share of the longer side.
        smoothness: the variance of colour, of values in [0, 1], that counts as an edge.
        side: the longer side of the small copy, in pixels.

    Returns:
        float32 array (H, W) in [0, 1].
    """
    height, width = mask.shape
    scale = min(1.0, side / max(height, width))
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    guide = cv2.resize(image, size, interpolation=cv2.INTER_AREA).astype(np.float32) / 255
    small = cv2.resize(mask, size, interpolation=cv2.INTER_AREA)
    radius = max(1, round(radius_share * max(size)))
    slopes, offset = _linear_fit(guide, small, radius, smoothness)
    result = cv2.resize(offset, (width, height), interpolation=cv2.INTER_LINEAR)
    # One channel at a time: of a large photo only one float copy is held.
    for channel in range(3):
        slope = cv2.resize(slopes[..., channel], (width, height), interpolation=cv2.INTER_LINEAR)
        slope *= image[..., channel]
        slope /= 255
        result += slope
    return np.clip(result, 0, 1, out=result)


def _linear_fit(guide, mask, radius, smoothness):
    """Slopes (h, w, 3) and offset (h, w) of mask = slopes . colour + offset, window-averaged."""

    def mean(values):
        return cv2.blur(values, (2 * radius + 1, 2 * radius + 1))

    colour = mean(guide)  # (h, w, 3)
    average = mean(mask)  # (h, w)
    covariance = mean(guide * mask[..., None]) - colour * average[..., None]  # (h, w, 3)
    products = (guide[..., :, None] * guide[..., None, :]).reshape(*mask.shape, 9)
    products = np.dstack([mean(products[..., part : part + 3]) for part in (0, 3, 6)])
    spread = products.reshape(*mask.shape, 3, 3) - colour[..., :, None] * colour[..., None, :]
    spread += smoothness * np.eye(3, dtype=np.float32)
    slopes = np.linalg.solve(spread, covariance[..., None])[..., 0]
    offset = average - (slopes * colour).sum(axis=-1)
    return mean(slopes), mean(offset)
