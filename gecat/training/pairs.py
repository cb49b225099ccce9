"""The pairs of photo and mask that the networks learn from, made from photos alone.

Everything here is a pure function of a batch and of `draws`, so that a batch can be frozen whole.
A target is the mask that fits its picture: what the teachers say of a photo, or the exact mask that
made a composite. A certainty in [0, 1] a pixel tells how far the target is to be believed.
"""

import functools

import numpy as np
from keras import ops

SPOILINGS = ("grown", "shrunk", "shifted", "half", "other", "polygon", "all", "nothing")


def draw(generator, count):
    """Draws every random number that one batch needs.

    Args:
        generator: numpy.random.Generator.
        count: pictures in the batch.

    Returns:
        dict of float32 or int32 arrays, one row a picture.
    """
    uniform = generator.uniform
    return {
        "flip": np.sign(uniform(-1, 1, count)).astype(np.float32),
        "scale": np.exp(uniform(np.log(0.55), np.log(1.3), count)).astype(np.float32),
        "offset": uniform(-0.3, 0.3, (count, 2)).astype(np.float32),
        "tint": uniform(-0.15, 0.15, (count, 3)).astype(np.float32),
        "kind": generator.permutation(np.arange(count) % len(SPOILINGS)).astype(np.int32),
        "strength": uniform(0.0, 1.0, count).astype(np.float32),
        "angle": uniform(0, 2 * np.pi, count).astype(np.float32),
        "shapes": uniform(0.0, 1.0, (count, 4)).astype(np.float32),
        "softness": np.exp(uniform(np.log(0.5), np.log(4.0), (count, 2))).astype(np.float32),
    }


def photo_targets(prior, mask, has_mask, mask_weight=1.0):
    """What a photo's mask should be, and how certain that is.

    Args:
        prior: (N, H, W, 1) in [0, 1], the share of the label-free teachers that say "object".
        mask: (N, H, W, 1) in [0, 1], a mask made by a person where there is one.
        has_mask: (N,) of 0 or 1.
        mask_weight: what a person's mask counts, 0 or more; a teachers' mask counts at most 1.

    Returns:
        target (N, H, W, 1), certainty (N, H, W, 1).
    """
    labelled = ops.reshape(has_mask, (-1, 1, 1, 1))
    # 1 where every teacher agrees on every pixel, less the more of the object is in doubt.
    agreement = _sum(prior * prior) / ops.maximum(_sum(prior), 1e-3)
    agreement = ops.where(_sum(prior) < 1.0, ops.ones_like(agreement), agreement)
    certainty = (0.2 + 0.8 * ops.abs(2.0 * prior - 1.0)) * agreement
    target = labelled * mask + (1.0 - labelled) * prior
    return target, labelled * mask_weight + (1.0 - labelled) * certainty


def composites(photos, targets, certainties, draws):
    """Pastes objects of the first half of a batch into the photos of the second half.

    Args:
        photos: (N, H, W, 3) in [-1, 1], N even.
        targets, certainties: (N, H, W, 1) of `photo_targets`.
        draws: of `draw`.

    Returns:
        pictures (N/2, H, W, 3), targets and certainties (N/2, H, W, 1): exact where pasted.
    """
    half = photos.shape[0] // 2
    cut = ops.cast(targets[:half] > 0.5, "float32")
    moved = _move(ops.concatenate([photos[:half], cut], axis=-1), draws, half)
    tint = ops.reshape(draws["tint"][:half], (-1, 1, 1, 3))
    pasted = ops.clip(moved[..., :3] + tint, -1.0, 1.0)
    shape = ops.cast(moved[..., 3:] > 0.5, "float32")
    alpha = _blurred(shape, 3)  # a camera's edge is not razor-sharp
    pictures = alpha * pasted + (1.0 - alpha) * photos[half:]
    fitting = ops.maximum(shape, targets[half:])
    return pictures, fitting, ops.maximum(shape, certainties[half:])


