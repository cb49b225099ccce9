"""The architecture "unet": a convolutional encoder-decoder from a photo to one logit a pixel.

Its discriminator, an encoder-decoder too, is in `discriminator.py`.
"""

from itertools import chain, pairwise, repeat

from gecat.model.registry import Architecture


def build_generator(config):
    """Builds G with fresh weights.

    Args:
        config: a Config; `generator_widths` gives the channels of the stages at 1/2, 1/4, ... of
            the resolution, `generator_blocks` the residual blocks of all but the first.

    Returns:
        keras.Model from images (N, H, W, 3) in [-1, 1], H and W multiples of the stride, to mask
        logits (N, H, W, 1).
    """
    import keras
    from keras import layers

    from gecat.model.blocks import encode, global_context, merge_up, non_local, residual
    from gecat.model.colour_mixture import compare

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


def build_discriminator(config):
    """Builds D with fresh weights; see `discriminator.build_discriminator`."""
    from gecat.model import discriminator

    return discriminator.build_discriminator(config)


def stride(config):
    """What the sides of a picture must be multiples of, pixels: each stage halves them."""
    return 2 ** max(len(config.generator_widths), len(config.discriminator_widths))


def least_numbers(config):
    """How many numbers the encoders' 3x3 convolutions hold; all else is of the same order."""
    numbers = 0
    for widths in (config.generator_widths, config.discriminator_widths):
        blocks = chain(config.generator_blocks, repeat(1))
        for (before, after), count in zip(pairwise(widths), blocks, strict=False):
            numbers += 9 * after * (before + 2 * after * count)
    return numbers


def shares_encoder(config):
    """Whether D's encoder is the beginning of G's."""
    shared = config.generator_widths[: len(config.discriminator_widths)]
    return shared == config.discriminator_widths


ARCHITECTURE = Architecture(
    build_generator,
    build_discriminator,
    stride,
    least_numbers,
    shares_encoder=shares_encoder,
    pretrains=True,
    calibrates=True,
    settings=("generator_blocks", "generator_attention", "generator_mixture"),
)
