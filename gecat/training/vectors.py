"""A network as a function of one flat vector of its weights.

So freezing needs no switch: who is not given a network's vector cannot change it.
"""

import numpy as np
from keras import ops


def flatten(variables):
    """Joins variables to one float32 vector (n,)."""
    if not variables:
        return ops.zeros((0,))
    return ops.concatenate([ops.reshape(variable, (-1,)) for variable in variables])


def unflatten(theta, variables):
    """Cuts a vector (n,) into tensors of the variables' shapes."""
    if len(variables) < 2:
        return [ops.reshape(theta, variable.shape) for variable in variables]
    ends = np.cumsum([int(np.prod(variable.shape)) for variable in variables])
    return [
        ops.reshape(part, variable.shape)
        for part, variable in zip(ops.split(theta, ends[:-1].tolist()), variables, strict=True)
    ]


def assign(variables, theta):
    """Writes a vector (n,) into variables."""
    for variable, value in zip(variables, unflatten(theta, variables), strict=True):
        variable.assign(value)


def dot(a, b):
    """Inner product as a Python float, over the whole vector and never a tensor at a time."""
    return float(np.vdot(a, b)) if isinstance(a, np.ndarray) else float(ops.sum(a * b))


def norm(a):
    """Euclidean length as a Python float."""
    return dot(a, a) ** 0.5


def root(a):
    """Square root of each number of a vector."""
    return np.sqrt(a) if isinstance(a, np.ndarray) else ops.sqrt(a)


def mean(a):
    """Mean of the numbers of a vector as a Python float."""
    return float(a.mean()) if isinstance(a, np.ndarray) else float(ops.mean(a))


def call(network, theta, statistics, inputs, training=True):
    """Calls a network as a function of its vectors; the network itself stays as it is.

    Args:
        network: keras model.
        theta, statistics: (n,) and (s,), its trainable and its other weights.
        inputs: what the network takes.
        training: whether statistics of the batch normalise, or those given.

    Returns:
        (its outputs, its new statistics (s,)).
    """
    outputs, changed = network.stateless_call(
        unflatten(theta, network.trainable_variables),
        unflatten(statistics, network.non_trainable_variables),
        inputs,
        training=training,
    )
    return outputs, flatten(changed)
