"""Pictures made small enough to look at."""

import cv2


def shrink(picture, side):
    """Scales a picture down until its longer side is at most `side` pixels.

    Args:
        picture: uint8 or float32 array (H, W) or (H, W, C).
        side: in pixels, 1 or more.

    Returns:
        an array of the same type; the picture itself where it is small enough.
    """
    longer = max(picture.shape[:2])
    if longer <= side:
        return picture
    height, width = (max(1, round(length * side / longer)) for length in picture.shape[:2])
    return cv2.resize(picture, (width, height), interpolation=cv2.INTER_AREA)
