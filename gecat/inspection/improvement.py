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
    import tensorflow as tf

    pictures, masks = networks.pairs(image, np.asarray(mask, np.float32)[None])
    pictures = tf.constant(pictures)
    inside = np.clip(masks, SUREST, 1.0 - SUREST)
    logits = tf.constant(np.log(inside) - np.log(1.0 - inside))  # (1, h, w, 1)
    value, gradient, attempt = _look(networks.models.discriminator, pictures, logits)
    path = [attempt]
    for _ in range(steps):
        largest = float(tf.reduce_max(tf.abs(gradient)))
        if largest == 0.0:
            break
        for halving in range(HALVINGS):
            trial = logits + gradient * (REACH / largest * 0.5**halving)
            found, next_gradient, attempt = _look(networks.models.discriminator, pictures, trial)
            if found > value:
                break
        else:
            break
        logits, value, gradient = trial, found, next_gradient
        path.append(attempt)
    return path


def _look(discriminator, pictures, logits):
    """The objective, its smoothed gradient, and the Attempt, at mask logits (1, h, w, 1)."""
    import tensorflow as tf

    with tf.GradientTape() as tape:
        tape.watch(logits)
        masks = tf.sigmoid(logits)
        image_logits, map_logits = discriminator([pictures, masks], training=False)
        objective = -0.5 * tf.reduce_mean(tf.nn.softplus(-image_logits))
        objective -= 0.5 * tf.reduce_mean(tf.nn.softplus(-map_logits))
    gradient = tape.gradient(objective, logits)
    smooth = tf.nn.avg_pool2d(gradient, SMOOTHING, 1, "SAME")
    attempt = Attempt(
        masks.numpy()[0, ..., 0],
        float(tf.sigmoid(image_logits)[0, 0]),
        tf.sigmoid(map_logits).numpy()[0, ..., 0],
    )
    return float(objective), smooth, attempt
