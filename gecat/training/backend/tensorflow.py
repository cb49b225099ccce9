"""Training under TensorFlow; its own strategies share a batch over devices and machines."""

from contextlib import nullcontext
from functools import partial
from pathlib import Path

import keras
import tensorflow as tf

from gecat.quiet import share_gpus

share_gpus()
# Python never branches on a tensor here, so no source needs converting, which took a third of the
# time before a first step.
compiled = partial(tf.function, autograph=False)


def value_and_gradient(function):
    """Makes theta -> ((value, extra), gradient) of a function theta -> (value, extra)."""

    def both(theta):
        with tf.GradientTape() as tape:
            tape.watch(theta)
            value, extra = function(theta)
        return (value, extra), tape.gradient(value, theta)

    return both


class Replicas:
    """The devices that share a batch.

    Args:
        strategy: a tf.distribute strategy, or None for the one in scope.
    """

    def __init__(self, strategy=None):
        self._strategy = strategy or tf.distribute.get_strategy()
        self.count = self._strategy.num_replicas_in_sync

    def device_names(self):
        """What computes on this machine: the model of each GPU that takes part, or "CPU"."""
        gpus = tf.config.list_physical_devices("GPU")[: self.count]
        details = map(tf.config.experimental.get_device_details, gpus)
        return [each.get("device_name", "GPU") for each in details] or ["CPU"]

    def scope(self):
        """A context in which networks are built, so that every device holds their weights."""
        return self._strategy.scope() if self.count > 1 else nullcontext()

    def adopt(self, network):
        """Lets a network's statistics be those of the whole batch, so that no replica differs."""
        for layer in network.layers:
            if isinstance(layer, keras.layers.BatchNormalization):
                layer.synchronized = self.count > 1

    def map(self, function, batch):
        """Runs a function on each replica's own rows of a batch.

        Args:
            function: dict of tensors -> tensor, rows for rows.
            batch: dict of tensors (N, ...).

        Returns:
            the results' rows, in order.
        """
        if self.count == 1:
            return function(batch)
        return self._strategy.gather(self._run(function, batch), 0)

    def reduce(self, function, batch):
        """Runs a function on each replica's own rows of a batch and brings the results together.

        Args:
            function: dict of tensors -> (sums, means), two structures of tensors.
            batch: dict of tensors (N, ...).

        Returns:
            (sums over the replicas, means over the replicas).
        """
        if self.count == 1:
            return function(batch)
        sums, means = self._run(function, batch)
        return self._reduced("SUM", sums), self._reduced("MEAN", means)

    def _run(self, function, batch):
        def on_rows():
            index = tf.distribute.get_replica_context().replica_id_in_sync_group
            rows = next(iter(batch.values())).shape[0] // self.count
            here = slice(index * rows, (index + 1) * rows)
            return function({name: x[here] for name, x in batch.items()})

        return self._strategy.run(on_rows)

    def _reduced(self, how, values):
        reduce = partial(self._strategy.reduce, how, axis=None)
        return tf.nest.map_structure(reduce, values)


def make_strategy(name):
    """Builds a tf.distribute strategy.

    Args:
        name: "none" for one device; "mirrored" for all GPUs of this machine; "multiworker" for the
            machines that the environment variable TF_CONFIG names; "logical" for two devices made
            of this machine's cores, before TensorFlow has used any: to measure with.

    Returns:
        a strategy, or None for "none".

    Raises:
        ValueError: for another name.
    """
    if name == "none":
        return None
    if name == "mirrored":
        return tf.distribute.MirroredStrategy()
    if name == "multiworker":
        return tf.distribute.MultiWorkerMirroredStrategy()
    if name == "logical":
        cores = tf.config.list_physical_devices("CPU")[0]
        half = tf.config.LogicalDeviceConfiguration()
        tf.config.set_logical_device_configuration(cores, [half, half])
        return tf.distribute.MirroredStrategy(["CPU:0", "CPU:1"])
    raise ValueError(f"strategy must be none, mirrored or multiworker, received {name!r}")


def worker_folder(strategy, folder):
    """Where this process keeps its run: the first worker in the folder itself, others below it.

    Args:
        strategy: of `make_strategy`.
        folder: the run's folder.

    Returns:
        pathlib.Path.
    """
    resolver = getattr(strategy, "cluster_resolver", None)
    number = getattr(resolver, "task_id", None) or 0
    return Path(folder) / "workers" / str(number) if number else Path(folder)
