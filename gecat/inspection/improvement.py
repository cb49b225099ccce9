"""Follows the discriminator's gradient from a mask to one that it likes better."""

from dataclasses import dataclass

import numpy as np

SMOOTHING = 9  # pixels of the gradient that move together; single pixels fool, shapes convince
SUREST = 0.01  # nearer to 0 and 1 a mask hardly moves, farther away it is judged as doubtful
REACH = 3.0  # longest change of a logit in one step
HALVINGS = 5


@dataclass(frozen=True)
class Attempt:
    """A mask on the way: float32 (h, w) in [0, 1] at the network's size, and its score."""

    mask: np.ndarray
    score: float
    score_map: np.ndarray


def improve(networks, image, mask, steps=6):
    """Changes a mask step by step so that its score rises.

    The step goes along the gradient of log D, half of the image's score and half of the score map,
    with respect to the mask's logits, and is halved until the objective rises.

    Args:
        networks: the Networks of a Segmenter.
        image: uint8 (H, W, 3).
        mask: (H, W) in [0, 1].
        steps: how many at most.

    Returns:
        list of Attempts, the given mask first; shorter than `steps + 1` where nothing rises.
    """
    pictures, masks = networks.pairs(image, np.asarray(mask, np.float32)[None])
    inside = np.clip(masks, SUREST, 1.0 - SUREST)
    logits = np.log(inside) - np.log(1.0 - inside)  # (1, h, w, 1)
    look = _judge(networks.models.discriminator, pictures)
    value, gradient, attempt = look(logits)
    path = [attempt]
    for _ in range(steps):
        largest = float(np.abs(gradient).max())
        if largest == 0.0:
            break
        for halving in range(HALVINGS):
            trial = logits + gradient * np.float32(REACH / largest * 0.5**halving)
            found, next_gradient, attempt = look(trial)
            if found > value:
                break
        else:
            break
        logits, value, gradient = trial, found, next_gradient
        path.append(attempt)
    return path


def _judge(discriminator, pictures):
    """Makes mask logits (1, h, w, 1) -> (the objective, its smoothed gradient, the Attempt)."""
    from keras import ops

    from gecat.training.backend import value_and_gradient

    pictures = ops.convert_to_tensor(pictures)

    def objective(logits):
        masks = ops.sigmoid(logits)
        image_logits, map_logits = discriminator([pictures, masks], training=False)
        value = -0.5 * ops.mean(ops.softplus(-image_logits))
        value -= 0.5 * ops.mean(ops.softplus(-map_logits))
        return value, (masks, ops.sigmoid(image_logits), ops.sigmoid(map_logits))

    def look(logits):
        (value, found), gradient = value_and_gradient(objective)(ops.convert_to_tensor(logits))
        smooth = ops.average_pool(gradient, SMOOTHING, 1, padding="same")
        mask, score, score_map = (np.asarray(part) for part in found)
        attempt = Attempt(mask[0, ..., 0], float(score[0, 0]), score_map[0, ..., 0])
        return float(value), np.asarray(smooth), attempt

    return look
