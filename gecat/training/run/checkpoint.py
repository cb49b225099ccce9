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
        named = {field.name: value}
        if isinstance(value, tuple):
            named = {f"{field.name}/{i}": part for i, part in enumerate(value)}
        for name, part in named.items():
            if isinstance(part, (int, float)):
                numbers[name] = part
            else:
                arrays[name] = np.asarray(part)
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
            numbers = json.loads(file.metadata()["gecat"])
            fields = dataclasses.fields(State)
            # What a State of an earlier version remembered besides is left.
            values = {each.name: numbers[each.name] for each in fields if each.name in numbers}
            for field in fields:
                model = getattr(like, field.name)
                if isinstance(model, tuple) and not model:
                    # As long as a stage lasts; only it knows the shapes.
                    values[field.name] = _parts(file, field.name, numbers)
                elif isinstance(model, tuple):
                    values[field.name] = tuple(
                        _fitting(file, f"{field.name}/{i}", part) for i, part in enumerate(model)
                    )
                elif field.name not in values:
                    values[field.name] = _fitting(file, field.name, model)
    except Exception as error:
        raise RunError("run.checkpoint_damaged", received=name_of(path)) from error
    return State(**values)


def _parts(file, name, numbers):
    """The parts of a tuple, as many as were written."""
    stored, parts = set(file.keys()), []
    while (key := f"{name}/{len(parts)}") in stored or key in numbers:
        number = numbers.get(key)
        parts.append(ops.convert_to_tensor(file.get_tensor(key)) if number is None else number)
    return tuple(parts)


def _fitting(file, name, model):
    value = file.get_tensor(name)
    if tuple(value.shape) != tuple(model.shape):
        raise ValueError(f"{name} has shape {value.shape}, expected {tuple(model.shape)}")
    return ops.convert_to_tensor(value, model.dtype)
