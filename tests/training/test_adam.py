"""Adam as a pure function takes the steps of keras's."""

import keras
import numpy as np
import tensorflow as tf

from gecat.training import adam
from gecat.training.objectives import shrinkage


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


def test_weight_decay_is_that_of_keras():
    rng = np.random.default_rng(0)
    start = rng.normal(size=20).astype(np.float32)
    variable, rival = keras.Variable(start), keras.optimizers.AdamW(0.05, weight_decay=0.02)
    theta, memory = tf.constant(start), adam.start(tf.constant(start))
    for _ in range(6):
        gradient = tf.constant(rng.normal(size=20), tf.float32)
        theta, memory = adam.step(theta, memory, gradient, 0.05, 0.9, shrink=0.02)
        rival.apply([gradient], [variable])
    np.testing.assert_allclose(theta, variable.numpy(), rtol=1e-5, atol=1e-6)


def test_nothing_but_kernels_decays():
    kernel, bias = keras.Variable(np.ones((2, 3))), keras.Variable(np.ones(2))
    np.testing.assert_allclose(shrinkage([kernel, bias], 0.1), [0.1] * 6 + [0.0] * 2, rtol=1e-6)


def test_the_first_step_is_as_long_as_the_rate_in_every_weight():
    theta = tf.zeros(3)
    gradient = tf.constant([1e-3, -5.0, 2.0])
    moved, _ = adam.step(theta, adam.start(theta), gradient, 0.1, 0.9)
    np.testing.assert_allclose(moved, [-0.1, 0.1, -0.1], rtol=1e-2)
