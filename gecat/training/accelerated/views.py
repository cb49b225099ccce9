"""Random views of photos, made by JAX: crops, flips, colours, the draws of the pairs."""

import jax
import jax.numpy as jnp

from gecat.training.pairs import SPOILINGS


def random_views(key, photos, priors, size, objectless=0.08):
    """Crops, flips and recolours a batch; photo and prior move together.

    Args:
        key: a JAX random key.
        photos: uint8 (N, P, P, 3); priors: uint8 (N, P, P).
        size: side of the result in pixels.
        objectless: share of photos replaced by a small crop in which the teachers see no object.

    Returns:
        images float32 (N, S, S, 3) in [-1, 1], priors float32 (N, S, S, 1) in [0, 1].
    """
    keys = jax.random.split(key, 4)
    stacked = _flipped(keys[0], photos, priors)
    boxes, is_quiet = _boxes(keys[1], stacked[..., 3:], objectless)
    views = jax.vmap(lambda x, box: _crop(x, box, size))(stacked, boxes)
    images = _blur(keys[2], _recolour(keys[3], views[..., :3]))
    quiet = is_quiet[:, None, None, None]
    return images / 127.5 - 1.0, jnp.where(quiet, 0.0, jnp.clip(views[..., 3:], 0.0, 1.0))


def strong_views(key, photos, priors, size, smallest=0.2):
    """Views that leave little but what a thing is: close crops, mixed colours.

    Args:
        key, photos, priors, size: as for `random_views`.
        smallest: least area of a crop as a share of the photo; any area above is as likely.

    Returns:
        as `random_views`.
    """
    keys = jax.random.split(key, 7)
    count = photos.shape[0]
    stacked = _flipped(keys[0], photos, priors)
    area = jax.random.uniform(keys[1], (count, 1), minval=smallest, maxval=1.0)
    stretch = jax.random.uniform(keys[2], (count, 1), minval=-0.15, maxval=0.15)
    extent = jnp.sqrt(area) * jnp.exp(jnp.concatenate([stretch, -stretch], -1))
    extent = jnp.minimum(extent, 1.0)
    corner = jax.random.uniform(keys[3], (count, 2)) * (1.0 - extent)
    boxes = jnp.concatenate([corner, extent], -1)
    views = jax.vmap(lambda x, box: _crop(x, box, size))(stacked, boxes)
    images = _recolour(keys[4], _mix_channels(keys[5], views[..., :3]))
    return _blur(keys[6], images) / 127.5 - 1.0, jnp.clip(views[..., 3:], 0.0, 1.0)


def draw(key, count):
    """`pairs.draw` on the accelerator: every random number that one batch needs."""
    keys = jax.random.split(key, 9)

    def uniform(index, low, high, *shape):
        return jax.random.uniform(keys[index], (count, *shape), minval=low, maxval=high)

    return {
        "flip": jnp.sign(uniform(0, -1.0, 1.0)),
        "scale": jnp.exp(uniform(1, jnp.log(0.55), jnp.log(1.3))),
        "offset": uniform(2, -0.3, 0.3, 2),
        "tint": uniform(3, -0.15, 0.15, 3),
        "kind": jax.random.permutation(keys[4], jnp.arange(count) % len(SPOILINGS)),
        "strength": uniform(5, 0.0, 1.0),
        "angle": uniform(6, 0.0, 2 * jnp.pi),
        "shapes": uniform(7, 0.0, 1.0, 4),
        "softness": jnp.exp(uniform(8, jnp.log(0.5), jnp.log(4.0), 2)),
    }


def _flipped(key, photos, priors):
    """Photos and priors in one array (N, P, P, 4), 0 to 255 and 0 to 1; every other mirrored."""
    priors = priors[..., None].astype(jnp.float32) / 255.0
    stacked = jnp.concatenate([photos.astype(jnp.float32), priors], -1)
    mirrored = jax.random.bernoulli(key, 0.5, (photos.shape[0], 1, 1, 1))
    return jnp.where(mirrored, stacked[:, :, ::-1], stacked)


