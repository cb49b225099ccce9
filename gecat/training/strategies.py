"""Devices and machines: TensorFlow's own strategies, chosen by name."""

from pathlib import Path

import tensorflow as tf


def make_strategy(name):
    """Builds a tf.distribute strategy.

    Args:
        name: "none" for one device; "mirrored" for all GPUs of this machine; "multiworker" for the
            machines that the environment variable TF_CONFIG names.

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