def mixtures(photos, targets, certainties, draws):
    """Pastes regions of random outline, whatever they hold, into the second half of a batch.

    Along the outline the target is exact, however blurred the teachers' own edges are, and a piece
    of ground stays ground wherever it lies (French et al. 2020, "Semi-supervised semantic
    segmentation needs strong, varied perturbations", section 3.3, with outlines for boxes).

    Args:
        photos, targets, certainties, draws: as for `composites`.

    Returns:
        pictures (N/2, H, W, 3), targets and certainties (N/2, H, W, 1).
    """
    half = photos.shape[0] // 2
    layers = [photos[:half], targets[:half], certainties[:half], ops.ones_like(targets[:half])]
    moved = _move(ops.concatenate(layers, axis=-1), draws, half)  # (N/2, H, W, 6)
    outline = {name: draws[name][:half] for name in ("angle", "shapes")}
    whole = ops.cast(moved[..., 5:] > 0.99, "float32")  # not what lay outside of the photo
    region = _polygon(outline, targets[:half].shape) * whole
    tint = ops.reshape(draws["tint"][:half], (-1, 1, 1, 3))
    alpha = _blurred(region, 3)
    pictures = alpha * ops.clip(moved[..., :3] + tint, -1.0, 1.0) + (1.0 - alpha) * photos[half:]
    fitting = region * moved[..., 3:4] + (1.0 - region) * targets[half:]
    return pictures, fitting, region * moved[..., 4:5] + (1.0 - region) * certainties[half:]


def spoil(masks, draws):
    """Spoils each mask in the way and with the strength drawn for it.

    Args:
        masks: (N, H, W, 1) in [0, 1].
        draws: of `draw`; "kind" indexes SPOILINGS, "strength" is from 0 (mild) to 1.

    Returns:
        (N, H, W, 1) in [0, 1], soft at the edges.
    """
    solid = ops.cast(masks > 0.5, "float32")
    variants = ops.stack(
        [
            _grown(solid, draws["strength"]),
            1.0 - _grown(1.0 - solid, draws["strength"]),
            _shifted(solid, draws),
            solid * _half_plane(_centroid(solid), draws["angle"], solid.shape),
            ops.roll(solid, 1, axis=0),
            _polygon(draws, solid.shape),
            ops.ones_like(solid),
            ops.zeros_like(solid),
        ],
        axis=1,
    )  # (N, 8, H, W, 1)
    chosen = ops.reshape(ops.one_hot(draws["kind"], len(SPOILINGS)), (-1, len(SPOILINGS), 1, 1, 1))
    return soften(ops.sum(variants * chosen, axis=1))


def soften(solid):
    """Gives a mask of 0 and 1 the blurred edge that a network's mask has."""
    return _blurred(solid, 5)


def show(masks, softness):
    """Sharpens or softens masks, fitting and spoiled alike, so that softness alone never tells.

    Args:
        masks: (N, H, W, 1) in [0, 1].
        softness: (N,) powers of the odds, above 0; 1 leaves the odds as they are.

    Returns:
        (N, H, W, 1) in (0, 1).
    """
    inside = ops.clip(masks, 0.02, 0.98)
    logits = ops.log(inside) - ops.log(1.0 - inside)
    return ops.sigmoid(logits * ops.reshape(softness, (-1, 1, 1, 1)))


def _sum(x):
    return ops.sum(x, axis=(1, 2, 3), keepdims=True)


def _move(x, draws, count):
    """Flips, scales and shifts pictures (N, H, W, C) about their centre; outside is 0."""
    height, width = x.shape[1:3]
    zero = ops.zeros((count,), "float32")
    scale_y = 1.0 / draws["scale"][:count]
    scale_x = scale_y * draws["flip"][:count]
    shift_y = height * (0.5 - scale_y * (0.5 + draws["offset"][:count, 0]))
    shift_x = width * (0.5 - scale_x * (0.5 + draws["offset"][:count, 1]))
    rows = [scale_x, zero, shift_x, zero, scale_y, shift_y, zero, zero]
    return ops.image.affine_transform(x, ops.stack(rows, axis=1), fill_mode="constant")


