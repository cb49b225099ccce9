"""The discriminator: an encoder-decoder that judges how well a mask fits a photo.

The decoder gives one score a pixel, the bottleneck and their mean one score an image, after the
U-Net discriminator (Schonfeld et al. 2020, "A U-Net Based Discriminator for GANs", section 3.1).
"""

import keras
from keras import layers, ops

from gecat.model.article import build_article_discriminator
from gecat.model.layers import convolve, merge_up, residual


def build_discriminator(config):
    """Builds D with fresh weights.

    Args:
        config: a Config; `discriminator_widths` gives the channels of the stages at 1/2, 1/4, ...

    Returns:
        keras.Model from [images (N, H, W, 3) in [-1, 1], masks (N, H, W, 1) in [0, 1]] to
        (image logits (N, 1), score-map logits (N, H, W, 1)); the sigmoid of the map is the
        probability that the shown mask is right at that pixel.
    """
    if config.architecture == "article":
        return build_article_discriminator(config)
    widths = config.discriminator_widths
    image = keras.Input((None, None, 3), name="image")
    mask = keras.Input((None, None, 1), name="mask")
    centred = layers.Rescaling(2.0, -1.0, name="centre")(mask)
    x = layers.Concatenate(name="pair")([image, centred])  # (N, H, W, 4)
    x = convolve(x, widths[0], "stem", stride=2)
    skips = []
    for level, width in enumerate(widths[1:], start=1):
        skips.append(x)
        x = convolve(x, width, f"down{level}", stride=2)
    x = residual(x, "bottleneck")
    pooled = layers.Concatenate(name="pooled")(
        [layers.GlobalAveragePooling2D(name="mean")(x), layers.GlobalMaxPooling2D(name="peak")(x)]
    )
    pooled = layers.Dense(widths[-1], activation="relu", name="judge")(pooled)
    whole = layers.Dense(1, name="image_logits")(pooled)  # (N, 1)
    for level in range(len(skips) - 1, -1, -1):
        x = merge_up(x, skips[level], widths[level], f"decode{level}")
    x = layers.Conv2D(2, 3, padding="same", name="head")(x)  # (N, H/2, W/2, 2)
    x = layers.UpSampling2D(2, interpolation="bilinear", name="verdicts")(x)  # (N, H, W, 2)
    map_logits = _pick_verdict(x, centred)
    # What is wrong somewhere fits less on the whole, which the bottleneck alone is slow to learn.
    average = layers.GlobalAveragePooling2D(name="map_mean")(map_logits)
    image_logits = layers.Add(name="verdict")([whole, average])
    return keras.Model([image, mask], [image_logits, map_logits], name="discriminator")


def _pick_verdict(verdicts, centred):
    """Weighs the verdicts on "object here" and "no object here" by what the mask says there."""
    says_object = ops.clip(centred, -1.0, 1.0) * 0.5 + 0.5
    on_object, off_object = ops.split(verdicts, 2, axis=-1)
    return says_object * on_object + (1.0 - says_object) * off_object
