"""The few blocks that both networks are made of."""

from keras import layers

MOMENTUM = 0.95  # of the running statistics: the share that a batch leaves of them


def normalise(x, name):
    """Batch normalisation with a short memory."""
    return layers.BatchNormalization(momentum=MOMENTUM, epsilon=1e-3, name=f"{name}_norm")(x)


def convolve(x, width, name, kernel=3, stride=1):
    """Convolution, normalisation, rectifier."""
    return layers.ReLU(name=f"{name}_relu")(_linear(x, width, name, kernel, stride))


def residual(x, name):
    """Two convolutions around a shortcut (He et al. 2016, "Deep Residual Learning", figure 2)."""
    width = x.shape[-1]
    y = _linear(convolve(x, width, f"{name}_a"), width, f"{name}_b")
    return layers.ReLU(name=f"{name}_relu")(layers.Add(name=f"{name}_add")([x, y]))


def encode(x, widths, blocks=()):
    """Halves the resolution stage by stage, with residual blocks from the second stage on.

    Args:
        x: (N, H, W, C).
        widths: channels of the stages at 1/2, 1/4, ... of the resolution.
        blocks: residual blocks of all stages but the first; 1 where not given.

    Returns:
        the last stage, and the list of those before it.
    """
    x = convolve(x, widths[0], "stem", stride=2)  # (N, H/2, W/2, C)
    skips = []
    for level, width in enumerate(widths[1:], start=1):
        skips.append(x)
        x = convolve(x, width, f"down{level}", stride=2)
        for block in range(1, blocks[level - 1] if level <= len(blocks) else 1):
            x = residual(x, f"encode{level}_{block}")
        x = residual(x, f"encode{level}")
    return x, skips


def _linear(x, width, name, kernel=3, stride=1):
    x = layers.Conv2D(
        width,
        kernel,
        stride,
        padding="same",
        use_bias=False,
        kernel_initializer="he_normal",
        name=f"{name}_conv",
    )(x)
    return normalise(x, name)


def global_context(x, name):
    """Tells every pixel what the whole picture holds (ParseNet, Liu et al. 2015)."""
    width = x.shape[-1]
    pooled = layers.GlobalAveragePooling2D(keepdims=True, name=f"{name}_pool")(x)  # (N, 1, 1, C)
    pooled = layers.Dense(width, activation="relu", name=f"{name}_hidden")(pooled)
    pooled = layers.Dense(width, name=f"{name}_out")(pooled)
    return layers.ReLU(name=f"{name}_relu")(layers.Add(name=f"{name}_add")([x, pooled]))


def non_local(x, name, heads=2, stride=2):
    """Every pixel looks at its likes in the whole picture, so objects share their colours.

    Wang et al. 2018, "Non-local Neural Networks", section 3.3: keys subsampled by `stride`, and the
    last normalisation begins at zero, so that a fresh block changes nothing.
    """
    width = x.shape[-1]
    keys = layers.AveragePooling2D(stride, padding="same", name=f"{name}_keys")(x)
    found = layers.MultiHeadAttention(
        heads, width // heads, attention_axes=(1, 2), name=f"{name}_attend"
    )(x, keys)
    found = layers.BatchNormalization(
        momentum=MOMENTUM, epsilon=1e-3, gamma_initializer="zeros", name=f"{name}_norm"
    )(found)
    return layers.Add(name=f"{name}_add")([x, found])


def merge_up(x, skip, width, name):
    """Doubles the resolution and joins what the encoder kept there."""
    x = convolve(x, width, f"{name}_narrow", kernel=1)
    x = layers.UpSampling2D(2, interpolation="bilinear", name=f"{name}_up")(x)
    skip = convolve(skip, width, f"{name}_skip", kernel=1)
    x = layers.Add(name=f"{name}_join")([x, skip])
    return convolve(x, width, f"{name}_mix")