def _crop(x, box, size):
    """One picture's box (y, x, height, width as shares) at (size, size)."""
    scale = size / (x.shape[0] * box[2:])
    shape = (size, size, x.shape[-1])
    return jax.image.scale_and_translate(
        x, shape, (0, 1), scale, -box[:2] * x.shape[0] * scale, "linear"
    )


def _boxes(key, priors, objectless, tries=6):
    """Boxes (N, 4) and which of them (N,) show what the teachers find empty."""
    keys = jax.random.split(key, 6)
    count = priors.shape[0]
    extent = jax.random.uniform(keys[0], (count, 1), minval=0.65, maxval=1.15)
    extent = extent * jnp.exp(0.08 * jax.random.normal(keys[1], (count, 2)))
    extent = jnp.clip(extent, 0.5, 1.0)
    corner = jax.random.uniform(keys[2], (count, 2)) * (1.0 - extent)
    boxes = jnp.concatenate([corner, extent], -1)
    small = jax.random.uniform(keys[3], (count, tries, 1), minval=0.25, maxval=0.5)
    small = jnp.repeat(small, 2, -1)
    corner = jax.random.uniform(keys[4], (count, tries, 2)) * (1.0 - small)
    small = jnp.concatenate([corner, small], -1)  # (N, tries, 4)
    coarse = jax.image.resize(priors, (count, 64, 64, 1), "linear")
    looks = jax.vmap(jax.vmap(lambda x, box: _crop(x, box, 16), (None, 0)))(coarse, small)
    most = looks.max((2, 3, 4))  # (N, tries)
    best = most.argmin(1)
    wanted = jax.random.bernoulli(keys[5], objectless, (count,))
    is_quiet = wanted & (most.min(1) < 0.2)
    return jnp.where(is_quiet[:, None], small[jnp.arange(count), best], boxes), is_quiet


def _recolour(key, images):
    """Light, contrast, saturation and white balance, each picture its own; 0 to 255."""
    keys = jax.random.split(key, 7)
    count = images.shape[0]

    def column(index, low, high, channels=1):
        shape = (count, 1, 1, channels)
        return jax.random.uniform(keys[index], shape, minval=low, maxval=high)

    grey = images.mean(-1, keepdims=True)
    colour = jnp.where(column(5, 0.0, 1.0) < 0.06, 0.0, column(0, 0.5, 1.3))
    images = grey + colour * (images - grey)
    middle = images.mean((1, 2, 3), keepdims=True)
    images = middle + column(1, 0.6, 1.3) * (images - middle)
    images = images * column(2, 0.85, 1.15, 3) + column(3, -35.0, 35.0)
    noise = jax.random.normal(keys[4], images.shape) * column(6, -4.0, 8.0).clip(0.0)
    return jnp.clip(images + noise, 0.0, 255.0)


def _mix_channels(key, images):
    """Adds some of each colour channel to the others; a fifth of the pictures turns grey."""
    keys = jax.random.split(key)
    mix = jnp.eye(3) + 0.25 * jax.random.normal(keys[0], (images.shape[0], 3, 3))
    grey = jax.random.bernoulli(keys[1], 0.2, (images.shape[0], 1, 1))
    return jnp.einsum("nhwc,ncd->nhwd", images, jnp.where(grey, 1.0 / 3.0, mix))


def _blur(key, images):
    """A quarter of the pictures loses sharpness, as a phone's do."""
    window = jnp.ones((3, 3, 1, 1)) / 9.0
    window = jnp.repeat(window, 3, -1)
    blurred = jax.lax.conv_general_dilated(
        images,
        window,
        (1, 1),
        "SAME",
        dimension_numbers=("NHWC", "HWIO", "NHWC"),
        feature_group_count=3,
    )
    soft = jax.random.bernoulli(key, 0.25, (images.shape[0], 1, 1, 1))
    return jnp.where(soft, blurred, images)
