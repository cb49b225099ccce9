"""Warm-up and anchored rounds on one accelerator: the same networks, pairs and losses under JAX.

TensorFlow needs a GPU build of its own; Keras's JAX backend runs wherever JAX does. Hours of two
cores become minutes, enough for an encoder to learn things from photos before it learns masks, and
for the generator to be its own teacher many times over. Run it as
`KERAS_BACKEND=jax python -m gecat.training.accelerated --help`.
"""
