"""How each refusal of a weights file, of a setting and of what the networks do is provoked."""

import json
from types import SimpleNamespace

import keras
import numpy as np
from safetensors.numpy import load_file, save_file

import gecat
from gecat.app.explore.explorer import make_explorer
from gecat.app.ui.result_cache import ResultCache
from gecat.config import Config, preset
from gecat.i18n import words
from gecat.inference.batch import segment_files
from gecat.inspection import landscape
from gecat.model import weights as module
from gecat.model.registry import build_discriminator, build_generator, check
from gecat.model.weights import load_weights, save_weights, take_weights
from gecat.training.calibration import calibrate
from gecat.training.unused import refuse_unused


def written(place, arrays, **config):
    """Writes a weights file of preset small with other settings."""
    path = place / "given.safetensors"
    settings = {**preset("small").to_dict(), **config}
    save_file(arrays, path, {"gecat": json.dumps({"config": settings})})
    return path


def no_weights_in_use(tools):
    missing = tools.place / "given.safetensors"
    make_explorer(words("en"), lambda: gecat.load(missing), ResultCache()).loaded_segmenter()


def too_large_a_file(tools):
    tools.patch.setattr(module, "MAXIMUM_BYTES", 1)
    load_weights(written(tools.place, load_file(tools.weights)))


def damaged(tools):
    path = tools.place / "given.safetensors"
    path.write_bytes(b"only words")
    load_weights(path)


def not_finite(tools):
    arrays = load_file(tools.weights)
    arrays["generator/head/bias"] = np.full_like(arrays["generator/head/bias"], np.nan)
    load_weights(written(tools.place, arrays, generator_mixture=True))


def of_another_network(tools):
    narrow, wide = (preset("small", generator_widths=(8, last)) for last in (8, 16))
    take_weights(build_generator(wide), build_generator(narrow))


def not_calibrated(tools):
    config = preset("article", generator_widths=(8, 6, 3), discriminator_widths=(8, 8))
    path = tools.place / "given.safetensors"
    save_weights(path, config, build_generator(config), build_discriminator(config))
    calibrate(path, tools.weights, "scenes", tools.place / "out.safetensors")


def no_photo(tools):
    (tools.place / "given").mkdir()
    segment_files(None, [tools.place / "given"], tools.place / "out")


def small_tile(tools):
    gecat.load(tools.weights)(np.zeros((40, 40, 3), np.uint8), tile=1)


def too_late(tools):
    gecat.load(tools.weights).predict(np.zeros((40, 40, 3), np.uint8))
    gecat.load(tools.weights, threads=63)


def threads_of_another_backend(tools):
    tools.patch.setattr(keras.backend, "backend", lambda: "jax")
    gecat.load(tools.weights, threads=2)


def no_way_down(tools):
    tools.patch.setattr(landscape, "walk", lambda *args, **options: [])
    point = SimpleNamespace(theta=np.zeros(3), loss=0.0, gradient=np.zeros(3), carried=None)
    engine = SimpleNamespace(
        config=preset("small"),
        discriminator=SimpleNamespace(get_weights=list),
        freeze=lambda *_: None,
        generator_objective=lambda *_: lambda *_: point,
    )
    vector = np.zeros(3, np.float32)
    state = SimpleNamespace(
        generator=vector,
        generator_statistics=vector,
        generator_adam=(0.0, vector, vector),
        generator_memory=(),
        discriminator=vector,
        discriminator_statistics=vector,
        discriminator_adam=(0.0, vector, vector),
        discriminator_memory=(),
    )
    landscape.tell_cycle(engine, state, {})


def setting(**changes):
    return lambda tools: preset("base", **changes)


RECIPES = {
    "weights.none_in_use": no_weights_in_use,
    "weights.missing": lambda tools: gecat.load(tools.place / "given.safetensors"),
    "weights.too_large": too_large_a_file,
    "weights.damaged": damaged,
    "weights.settings": lambda tools: load_weights(
        written(tools.place, load_file(tools.weights), size=65)
    ),
    "weights.no_room": lambda tools: load_weights(written(tools.place, {"a": np.zeros(9)})),
    "weights.architecture": lambda tools: load_weights(
        written(tools.place, load_file(tools.weights), generator_widths=[8, 16, 32])
    ),
    "weights.not_finite": not_finite,
    "weights.other_network": of_another_network,
    "weights.not_calibrated": not_calibrated,
    "segment.no_photos": no_photo,
    "segment.tile": small_tile,
    "segment.threads": lambda tools: gecat.load(tools.weights, threads=0),
    "segment.threads_late": too_late,
    "segment.threads_elsewhere": threads_of_another_backend,
    "inspection.no_way_down": no_way_down,
    "setting.unknown": lambda tools: Config.from_dict({"given": 1}),
    "setting.choice": setting(composites="given"),
    "setting.text": setting(preset=3),
    "setting.yes_or_no": setting(generator_attention="given"),
    "setting.number": setting(armijo=3),
    "setting.whole": setting(seed=1.5),
    "setting.multiple": lambda tools: check(preset("base", size=161)),
    "setting.list": setting(generator_widths=(8,)),
    "setting.article": lambda tools: check(preset("article", generator_widths=(8, 8))),
    "setting.attention": setting(generator_widths=(8, 8), generator_attention=True),
    "setting.unused": lambda tools: refuse_unused(
        preset("small", pretraining_size=32), ["pretraining_size"]
    ),
    "setting.shares": setting(anchor_share=0.9, warmup_share=0.9),
}