def _grown(solid, strength):
    """Dilates by about 2, 4 or 8% of the side, mild to strong."""
    side = solid.shape[1]
    grown = [_dilated(solid, max(1, round(side * share))) for share in (0.02, 0.04, 0.08)]
    level = ops.reshape(strength, (-1, 1, 1, 1)) * 3.0
    return ops.where(level < 1.0, grown[0], ops.where(level < 2.0, grown[1], grown[2]))


def _dilated(solid, reach):
    """The square window's greatest value, by rows and then by columns."""
    size = 2 * reach + 1
    return _slide(_slide(solid, size, 1, ops.maximum), size, 2, ops.maximum)


def _blurred(solid, size):
    """The square window's mean; the mask goes on, mirrored, beyond the picture's edge."""
    return _slide(_slide(solid, size, 1, ops.add), size, 2, ops.add) / float(size * size)


def _slide(x, size, axis, combine):
    """Combines each `size` neighbours along an axis; pooling one channel takes ten times longer."""
    reach, length = size // 2, x.shape[axis]
    margin = [(0, 0)] * axis + [(reach, reach)] + [(0, 0)] * (3 - axis)
    padded = ops.pad(x, margin, mode="symmetric")
    before = (slice(None),) * axis
    parts = [padded[(*before, slice(at, at + length))] for at in range(size)]
    return functools.reduce(combine, parts)


def _shifted(solid, draws):
    """Moves each mask by 6 to 25% of the side in the direction drawn."""
    height, width = solid.shape[1:3]
    length = 0.06 + 0.19 * draws["strength"]
    one, zero = ops.ones_like(length), ops.zeros_like(length)
    shift_x = width * length * ops.cos(draws["angle"])
    shift_y = height * length * ops.sin(draws["angle"])
    rows = [one, zero, shift_x, zero, one, shift_y, zero, zero]
    return ops.image.affine_transform(
        solid, ops.stack(rows, axis=1), interpolation="nearest", fill_mode="constant"
    )


def _grid(shape):
    """Coordinates from -1 to 1: y (1, H, 1, 1) and x (1, 1, W, 1)."""
    y = ops.reshape(ops.linspace(-1.0, 1.0, shape[1]), (1, -1, 1, 1))
    x = ops.reshape(ops.linspace(-1.0, 1.0, shape[2]), (1, 1, -1, 1))
    return y, x


def _centroid(solid):
    y, x = _grid(solid.shape)
    area = ops.maximum(_sum(solid), 1.0)
    return _sum(solid * y) / area, _sum(solid * x) / area


def _half_plane(centre, angle, shape):
    y, x = _grid(shape)
    angle = ops.reshape(angle, (-1, 1, 1, 1))
    side = (y - centre[0]) * ops.sin(angle) + (x - centre[1]) * ops.cos(angle)
    return ops.cast(side > 0.0, "float32")


def _polygon(draws, shape):
    """A random convex quadrilateral: where four half-planes around a random point meet."""
    y, x = _grid(shape)
    numbers = ops.reshape(draws["shapes"], (-1, 4, 1, 1, 1))
    y, x = y - (numbers[:, 0] - 0.5), x - (numbers[:, 1] - 0.5)
    inside = 1.0
    for index in range(4):
        angle = ops.reshape(draws["angle"], (-1, 1, 1, 1)) + index * np.pi / 2 + numbers[:, 2] - 0.5
        distance = 0.2 + 0.6 * (numbers[:, index] * 0.5 + numbers[:, 3] * 0.5)
        inside = inside * ops.cast(y * ops.sin(angle) + x * ops.cos(angle) < distance, "float32")
    return inside
