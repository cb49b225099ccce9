import numpy as np

from gecat.app.segment import result as module
from gecat.app.segment import views
from gecat.inference.cutout import on_background

COLOUR = (10, 200, 30)


def test_a_lower_threshold_shows_more(result):
    low, high = (views.draw(result, threshold, COLOUR) for threshold in (0.2, 0.6))
    assert low.share > high.share
    assert (len(low.boxes), len(high.boxes)) == (2, 1)
    assert (high.boxes[0].left, high.boxes[0].top) == (50, 20)
    assert (high.boxes[0].right, high.boxes[0].bottom) == (150, 80)


def test_every_picture_has_the_photos_shape(result):
    drawn = views.draw(result, 0.5, COLOUR)
    for picture in (drawn.photo, drawn.overlay, drawn.composite, drawn.cutout, drawn.mask):
        assert picture.shape[:2] == (120, 200)
    assert np.all(drawn.composite[0, 0] == COLOUR)
    assert np.array_equal(drawn.cutout[..., 3], drawn.mask)


def test_large_photos_are_shown_smaller_and_are_made_so_once(result, monkeypatch):
    monkeypatch.setattr(module, "PREVIEW_SIDE", 50)
    drawn = views.draw(result, 0.5, COLOUR)
    assert drawn.photo.shape == (30, 50, 3)
    assert np.array_equal(views.draw_cutout(result, 0.5), drawn.cutout)
    assert views.draw(result, 0.2, COLOUR).photo is drawn.photo


def test_the_object_is_cut_out_once_for_all_pictures(result, monkeypatch):
    cut_out = []
    cutout = views.cutout
    monkeypatch.setattr(views, "cutout", lambda *pair: cut_out.append(cutout(*pair)) or cut_out[-1])
    drawn = views.draw(result, 0.5, COLOUR)
    assert len(cut_out) == 1
    assert drawn.cutout is cut_out[0]
    assert np.array_equal(drawn.composite, on_background(cut_out[0], COLOUR))


def test_objects_are_numbered_with_their_confidence(result):
    (first, label), *_ = views.labelled_boxes(views.draw(result, 0.5, COLOUR))
    assert first == (50, 20, 150, 80)
    assert label == "1 · 100%"
