"""Adam as a pure function takes the steps of keras's."""

import keras
import numpy as np
import tensorflow as tf

from gecat.training import adam


def test_steps_are_those_of_keras():
    rng = np.random.default_rng(0)
    variable = keras.Variable(rng.normal(size=20).astype(np.float32))
    rival = keras.optimizers.Adam(0.05, beta_1=0.5)
    theta, memory = tf.constant(variable.numpy()), adam.start(tf.constant(variable.numpy()))
    for _ in range(6):
        gradient = tf.constant(rng.normal(size=20), tf.float32)
        theta, memory = adam.step(theta, memory, gradient, 0.05, 0.5)
        rival.apply([gradient], [variable])
    np.testing.assert_allclose(theta, variable.numpy(), rtol=1e-5, atol=1e-6)
    assert memory[0] == 6.0


def test_the_first_step_is_as_long_as_the_rate_in_every_weight():
    theta = tf.zeros(3)
    gradient = tf.constant([1e-3, -5.0, 2.0])
    moved, _ = adam.step(theta, adam.start(theta), gradient, 0.1, 0.9)
    np.testing.assert_allclose(moved, [-0.1, 0.1, -0.1], rtol=1e-2)
