"""The terms of both losses: pure functions of logits and targets, one number a picture.

Shapes: pictures and masks (N, H, W, C), image logits (N, 1); every function returns (N,).
"""

from collections.abc import Callable
from typing import Any, NamedTuple

from keras import ops


def cross_entropy(logits, targets, weights):
    """Logistic loss a pixel, averaged with weights over each picture.

    Args:
        logits: (N, H, W, 1).
        targets: (N, H, W, 1) in [0, 1].
        weights: (N, H, W, 1), 0 or more.

    Returns:
        (N,): 0 where the logits say the targets with certainty.
    """
    loss = ops.softplus(logits) - logits * targets
    return _pixel_mean(loss * weights)


def overlap_loss(masks, targets, weights):
    """1 - soft intersection over union (Rahman and Wang 2016, equation 3), weighted a pixel.

    Args:
        masks, targets: (N, H, W, 1) in [0, 1].
        weights: (N, H, W, 1), 0 or more.

    Returns:
        (N,) in [0, 1].
    """
    intersection = _pixel_mean(masks * targets * weights)
    union = _pixel_mean((masks + targets - masks * targets) * weights)
    return 1.0 - (intersection + 1e-3) / (union + 1e-3)


def discriminator_loss(image_logits, map_logits, shown, fitting, certainty, map_weight):
    """Logistic loss of D's verdicts on shown masks whose fitting masks are known.

    The image verdict is how far the shown mask fits: the intersection over union, so 1 for a real
    pair. The verdict a pixel is 1 where the shown mask agrees with the fitting one. Few wrong
    pixels are weighed up, but not to as much as the right ones: where they are 2% to 50% of the
    picture they weigh 0.5 together, the right ones their share (0.98 beside 2%).

    Args:
        image_logits: (N, 1); map_logits: (N, H, W, 1).
        shown, fitting: (N, H, W, 1) in [0, 1].
        certainty: (N, H, W, 1) in [0, 1], of the fitting mask.
        map_weight: share of the loss that goes to the score map, in [0, 1].

    Returns:
        (N,).
    """
    shown = ops.cast(shown > 0.5, "float32")
    fitting = ops.cast(fitting > 0.5, "float32")
    verdict = 1.0 - overlap_loss(shown, fitting, ops.ones_like(shown))  # (N,)
    logit = image_logits[:, 0]
    belief = _pixel_mean(certainty)
    image_loss = (ops.softplus(logit) - logit * verdict) * belief
    right = 1.0 - ops.abs(shown - fitting)  # (N, H, W, 1)
    wrong_share = _pixel_mean(1.0 - right)[:, None, None, None]
    weight_wrong = 0.5 / ops.clip(wrong_share, 0.02, 0.5)
    weights = certainty * ops.where(right > 0.5, ops.ones_like(right), weight_wrong)
    map_loss = cross_entropy(map_logits, right, weights) / ops.maximum(_pixel_mean(weights), 1e-3)
    return (1.0 - map_weight) * image_loss + map_weight * map_loss


def ranking_loss(real_logits, wrong_logits, wrong, fitting, certainty):
    """Logistic loss of the order of two verdicts on one picture (Burges et al. 2005, RankNet).

    Args:
        real_logits, wrong_logits: (N, 1), of the fitting mask and of the wrong one.
        wrong, fitting: (N, H, W, 1) in [0, 1].
        certainty: (N, H, W, 1) in [0, 1], of the fitting mask.

    Returns:
        (N,): nearly 0 where the fitting mask has the far better verdict, and where both are alike.
    """
    wrong = ops.cast(wrong > 0.5, "float32")
    fitting = ops.cast(fitting > 0.5, "float32")
    unlike = overlap_loss(wrong, fitting, ops.ones_like(wrong))  # (N,)
    # A few wrong pixels must tell as well as many: the order is the same.
    share = ops.clip(4.0 * unlike, 0.0, 1.0) * _pixel_mean(certainty)
    return share * ops.softplus(wrong_logits[:, 0] - real_logits[:, 0])


