"""GEC-AT segments a photo into object and background, and learns to from photos alone."""

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from gecat.config import Config
    from gecat.errors import UserError
    from gecat.inference.segmenter import Segmentation, Segmenter, load
    from gecat.inference.strokes import Stroke
    from gecat.training.train import train

__version__ = "0.1.0"

_HOMES = {
    "load": "gecat.inference.segmenter",
    "Segmenter": "gecat.inference.segmenter",
    "Segmentation": "gecat.inference.segmenter",
    "Stroke": "gecat.inference.strokes",
    "Config": "gecat.config",
    "train": "gecat.training.train",
    "UserError": "gecat.errors",
}

__all__ = ["Config", "Segmentation", "Segmenter", "Stroke", "UserError", "load", "train"]


def __getattr__(name: str) -> Any:
    # Names are fetched when first used, so that `import gecat` costs nothing.
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
