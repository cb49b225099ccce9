"""What looks like the object: a step of GrabCut inside of the network."""

import numpy as np
from keras import layers, ops

# From red, green and blue in [-1, 1]: lightness, red to green, and yellow to blue.
_OPPONENTS = ((9.0, 12.0, 5.0), (9.0, -12.0, 5.0), (9.0, 0.0, -10.0))


def compare(logits, image, stem):
    """Corrects a mask by what else in this picture looks like its object.

    Args:
        logits: (N, H/2, W/2, 1), of the mask so far.
        image: (N, H, W, 3) in [-1, 1].
        stem: (N, H/2, W/2, S), the encoder's first stage.

    Returns:
        (N, H/2, W/2, 1), the logits with the likelihood ratio added; it is learned how far either
        is to be trusted.
    """
    halve = np.float32(_OPPONENTS)[None, None].repeat(2, axis=0).repeat(2, axis=1) / 4.0
    colours = ops.conv(image, halve, strides=2, padding="valid")  # (N, H/2, W/2, 3)
    texture = layers.Conv2D(4, 1, kernel_initializer="glorot_normal", name="compare_texture")(stem)
    looks = layers.Concatenate(name="compare_looks")([colours, texture, places(stem, 8.0)])
    ratio = likelihood_ratio(logits, looks, "compare_ratio")
    both = layers.Concatenate(name="compare_both")([logits, ratio])
    return layers.Conv2D(1, 1, kernel_initializer="ones", name="compare")(both)


def likelihood_ratio(logits, looks, name, side=8, rounds=3):
    """How much likelier a pixel's look is in the object than in the ground of this very picture.

    One step of what GrabCut does (Rother et al. 2004, "GrabCut", section 3): a mixture of this
    picture's looks is found by soft k-means, the mask so far counts each of its components in the
    object and in the ground, and each pixel is compared with both counts.

    Args:
        logits: (N, H, W, 1), of the mask so far.
        looks: (N, H, W, C), what a pixel looks like; a distance of 1 is a clear difference.
        name: of the layer that ends it.
        side: the components begin as the means of a grid of side x side cells.
        rounds: of k-means, on half of the resolution.

    Returns:
        (N, H, W, 1), the logarithm of the ratio of both likelihoods.
    """
    centres = grid_means(looks, side)  # (N, K, C)
    sample = layers.AveragePooling2D(2, name=f"{name}_sample")(looks)
    for _ in range(rounds):
        near, weight = _nearness(sample, centres)
        sums = ops.einsum("nhwk,nhwc->nkc", near, sample * weight)
        centres = sums / (ops.einsum("nhwk,nhwc->nkc", near, weight) + 1e-3)
    near, weight = _nearness(looks, centres)
    inside = ops.sigmoid(3.0 * logits)  # pixels in doubt would blur both counts
    sides = ops.concatenate([inside, 1.0 - inside], axis=-1)
    sides = sides / (ops.sum(sides, axis=(1, 2), keepdims=True) + 1.0)  # (N, H, W, 2)
    counts = ops.einsum("nhwk,nhws->nks", near, sides * weight)
    likelihoods = ops.log(ops.einsum("nhwk,nks->nhws", near, counts) * weight + 1e-4)
    return layers.Subtract(name=name)([likelihoods[..., :1], likelihoods[..., 1:]])


def grid_means(x, side):
    """Means of x (N, H, W, C) around the points of a grid of side x side; (N, side * side, C).

    They are those of a bilinear resize that smooths, as two products of matrices: LiteRT has no
    other way.
    """
    ones = ops.ones_like(x[..., :1])
    columns = _weights(ops.cumsum(ones[:, :1], axis=2), side, axis=2)  # (N, 1, W, side)
    rows = _weights(ops.cumsum(ones[:, :, :1], axis=1), side, axis=1)  # (N, H, 1, side)
    x = ops.matmul(ops.transpose(columns, (0, 1, 3, 2)), x)  # (N, H, side, C)
    x = ops.matmul(ops.transpose(rows, (0, 2, 3, 1)), ops.transpose(x, (0, 2, 1, 3)))
    return ops.reshape(x, (-1, side * side, x.shape[-1]))  # of (N, side, side, C)


def _weights(numbers, side, axis):
    """What the places along an axis, numbered from 1, count at each of `side` points of a grid."""
    length = ops.max(numbers) / side  # of a cell
    points = length * (np.arange(side, dtype=np.float32) + 0.5)
    near = ops.relu(1.0 - ops.abs(numbers - 0.5 - points) / ops.maximum(length, 1.0))
    return near / ops.sum(near, axis=axis, keepdims=True)


def _nearness(looks, centres):
    """How near each pixel is to the centres (N, K, C), by exp(-d^2 / 2).

    Returns:
        (N, H, W, K), and one over their sum, (N, H, W, 1): both multiplied are shares of 1. A pixel
        far from all centres belongs to none.
    """
    # One product gives the whole square: l c - l l / 2 - c c / 2.
    looks = ops.concatenate([looks, -0.5 * _square(looks), ops.ones_like(looks[..., :1])], -1)
    centres = ops.concatenate(
        [centres, ops.ones_like(centres[..., :1]), -0.5 * _square(centres)], -1
    )
    near = ops.exp(ops.einsum("nhwc,nkc->nhwk", looks, centres))
    return near, 1.0 / (ops.sum(near, axis=-1, keepdims=True) + 1e-6)


def _square(x):
    return ops.sum(x * x, axis=-1, keepdims=True)


def places(x, scale):
    """The place of each pixel of x (N, H, W, C), `scale` from end to end of the longer side."""
    ones = ops.ones_like(x[..., :1])
    grid = ops.concatenate([ops.cumsum(ones, axis=1), ops.cumsum(ones, axis=2)], axis=-1)
    return scale * grid / ops.max(grid, axis=(1, 2, 3), keepdims=True)  # (N, H, W, 2)
