"""Untrained networks and one photo, for whoever asks what a view does without a browser."""

import io

import numpy as np
import pytest
from PIL import Image

from gecat.app.explore.explorer import Explorer
from gecat.app.ui.result_cache import ResultCache
from gecat.i18n import words
from gecat.images.scenes import draw_scene


@pytest.fixture(scope="session")
def explorer(segmenter, probe):
    return Explorer(words("en"), lambda: segmenter, lambda: probe, ResultCache())


@pytest.fixture
def upload(tmp_path):
    path = tmp_path / "a <b> cat.png"
    Image.fromarray(draw_scene(3, 96)[0][:72]).save(path)
    return {"path": str(path), "orig_name": "a <b> cat.png"}


@pytest.fixture
def ticket(explorer, upload):
    return explorer.inspect(upload)


@pytest.fixture
def photo(explorer, ticket):
    return explorer.photo(ticket)


@pytest.fixture
def layer_bytes():
    """Writes a painted layer as the browser sends it."""

    def write(opacity):
        layer = np.zeros((*opacity.shape, 4), np.uint8)
        layer[..., 3] = opacity
        buffer = io.BytesIO()
        Image.fromarray(layer).save(buffer, "PNG")
        return buffer.getvalue()

    return write
