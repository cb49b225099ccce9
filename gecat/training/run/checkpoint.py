"""A run's State as one file, so that a run resumes bit for bit."""

import dataclasses
import json

import numpy as np
from keras import ops
from safetensors import safe_open
from safetensors.numpy import save

from gecat.errors import RunError, name_of
from gecat.files import write_atomically
from gecat.training.state import State


def save_state(path, state):
    """Writes a State atomically."""
    arrays, numbers = {}, {}
    for field in dataclasses.fields(State):
        value = getattr(state, field.name)
        if isinstance(value, tuple):
            arrays |= {f"{field.name}/{i}": np.asarray(part) for i, part in enumerate(value)}
        elif isinstance(value, (int, float)):
            numbers[field.name] = value
        else:
            arrays[field.name] = np.asarray(value)
    write_atomically(path, save(arrays, metadata={"gecat": json.dumps(numbers)}))


def load_state(path, like):
    """Reads a State.

    Args:
        path: a file that `save_state` wrote.
        like: a State of the same networks, for the shapes.

    Raises:
        RunError: if the file does not fit.
    """
    try:
        with safe_open(path, framework="numpy") as file:
            values = json.loads(file.metadata()["gecat"])
            for field in dataclasses.fields(State):
                model = getattr(like, field.name)
                if field.name == "pretraining":
                    # As long as the stage lasts; only it knows the shapes.
                    stored = sum(key.startswith("pretraining/") for key in file.keys())  # noqa: SIM118
                    values[field.name] = tuple(
                        ops.convert_to_tensor(file.get_tensor(f"pretraining/{i}"))
                        for i in range(stored)
                    )
                elif isinstance(model, tuple):
                    values[field.name] = tuple(
                        _fitting(file, f"{field.name}/{i}", part) for i, part in enumerate(model)
                    )
                elif field.name not in values:
                    values[field.name] = _fitting(file, field.name, model)
    except Exception as error:
        raise RunError("run.checkpoint_damaged", received=name_of(path)) from error
    return State(**values)


def _fitting(file, name, model):
    value = file.get_tensor(name)
    if tuple(value.shape) != tuple(model.shape):
        raise ValueError(f"{name} has shape {value.shape}, expected {tuple(model.shape)}")
    return ops.convert_to_tensor(value, model.dtype)
