"""The architectures by name: each is one file of this room, named as `Config.architecture` is.

A file is imported when its architecture is asked for, and Keras when a network is built: neither
this file nor the rules need it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING

from gecat.config import SETTINGS, Config, refuse

if TYPE_CHECKING:
    import keras

NAMES = tuple(SETTINGS["architecture"]["enum"])


@dataclass(frozen=True)
class Architecture:
    """What the file of an architecture gives as its `ARCHITECTURE`: its builders and its rules.

    Attributes:
        build_generator, build_discriminator: see the functions of these names. Layers that hold
            weights are given names, by which a weights file finds its arrays again.
        stride: from a Config to what the sides of a picture must be multiples of, pixels.
        least_numbers: from a Config to how many numbers the weights of both networks are at least.
        check: raises a SettingError for a Config that the networks cannot be built of.
        judged_side: from a Config to the one side, in pixels, of the pictures that D takes, or None
            where it takes any.
        shares_encoder: from a Config to whether D's encoder is the beginning of G's, so that
            `discriminator.take_encoder` works.
        pretrains: whether G has an encoder that can learn alone.
        calibrates: whether the bias of G's last convolution moves all its logits alike.
        settings: names of the settings that no other architecture looks at.
    """

    build_generator: Callable[[Config], "keras.Model"]
    build_discriminator: Callable[[Config], "keras.Model"]
    stride: Callable[[Config], int]
    least_numbers: Callable[[Config], int]
    check: Callable[[Config], None] = lambda config: None
    judged_side: Callable[[Config], int | None] = lambda config: None
    shares_encoder: Callable[[Config], bool] = lambda config: False
    pretrains: bool = False
    calibrates: bool = False
    settings: tuple[str, ...] = ()


def architecture(name: str) -> Architecture:
    """Returns the Architecture of a name, one of NAMES."""
    found: Architecture = import_module(f"gecat.model.{name}").ARCHITECTURE
    return found


def architecture_of(config: Config) -> Architecture:
    """Returns the Architecture of a Config's networks."""
    return architecture(config.architecture)


def check(config: Config) -> None:
    """Checks what an architecture asks of the settings.

    A Config holds only what each setting may be. Whoever takes settings from a person calls this
    at once; the builders call it in any case.

    Raises:
        SettingError: for settings that the networks cannot be built or trained with.
    """
    rules = architecture_of(config)
    sides = ["size", "inference_size"]
    if config.pretraining_share:
        sides.append("pretraining_size")
        if not rules.pretrains:
            allowed = [name for name in NAMES if architecture(name).pretrains]
            raise refuse("choice", "architecture", config.architecture, allowed=allowed)
    step = rules.stride(config)
    for name in sides:
        if getattr(config, name) % step:
            raise refuse("multiple", name, getattr(config, name), step=step)
    rules.check(config)


def build_generator(config: Config) -> "keras.Model":
    """Builds G with fresh weights.

    Returns:
        keras.Model from images (N, H, W, 3) in [-1, 1], H and W multiples of the architecture's
        stride, to mask logits (N, H, W, 1).

    Raises:
        SettingError: see `check`.
    """
    check(config)
    return architecture_of(config).build_generator(config)


def build_discriminator(config: Config) -> "keras.Model":
    """Builds D with fresh weights.

    Returns:
        keras.Model from [images (N, H, W, 3) in [-1, 1], masks (N, H, W, 1) in [0, 1]] to
        (image logits (N, 1), score-map logits (N, H, W, 1)); the sigmoid of the map is the
        probability that the shown mask is right at that pixel. It takes any sides that G takes,
        or where its input has fixed ones, those alone.

    Raises:
        SettingError: see `check`.
    """
    check(config)
    return architecture_of(config).build_discriminator(config)
