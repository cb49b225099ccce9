import io
from dataclasses import replace

import cv2
import numpy as np
import pytest
from PIL import Image

from gecat.app.segment import result as module
from gecat.app.ui.encoding import QUALITY
from gecat.inference import cutout as cutting
from gecat.inference.backdrop import lay

LOOK = module.Look((10, 200, 30))


def test_what_is_measured_is_measured_at_full_size(result):
    facts = module.measure(result, 0.5)
    assert facts["boxes"][0]["right"] == 150
    assert facts["score"] == 0.75
    assert facts["share"] == round(60 * 100 / (120 * 200), 4)


def test_the_object_is_cut_out_once_for_all_files(result, monkeypatch):
    shapes = []
    cutout = module.cutout_bands
    monkeypatch.setattr(
        module,
        "cutout_bands",
        lambda image, mask: shapes.append(image.shape) or cutout(image, mask),
    )
    module.make_files(result, 0.5, LOOK)
    assert shapes == [(120, 200, 3)]


def test_files_are_of_full_size(result):
    files = module.make_files(result, 0.5, LOOK)
    assert list(files) == ["photo-cutout.png", "photo-mask.png", "photo-background.jpg"]
    pictures = [Image.open(io.BytesIO(data)) for data in files.values()]
    assert [picture.mode for picture in pictures] == ["RGBA", "L", "RGB"]
    assert {picture.size for picture in pictures} == {(200, 120)}
    assert np.array_equal(np.asarray(pictures[0])[..., 3], np.asarray(pictures[1]))


def test_without_a_background_that_file_is_left_out(result):
    assert list(module.make_files(result, 0.5)) == ["photo-cutout.png", "photo-mask.png"]


@pytest.mark.parametrize("ground", [None, (10, 200, 30), "blurred", "picture"])
@pytest.mark.parametrize("options", [{}, {"shadow": True}, {"crop": True, "shadow": True}])
def test_bands_hold_what_a_whole_cut_out_laid_on_its_background_does(
    result, monkeypatch, ground, options
):
    monkeypatch.setattr(cutting, "TILE", 37)
    rng = np.random.default_rng(1)
    if ground == "picture":
        ground = rng.integers(0, 256, result.image.shape, np.uint8)
    given = None if ground is None else np.array(ground)
    see_through = np.dstack([result.image, rng.integers(0, 256, (120, 200), np.uint8)])
    for kept in (result, replace(result, image=see_through)):
        files = module.make_files(kept, 0.5, module.Look(ground, **options))
        cut = cutting.cutout(kept.image, module.opacity_of(kept, 0.5, full=True))
        whole = lay(kept.image, cut, ground, **options)
        read, *_, composite = (Image.open(io.BytesIO(data)) for data in files.values())
        assert np.array_equal(read, cut)
        if ground is not None:
            bgr = cv2.cvtColor(whole, cv2.COLOR_RGB2BGR)
            data = cv2.imencode(".jpg", bgr, [cv2.IMWRITE_JPEG_QUALITY, QUALITY])[1]
            whole = Image.open(io.BytesIO(data.tobytes()))
        assert np.array_equal(composite, whole)
    assert given is None or np.array_equal(given, ground)  # a visitor's picture is not painted on


def test_a_background_that_adds_nothing_is_the_cut_out(result):
    cut, _, composite = module.make_files(result, 0.5, module.Look()).values()
    assert composite is cut
