"""The architecture "article": the article's two networks, layer by layer, with their faults mended.

What the article's listing does, and what was done about it:
- `tanh`, `Flatten`, `Dense` and `np` are used and never imported: imported, or written as strings;
- `np.random.load('real_images.npy')` does not exist: `--data real_images.npy` reads it with
  `numpy.load(allow_pickle=False)`;
- noise of shape (32, 128) is fed to a generator that takes images: the generator gets photos;
- a 64-pixel input gives a 128-pixel output: the last transposed convolution has stride 1 here;
- the discriminator is never frozen and the generator never updated: `training/epoch.py` does both;
- `predict` runs inside the loop, cut off from the gradient: one traced function computes both.

The generator's three tanh channels are kept. The mask is their mean, moved from [-1, 1] to [0, 1].
The discriminator has no decoder, hence one verdict an image; its score map is flat.
"""

from itertools import pairwise

from gecat.config import refuse
from gecat.model.registry import Architecture

_WIDTHS = {"generator_widths": 3, "discriminator_widths": 2}
# Keeps the logit of a saturated tanh finite, in float32 too.
_SATURATION = 1e-4


def build_generator(config):
    """Builds Conv 128, ConvT 64, ConvT 3 with tanh; (N, H, W, 3) to mask logits (N, H, W, 1)."""
    import keras
    from keras import layers, ops

    first, second, third = config.generator_widths
    image = keras.Input((None, None, 3), name="image")
    x = layers.Conv2D(first, 3, 2, padding="same", activation="relu", name="encode")(image)
    x = layers.Conv2DTranspose(second, 3, 2, padding="same", activation="relu", name="decode1")(x)
    x = layers.Conv2DTranspose(third, 3, padding="same", activation="tanh", name="decode2")(x)
    mean = ops.mean(x, axis=-1, keepdims=True) * (1.0 - _SATURATION)  # (N, H, W, 1)
    logits = ops.log1p(mean) - ops.log1p(-mean)
    return keras.Model(image, logits, name="article_generator")


def build_discriminator(config):
    """Builds Conv 128, Conv 128, Flatten, Dense 1 on a photo with its mask."""
    import keras
    from keras import layers, ops

    first, second = config.discriminator_widths
    size = config.size
    image = keras.Input((size, size, 3), name="image")
    mask = keras.Input((size, size, 1), name="mask")
    centred = layers.Rescaling(2.0, -1.0, name="centre")(mask)
    x = layers.Concatenate(name="pair")([image, centred])
    x = layers.Conv2D(first, 3, 2, padding="same", activation="leaky_relu", name="encode1")(x)
    x = layers.Conv2D(second, 3, 2, padding="same", activation="leaky_relu", name="encode2")(x)
    image_logits = layers.Dense(1, name="image_logits")(layers.Flatten(name="flat")(x))  # (N, 1)
    # Not a sum: keras takes the N verdicts for a bias over the rows where N is the side.
    map_logits = ops.ones_like(mask) * ops.reshape(image_logits, (-1, 1, 1, 1))  # (N, H, W, 1)
    return keras.Model([image, mask], [image_logits, map_logits], name="article_discriminator")


def check(config):
    """Raises a SettingError where there are not as many widths as the article has layers."""
    for name, count in _WIDTHS.items():
        if len(getattr(config, name)) != count:
            raise refuse("article", name, getattr(config, name), count=count)


def least_numbers(config):
    """How many numbers D's dense layer and the inner 3x3 convolutions hold."""
    dense = config.discriminator_widths[-1] * (config.size // 4) ** 2
    stages = [*pairwise(config.generator_widths), *pairwise(config.discriminator_widths)]
    return dense + sum(9 * before * after for before, after in stages)


ARCHITECTURE = Architecture(
    build_generator,
    build_discriminator,
    stride=lambda config: 4,  # D halves the sides twice
    least_numbers=least_numbers,
    check=check,
    judged_side=lambda config: config.size,  # D ends in Flatten
)
