import io

import numpy as np
from PIL import Image

from gecat.app.segment import result as module

LOOK = module.Look((10, 200, 30))


def test_what_is_measured_is_measured_at_full_size(result):
    facts = module.measure(result, 0.5)
    assert facts["boxes"][0]["right"] == 150
    assert facts["score"] == 0.75
    assert facts["share"] == round(60 * 100 / (120 * 200), 4)


def test_the_object_is_cut_out_once_for_all_files(result, monkeypatch):
    shapes = []
    cutout = module.cutout
    monkeypatch.setattr(
        module, "cutout", lambda image, mask: shapes.append(image.shape) or cutout(image, mask)
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
