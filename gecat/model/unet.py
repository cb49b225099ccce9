"""The generator: a convolutional encoder-decoder from a photo to one mask logit a pixel."""

import keras
from keras import layers

from gecat.model.article import build_article_generator
from gecat.model.blocks import encode, global_context, merge_up, non_local, residual
from gecat.model.colour_mixture import compare


def build_generator(config):
    """Builds G with fresh weights.

    Args:
        config: a Config; `generator_widths` gives the channels of the stages at 1/2, 1/4, ... of
            the resolution, `generator_blocks` the residual blocks of all but the first.

    Returns:
        keras.Model from images (N, H, W, 3) in [-1, 1], H and W multiples of `config.stride`, to
        mask logits (N, H, W, 1).
    """
    if config.architecture == "article":
        return build_article_generator(config)
    widths = config.generator_widths
    image = keras.Input((None, None, 3), name="image")
    x, skips = encode(image, widths, config.generator_blocks)
    x = residual(global_context(x, "context"), "bottleneck")
    for level in range(len(skips) - 1, -1, -1):
        x = merge_up(x, skips[level], widths[level], f"decode{level}")
        if level == 2 and config.generator_attention:
            x = non_local(x, "likes")  # (N, H/8, W/8, C)
    logits = layers.Conv2D(1, 3, padding="same", name="head")(x)  # (N, H/2, W/2, 1)
    if config.generator_mixture:
        logits = compare(logits, image, skips[0])
    logits = layers.UpSampling2D(2, interpolation="bilinear", name="logits")(logits)
    return keras.Model(image, logits, name="generator")
