"""A photo seen at two sizes by the same layers: what is too near at one is whole at the other."""

from keras import layers, ops


class Shrink(layers.Layer):
    """Makes pictures smaller, to the next sides that the networks can take.

    Args:
        share: of the sides, in (0, 1].
        stride: sides of the result are multiples of this, in pixels.
        name: of the layer.
    """

    def __init__(self, share, stride, name=None):
        super().__init__(name=name)
        self.share = share
        self.stride = stride

    def call(self, pictures):
        """Pictures (N, H, W, C) to (N, H * share, W * share, C)."""
        sides = [self._side(side) for side in ops.shape(pictures)[1:3]]
        return ops.image.resize(pictures, sides, antialias=True)

    def compute_output_shape(self, shape):
        count, height, width, channels = shape
        sides = [side and self._side(side) for side in (height, width)]
        return (count, *sides, channels)

    def _side(self, side):
        share = self.share / self.stride
        if isinstance(side, int):
            return max(1, round(side * share)) * self.stride
        steps = ops.round(ops.cast(side, "float32") * share)
        return ops.maximum(1, ops.cast(steps, "int32")) * self.stride


class MeanOfSizes(layers.Layer):
    """The mean of maps (N, H, W, C) and (N, h, w, C), of the first one's size."""

    def call(self, maps):
        first, second = maps
        second = ops.image.resize(second, ops.shape(first)[1:3])
        return 0.5 * (first + second)

    def compute_output_shape(self, shapes):
        return shapes[0]
