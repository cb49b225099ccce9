"""What computes: LiteRT for the weights that ship, Keras and its backend for all others."""

import functools
import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

from gecat.errors import UserError
from gecat.files import AnyPath
from gecat.images.sizes import network_input, network_size, resized
from gecat.inference.litert import Interpreters, shipped_litert
from gecat.model.registry import architecture_of
from gecat.model.weights import Loaded, load_config, load_weights

if TYPE_CHECKING:
    import keras


def compiled(network: "keras.Model") -> Callable[[Any], Any]:
    """Makes a compiled function of a keras model as it predicts.

    A function is compiled once for each input shape. There are few: the longer side is fixed, and
    the other is one of the multiples of the stride below it.

    Args:
        network: keras model; what its weights become later counts, too.

    Returns:
        function from what the model takes to its outputs as float32 arrays, in the model's
        structure.
    """
    import keras

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
    """G and D as functions of arrays.

    Args:
        path: of a weights file.
        threads: of one call, where LiteRT computes; None for one.
    """

    def __init__(self, path: AnyPath, threads: int | None = None) -> None:
        self._path = Path(path)
        self._lock = threading.Lock()
        self._models: Loaded | None = None
        litert = shipped_litert(self._path)
        if litert is None:
            self.config = self.models.config
            self._generator = compiled(self.models.generator)
            self._discriminator = compiled(self.models.discriminator)
        else:
            self.config = load_config(path)
            run = Interpreters(litert, threads or 1)
            self._generator = functools.partial(_generate, run)
            self._discriminator = functools.partial(_discriminate, run)
        architecture = architecture_of(self.config)
        # Sides of a picture at the networks are multiples of this, pixels.
        self.stride = architecture.stride(self.config)
        self._judged_side = architecture.judged_side(self.config)

    @property
    def models(self) -> Loaded:
        """The keras models, for whoever looks inside; read when they are first asked for."""
        with self._lock:
            if self._models is None:
                self._models = load_weights(self._path)
            return self._models

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
        side = self._judged_side
        if side is None:
            height, width = network_size(image.shape, self.config.inference_size, self.stride)
        else:
            height = width = side
        one = np.float32(255 if masks.dtype == np.uint8 else 1)
        masks = np.stack([resized(mask, height, width) for mask in masks])[..., None] / one
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
    import keras

    if keras.backend.backend() != "tensorflow":
        raise UserError("segment.threads_elsewhere", received=threads)
    import tensorflow as tf

    try:
        tf.config.threading.set_intra_op_parallelism_threads(threads)
        tf.config.threading.set_inter_op_parallelism_threads(threads)
    except RuntimeError:
        raise UserError("segment.threads_late", received=threads) from None


def _generate(run, pictures):
    """Mask logits (N, h, w, 1) of pictures (N, h, w, 3), one after the other."""
    return np.concatenate([run("generator", image=one[None])["logits"] for one in pictures])


def _discriminate(run, pairs):
    """Logits of the scores (N, 1) and of the score maps (N, h, w, 1), one pair after the other."""
    found = [
        run("discriminator", image=image[None], mask=mask[None])
        for image, mask in zip(*pairs, strict=True)
    ]
    return tuple(np.concatenate([each[name] for each in found]) for name in ("score", "score_map"))
