"""Weights as safetensors with the config in the metadata: nothing in the file can run code."""

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save

from gecat.config import Config
from gecat.errors import SettingError, Term, WeightsError, name_of
from gecat.files import AnyPath, write_atomically
from gecat.model.registry import architecture_of, build_discriminator, build_generator, check

if TYPE_CHECKING:
    import keras

MAXIMUM_BYTES = 64 * 2**20
DIGEST_LETTERS = 12


@dataclass(frozen=True)
class Loaded:
    """Both networks of a weights file, its config and its facts (data, seconds, scores)."""

    config: Config
    generator: "keras.Model"
    discriminator: "keras.Model"
    facts: dict[str, Any]


def save_weights(path, config, generator, discriminator, facts=None):
    """Writes both networks to one file, atomically: a crash leaves the old file or the new one.

    Args:
        path: the file to write, *.safetensors.
        config: the Config that the networks were built from.
        generator, discriminator: keras models.
        facts: dict that JSON can hold, kept beside the weights.
    """
    arrays = {**_arrays("generator", generator), **_arrays("discriminator", discriminator)}
    metadata = {"gecat": json.dumps({"config": config.to_dict(), "facts": facts or {}})}
    write_atomically(Path(path), save(arrays, metadata=metadata))


def load_weights(path):
    """Reads both networks from a file; nothing is built that the file has no room for.

    Args:
        path: a file that `save_weights` wrote.

    Returns:
        Loaded.

    Raises:
        WeightsError: if the file is missing, damaged, too large or of another architecture, or
            holds NaN or infinity.
    """
    path = Path(path)
    with _opened(path) as file:
        config, facts = _description(file)
        _check_room(path, config)
        shapes = {name: tuple(file.get_slice(name).get_shape()) for name in file.keys()}  # noqa: SIM118
        networks = {
            "generator": build_generator(config),
            "discriminator": build_discriminator(config),
        }
        for name, network in networks.items():
            names = _names(name, network, shapes)
            _check_shapes(path.name, name, network, names, shapes)
            network.set_weights([_finite(path.name, file, array) for array in names])
    return Loaded(config, facts=facts, **networks)


def load_config(path: AnyPath) -> Config:
    """Reads the Config of a weights file; its networks are not built, so that Keras is not needed.

    Args:
        path: a file that `save_weights` wrote.

    Raises:
        WeightsError: if the file is missing, damaged, too large or of another architecture.
    """
    with _opened(Path(path)) as file:
        return _description(file)[0]


def litert_name(path: AnyPath) -> str:
    """What the LiteRT file of a weights file is called: by its digest, so that it fits no other."""
    path = Path(path)
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    return f"{path.stem}-{digest[:DIGEST_LETTERS]}.tflite"


def take_weights(network, source):
    """Gives a network the weights of another; what only it has stays fresh.

    Args:
        network: keras model that receives.
        source: keras model of the same architecture, or of one that `network` extends.

    Raises:
        WeightsError: if the network has no place for some of the weights.
    """
    if [weight.shape for weight in network.weights] == [weight.shape for weight in source.weights]:
        network.set_weights(source.get_weights())
        return
    places = {(weight.path, weight.shape): weight for weight in network.weights}
    homeless = [weight for weight in source.weights if (weight.path, weight.shape) not in places]
    if homeless:
        first = homeless[0].path
        raise WeightsError("weights.other_network", count=len(homeless), first=first)
    for weight in source.weights:
        places[weight.path, weight.shape].assign(weight)


def _arrays(name, network):
    return {
        f"{name}/{weight.path}": np.ascontiguousarray(value)
        for weight, value in zip(network.weights, network.get_weights(), strict=True)
    }


@contextmanager
def _opened(path: Path) -> Iterator[Any]:
    """A weights file, open; whatever is wrong with it while it is becomes a WeightsError."""
    if not path.is_file():
        raise WeightsError("weights.missing", received=name_of(path))
    size = path.stat().st_size
    if size > MAXIMUM_BYTES:
        sizes = {"limit": MAXIMUM_BYTES >> 20, "size": size >> 20}
        raise WeightsError("weights.too_large", name=path.name, **sizes)
    try:
        with safe_open(path, framework="numpy") as file:
            yield file
    except WeightsError:
        raise
    except SettingError as error:
        raise WeightsError("weights.settings", name=path.name, reason=error) from error
    except (SafetensorError, KeyError, TypeError, ValueError, OverflowError) as error:
        raise WeightsError("weights.damaged", received=path.name) from error


def _description(file):
    """The Config and the facts, a dict, in a file's metadata."""
    described = json.loads((file.metadata() or {})["gecat"])
    settings, facts = described["config"], described.get("facts", {})
    for part in (settings, facts):
        if not isinstance(part, dict):
            raise TypeError(f"settings and facts must have names, received {part!r:.40}")
    config = Config.from_dict(settings)
    check(config)
    return config, facts


def _check_room(path, config):
    """Compares a file's bytes with the least that its settings need, before memory is taken."""
    found, least = path.stat().st_size, 4 * architecture_of(config).least_numbers(config)
    if found < least:
        raise WeightsError("weights.no_room", name=path.name, least=least, found=found)


def _finite(file, weights, name):
    """One array of a weights file that holds numbers only."""
    array = weights.get_tensor(name)
    if not np.isfinite(array).all():
        raise WeightsError("weights.not_finite", name=file, array=name)
    return array


def _names(name, network, shapes):
    """What a file calls a network's arrays; files of before 2026-11-26 numbered them."""
    if f"{name}/000" in shapes:
        return [f"{name}/{index:03d}" for index in range(len(network.weights))]
    return [f"{name}/{weight.path}" for weight in network.weights]


def _check_shapes(file, name, network, names, shapes):
    expected = {
        array: tuple(weight.shape) for array, weight in zip(names, network.weights, strict=True)
    }
    found = {key: shape for key, shape in shapes.items() if key.startswith(f"{name}/")}
    if found != expected:
        counts = {"expected": len(expected), "found": len(found)}
        raise WeightsError("weights.architecture", name=file, network=Term(name), **counts)