def adversarial_loss(image_logits, map_logits, map_weight):
    """Non-saturating generator loss (Goodfellow et al. 2014, section 3), an image and a pixel.

    Args:
        image_logits: (N, 1); map_logits: (N, H, W, 1): D's verdicts on G's masks.
        map_weight: share of the score map, in [0, 1].

    Returns:
        (N,): -log D.
    """
    image_loss = ops.softplus(-image_logits[:, 0])
    return (1.0 - map_weight) * image_loss + map_weight * _pixel_mean(ops.softplus(-map_logits))


def area_hinge(masks, minimum, maximum):
    """How far a mask's area is outside [minimum, maximum], relative to the bound.

    Args:
        masks: (N, H, W, 1) in [0, 1]; minimum, maximum: shares of the picture in [0, 1].

    Returns:
        (N,), 0 where the area is allowed.
    """
    area = _pixel_mean(masks)
    below = ops.relu(minimum - area) / max(minimum, 1e-6)
    above = ops.relu(area - maximum) / max(1.0 - maximum, 1e-6)
    return below + above


def binarisation(masks):
    """4 m (1 - m) averaged over each picture: 0 for a decided mask, 1 for an undecided one."""
    return _pixel_mean(4.0 * masks * (1.0 - masks))


def _pixel_mean(x):
    return ops.mean(x, axis=(1, 2, 3))


class Seen(NamedTuple):
    """What the terms of G's loss are told of some pictures."""

    masks: Any  # (N, H, W, 1) in [0, 1], G's
    targets: Any  # (N, H, W, 1) in [0, 1]
    is_composite: Any  # (N,) of 0 or 1
    fit: Any  # (N,), of the masks to the targets
    verdicts: Any  # (image logits (M, 1), map logits (M, H, W, 1)) of those judged; None if none is


def see(logits, targets, certainty, is_composite, verdicts, config):
    """Puts together what the terms of G's loss are told.

    Args:
        logits: (N, H, W, 1), G's.
        targets, certainty: (N, H, W, 1) in [0, 1].
        is_composite: (N,) of 0 or 1.
        verdicts: D's (image logits, map logits), or None.
        config: a Config.

    Returns:
        Seen.
    """
    masks = ops.sigmoid(logits)
    # Against a soft target the overlap would reward masks that are too large.
    solid = ops.cast(targets > 0.5, "float32")
    entropy = cross_entropy(logits, targets, certainty)
    overlap = overlap_loss(masks, solid, certainty)
    fit = (1.0 - config.overlap_share) * entropy + config.overlap_share * overlap
    return Seen(masks, targets, is_composite, fit, verdicts)


class Term(NamedTuple):
    """One term of G's loss.

    Attributes:
        of: (Seen, Config) -> (N,).
        weight: the setting that says what it counts.
        asks: whether it asks D, so that it counts in gradient epochs alone.
        decays: whether it falls to the share `anchor_floor` over the gradient epochs.
    """

    of: Callable
    weight: str
    asks: bool = False
    decays: bool = False


def _allowed_area(seen, config):
    # A picture that its teachers find empty may be: no least area there.
    has_object = ops.cast(_pixel_mean(seen.targets) > 0.01, "float32")
    return has_object * area_hinge(seen.masks, config.area_minimum, config.area_maximum)


def _verdict(seen, config):
    image_logits, map_logits = seen.verdicts
    return adversarial_loss(image_logits, map_logits, config.score_map_weight)


GENERATOR_TERMS = {
    "anchor": Term(
        lambda seen, config: seen.fit * (1.0 - seen.is_composite), "anchor_weight", decays=True
    ),
    "composite": Term(lambda seen, config: seen.fit * seen.is_composite, "self_training_weight"),
    "adversarial": Term(
        _verdict,
        "adversarial_weight",
        asks=True,
    ),
    "area": Term(_allowed_area, "area_weight"),
    "binary": Term(lambda seen, config: binarisation(seen.masks), "binary_weight"),
}


def full_weights(config):
    """What each term counts where nothing has decayed: dict of floats by the names of the table."""
    return {name: float(getattr(config, term.weight)) for name, term in GENERATOR_TERMS.items()}
