"""Training under JAX, on one device."""

from contextlib import nullcontext
from pathlib import Path

import jax

from gecat.errors import RunError

compiled = jax.jit


def value_and_gradient(function):
    """Makes theta -> ((value, extra), gradient) of a function theta -> (value, extra)."""
    return jax.value_and_grad(function, has_aux=True)


class Replicas:
    """The one device that JAX has chosen; it has a batch to itself.

    Args:
        strategy: None.
    """

    count = 1

    def __init__(self, strategy=None):
        if strategy is not None:
            raise TypeError(f"JAX learns on one device, received {strategy}")

    def device_names(self):
        """What computes: the model of the accelerator, or "CPU"."""
        device = jax.devices()[0]
        return ["CPU" if device.platform == "cpu" else device.device_kind]

    def scope(self):
        """A context in which networks are built."""
        return nullcontext()

    def adopt(self, network):
        """Makes a network ready; here it is."""

    def map(self, function, batch):
        """Returns function(batch), rows for rows."""
        return function(batch)

    def reduce(self, function, batch):
        """Returns function(batch): (sums, means) over its rows."""
        return function(batch)


def make_strategy(name):
    """Returns None, which stands for one device.

    Args:
        name: "none".

    Raises:
        RunError: for another name: several devices need TensorFlow's backend.
    """
    if name != "none":
        raise RunError("run.one_device", received=name)


def worker_folder(strategy, folder):
    """Returns pathlib.Path of the run's folder itself."""
    return Path(folder)
