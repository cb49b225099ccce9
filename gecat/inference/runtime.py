"""What computes: networks as compiled functions of arrays, under the backend that Keras runs on."""

from collections.abc import Callable
from typing import Any

import cv2
import keras
import numpy as np

from gecat.errors import UserError
from gecat.files import AnyPath
from gecat.images.sizes import network_input, network_size, resized
from gecat.model.registry import architecture_of
from gecat.model.weights import load_weights


def compiled(network: keras.Model) -> Callable[[Any], Any]:
    """Makes a compiled function of a keras model as it predicts.

    A function is compiled once for each input shape. There are few: the longer side is fixed, and
    the other is one of the multiples of the stride below it.

    Args:
        network: keras model; what its weights become later counts, too.

    Returns:
        function from what the model takes to its outputs as float32 arrays, in the model's
        structure.
    """
    if keras.backend.backend() == "jax":
        import jax

        @jax.jit
        def run(weights, statistics, inputs):
            return network.stateless_call(weights, statistics, inputs, training=False)[0]

        def call(inputs):
            parts = network.trainable_variables, network.non_trainable_variables
            return run(*([variable.value for variable in part] for part in parts), inputs)

    else:
        import tensorflow as tf

        # Python never branches on a tensor in a network, so no source needs converting.
        @tf.function(autograph=False)
        def call(inputs):
            return network(inputs, training=False)

    return lambda inputs: keras.tree.map_structure(np.asarray, call(inputs))


class Networks:
    """G and D as compiled functions of arrays.

    A function is compiled once for each input shape. There are few: the longer side is fixed, and
    the other is one of the multiples of the stride below it.
    """

    def __init__(self, path: AnyPath) -> None:
        loaded = load_weights(path)
        self.config = loaded.config
        self.models = loaded
        # Sides of a picture at the networks are multiples of this, pixels.
        self.stride = architecture_of(loaded.config).stride(loaded.config)
        # The article's discriminator ends in Flatten and takes one size only.
        self._judged_size = loaded.discriminator.input_shape[0][1:3]
        self._generator = compiled(loaded.generator)
        self._discriminator = compiled(loaded.discriminator)

    def logits(self, image: np.ndarray, longer_side: int) -> np.ndarray:
        """Mask logits (h, w) at network size."""
        height, width = network_size(image.shape, longer_side, self.stride)
        return self._generator(network_input(image, height, width))[0, ..., 0]

    def generate(self, pictures: np.ndarray) -> np.ndarray:
        """Mask logits (N, h, w) of pictures as `input` makes them."""
        return self._generator(pictures)[..., 0]

    def tile_logits(self, image: np.ndarray) -> np.ndarray:
        """Mask logits (H, W) of a tile seen at its own resolution."""
        height, width = image.shape[:2]
        logits = self.logits(image, max(height, width))
        return cv2.resize(logits, (width, height), interpolation=cv2.INTER_LINEAR)

    def verdicts(self, image: np.ndarray, masks: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Logits of the scores (N,) and of the score maps (N, h, w) of masks (N, H, W)."""
        scores, maps = self._discriminator(self.pairs(image, masks))
        return scores[:, 0], maps[..., 0]

    def pairs(self, image: np.ndarray, masks: np.ndarray) -> list[np.ndarray]:
        """What the discriminator takes: float32 (N, h, w, 3) and (N, h, w, 1)."""
        height, width = self._judged_size
        if height is None:
            size = self.config.inference_size
            height, width = network_size(image.shape, size, self.stride)
        masks = np.stack([resized(mask, height, width) for mask in masks])[..., None]
        return [np.repeat(network_input(image, height, width), len(masks), 0), masks]

    def input(self, image: np.ndarray) -> np.ndarray:
        """What the generator takes: float32 (1, h, w, 3)."""
        config = self.config
        size = network_size(image.shape, config.inference_size, self.stride)
        return network_input(image, *size)


def limit_threads(threads: int) -> None:
    """Bounds the threads that TensorFlow may use, before it runs anything.

    Raises:
        UserError: if threads is below 1, if TensorFlow already runs with another number of
            threads, or if another backend computes.
    """
    if threads < 1:
        raise UserError("segment.threads", received=threads)
    if keras.backend.backend() != "tensorflow":
        raise UserError("segment.threads_elsewhere", received=threads)
    import tensorflow as tf

    try:
        tf.config.threading.set_intra_op_parallelism_threads(threads)
        tf.config.threading.set_inter_op_parallelism_threads(threads)
    except RuntimeError:
        raise UserError("segment.threads_late", received=threads) from None
