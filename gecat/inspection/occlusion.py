"""Which parts of the photo decide a pixel? Cover them one after another and look.

Occlusion sensitivity (Zeiler and Fergus 2014, "Visualizing and Understanding Convolutional
Networks", section 4.2). Every cover is tried once; then each pixel's answer is at hand.
"""

from dataclasses import dataclass

import cv2
import numpy as np

CELLS = 12  # along the longer side; a cover is two cells wide
BATCH = 16
KEPT_SIDE = 96  # of the logits that are kept, pixels


@dataclass(frozen=True)
class Occlusions:
    """What each cover changed.

    Attributes:
        change: float32 (rows, columns, h, w), by how much a cover centred on that cell lowers the
            mask's logit at each pixel.
    """

    change: np.ndarray

    def of_pixel(self, x, y):
        """The part that each place in the photo plays for one pixel.

        Args:
            x, y: in [0, 1], from the left and from the top.

        Returns:
            float32 (rows, columns) of logits: positive where the photo speaks for "object" there,
            negative where it speaks against.
        """
        height, width = self.change.shape[2:]
        row = min(height - 1, max(0, int(y * height)))
        column = min(width - 1, max(0, int(x * width)))
        return self.change[..., row, column]


def occlude(predict, pixels, cells=CELLS):
    """Covers a picture place by place with its mean colour.

    Args:
        predict: function from pictures float32 (N, H, W, 3) to logits (N, H, W).
        pixels: float32 (H, W, 3).
        cells: along the longer side.

    Returns:
        Occlusions.
    """
    height, width = pixels.shape[:2]
    cell = max(height, width) / cells
    rows, columns = (max(2, round(side / cell)) for side in (height, width))
    cell_y, cell_x = height / rows, width / columns
    mean = pixels.mean(axis=(0, 1))
    covered = np.repeat(pixels[None], rows * columns, axis=0)
    for index in range(rows * columns):
        top, left = (index // columns - 0.5) * cell_y, (index % columns - 0.5) * cell_x
        y, x = max(0, round(top)), max(0, round(left))
        covered[index, y : round(top + 2 * cell_y), x : round(left + 2 * cell_x)] = mean
    before = _reduced(predict(pixels[None]))
    after = np.concatenate(
        [_reduced(predict(covered[i : i + BATCH])) for i in range(0, len(covered), BATCH)]
    )
    change = before - after
    return Occlusions(change.reshape(rows, columns, *change.shape[1:]))


def _reduced(logits):
    height, width = logits.shape[1:]
    scale = min(1.0, KEPT_SIDE / max(height, width))
    size = max(1, round(width * scale)), max(1, round(height * scale))
    return np.stack([cv2.resize(each, size, interpolation=cv2.INTER_AREA) for each in logits])
