"""Sets a generator's masks to the size of its teacher's, without a label."""

import numpy as np
from keras.layers import Conv2D

from gecat.errors import ImageError, WeightsError, name_of
from gecat.images.datasets import PRIOR_SIDE
from gecat.images.sizes import shrink
from gecat.images.sources import open_source, spread
from gecat.inference.segmenter import Segmenter
from gecat.model.registry import architecture_of, check
from gecat.model.weights import save_weights
from gecat.training.teacher import network_teacher

_SAMPLES = 2000  # pixels a photo


def logit_shift(logits, share):
    """What to take off logits so that a share of them stays above 0.

    Args:
        logits: float array of any shape.
        share: of the pixels that are object, in [0, 1].

    Returns:
        a float, the quantile of the logits at 1 - share.
    """
    return float(np.quantile(logits, 1.0 - share))


def calibrate(weights, teacher, data, out, photos=400, size=None):
    """Writes weights whose masks are on the whole as large as the teacher's cuts.

    Args:
        weights: a weights file.
        teacher: a weights file whose masks, drawn along edges, tell the size.
        data: a folder, .zip or .npy of photos.
        out: the weights file to write.
        photos: how many to look at, spread evenly.
        size: longer side of a photo at prediction from now on, in pixels; as it was by default.

    Returns:
        (shift, skipped): what was taken off the bias of the last convolution, a float, and pairs of
        the name of a photo that could not be read and the ImageError.

    Raises:
        ImageError: if the data cannot be opened or holds no photo that can be read.
        WeightsError: if a weights file cannot be read, or holds the article's generator, whose last
            layer is no plain bias.
    """
    networks = Segmenter(weights).networks
    loaded = networks.models
    if not architecture_of(loaded.config).calibrates:
        raise WeightsError("weights.not_calibrated", received=loaded.config.architecture)
    config = loaded.config.replace(inference_size=size or loaded.config.inference_size)
    check(config)
    teach = network_teacher(teacher).teach
    random = np.random.default_rng(0)
    found, shares, skipped = [], [], []
    with open_source(str(data), PRIOR_SIDE) as members:
        for member in spread(members, photos):
            try:
                image = member.read()
            except ImageError as error:
                skipped.append((member.name, error.bare()))
                continue
            logits = networks.logits(image, config.inference_size).ravel()
            found.append(random.choice(logits, _SAMPLES))
            shares.append(np.mean(teach(shrink(image, PRIOR_SIDE)) > 0.5))
    if not found:
        raise ImageError("image.none_read", received=name_of(data))
    shift = logit_shift(np.stack(found), float(np.mean(shares)))
    convolutions = [each for each in loaded.generator.layers if isinstance(each, Conv2D)]
    last = convolutions[-1]
    last.bias.assign(last.bias - shift)
    total = loaded.facts.get("logit_shift", 0.0) + shift
    facts = {**loaded.facts, "logit_shift": total}
    save_weights(out, config, loaded.generator, loaded.discriminator, facts)
    return shift, skipped
