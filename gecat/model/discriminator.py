"""The discriminator: an encoder-decoder that judges how well a mask fits a photo.

The decoder gives one score a pixel, the bottleneck and their means one score an image, after the
U-Net discriminator (Schonfeld et al. 2020, "A U-Net Based Discriminator for GANs", section 3.1).
"""

import math

import keras
from keras import layers, ops

from gecat.model.blocks import encode, global_context, merge_up, residual

_ENCODER = ("stem_", "down", "encode")
_MAP_SHARE = 0.8  # of the map's means in the score; more would be surer than masks turn out


def build_discriminator(config):
    """Builds D with fresh weights.

    Args:
        config: a Config; `discriminator_widths` gives the channels of the stages at 1/2, 1/4, ...
            of the resolution, `generator_blocks` the residual blocks of all but the first.

    Returns:
        keras.Model from [images (N, H, W, 3) in [-1, 1], masks (N, H, W, 1) in [0, 1]] to
        (image logits (N, 1), score-map logits (N, H, W, 1)); the sigmoid of the map is the
        probability that the shown mask is right at that pixel. The more a soft mask doubts a pixel
        itself, the lower both are.
    """
    widths = config.discriminator_widths
    image = keras.Input((None, None, 3), name="image")
    mask = keras.Input((None, None, 1), name="mask")
    centred = layers.Rescaling(2.0, -1.0, name="centre")(mask)
    x = layers.Concatenate(name="pair")([image, centred])  # (N, H, W, 4)
    x, skips = encode(x, widths, config.generator_blocks)
    x = residual(global_context(x, "context"), "bottleneck")
    pooled = layers.Concatenate(name="pooled")(
        [layers.GlobalAveragePooling2D(name="mean")(x), layers.GlobalMaxPooling2D(name="peak")(x)]
    )
    pooled = layers.Dense(widths[-1], activation="relu", name="judge")(pooled)
    whole = layers.Dense(1, name="image_logits")(pooled)  # (N, 1)
    for level in range(len(skips) - 1, -1, -1):
        x = merge_up(x, skips[level], widths[level], f"decode{level}")
    x = layers.Conv2D(2, 3, padding="same", name="head")(x)  # (N, H/2, W/2, 2)
    x = layers.UpSampling2D(2, interpolation="bilinear", name="verdicts")(x)  # (N, H, W, 2)
    says_object = ops.clip(mask, 0.0, 1.0)
    map_logits = layers.Subtract(name="less_doubt")([_pick_verdict(x, says_object), _doubt(mask)])
    # What is wrong somewhere fits less on the whole, which the bottleneck alone is slow to learn;
    # object and ground count alike, or a small object's mask could be wrong for nothing.
    on_object = _mean_where(map_logits, says_object)
    on_ground = _mean_where(map_logits, 1.0 - says_object)
    image_logits = whole + _MAP_SHARE * (on_object + on_ground)
    return keras.Model([image, mask], [image_logits, map_logits], name="discriminator")


def take_encoder(discriminator, generator):
    """Lets D see with the encoder that G has learned; of D's own only the mask's channel is fresh.

    Args:
        discriminator: of `build_discriminator`, changed in place.
        generator: of `build_generator` from the same config.
    """
    learned = {weight.path: weight for weight in generator.weights}
    for weight in discriminator.weights:
        if weight.path == "stem_conv/kernel":
            kernel = weight.numpy()
            kernel[:, :, :3] = learned[weight.path].numpy()
            weight.assign(kernel)
        elif weight.path.startswith(_ENCODER):
            weight.assign(learned[weight.path])


def _pick_verdict(verdicts, says_object):
    """Weighs the verdicts on "object here" and "no object here" by what the mask says there."""
    on_object, on_ground = ops.split(verdicts, 2, axis=-1)
    return says_object * on_object + (1.0 - says_object) * on_ground


def _doubt(mask, surest=0.98):
    """How far the mask's own log odds stay behind those of `surest`; 0 for a mask of 0 and 1.

    Where a generator is in doubt it is often wrong, so the verdicts begin from there and D learns
    what its doubts are worth.
    """
    surely = ops.clip(ops.maximum(mask, 1.0 - mask), 0.5, surest)
    return math.log(surest / (1.0 - surest)) - ops.log(surely / (1.0 - surely))


def _mean_where(logits, share):
    """Mean of logits (N, H, W, 1) where `share` (N, H, W, 1) is high; (N, 1), 0 if nowhere."""
    total = ops.sum(share, axis=(1, 2))
    return ops.sum(logits * share, axis=(1, 2)) / ops.maximum(total, 1.0)
