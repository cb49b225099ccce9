"""A network as a compiled function of arrays."""

import keras
import numpy as np

from gecat.inference.runtime import compiled


class Traced(keras.layers.Dense):
    """Counts how often Python walks through it, which is once a compilation."""

    traces = 0

    def call(self, inputs, training=None):
        self.traces += 1
        return super().call(inputs)


def test_a_network_is_compiled_once_a_shape_and_follows_its_weights():
    layer = Traced(2, kernel_initializer="ones")
    network = keras.Sequential([keras.Input((3,)), layer])
    before = layer.traces
    call = compiled(network)
    for rows in (1, 4, 1, 4, 1):
        found = call(np.ones((rows, 3), np.float32))
        np.testing.assert_array_equal(found, np.full((rows, 2), 3.0, np.float32))
    assert isinstance(found, np.ndarray)
    assert layer.traces - before == 2
    layer.kernel.assign(2.0 * np.ones((3, 2)))
    np.testing.assert_array_equal(call(np.ones((1, 3), np.float32)), [[6.0, 6.0]])
