import io
from dataclasses import replace

import numpy as np
from PIL import Image

from gecat.app.segment import result as module
from gecat.app.segment import views
from gecat.app.segment.result import Look
from gecat.i18n import words
from gecat.inference.backdrop import lay

COLOUR = (10, 200, 30)
LOOK = Look(COLOUR)


def test_a_lower_threshold_shows_more(result):
    low, high = (views.draw(result, threshold, LOOK) for threshold in (0.2, 0.6))
    assert low.share > high.share
    assert (len(low.boxes), len(high.boxes)) == (2, 1)
    assert (high.boxes[0].left, high.boxes[0].top) == (50, 20)
    assert (high.boxes[0].right, high.boxes[0].bottom) == (150, 80)


def test_every_picture_has_the_photos_shape(result):
    drawn = views.draw(result, 0.5, LOOK)
    for picture in (drawn.photo, drawn.overlay, drawn.composite, drawn.cutout, drawn.mask):
        assert picture.shape[:2] == (120, 200)
    assert np.all(drawn.composite[0, 0] == COLOUR)
    assert np.array_equal(drawn.cutout[..., 3], drawn.mask)


def test_large_photos_are_shown_smaller_and_are_made_so_once(result, monkeypatch):
    monkeypatch.setattr(module, "PREVIEW_SIDE", 50)
    drawn = views.draw(result, 0.5, LOOK)
    assert drawn.photo.shape == (30, 50, 3)
    assert np.array_equal(views.draw_cutout(result, 0.5), drawn.cutout)
    assert views.draw(result, 0.2, LOOK).photo is drawn.photo


def test_the_object_is_cut_out_once_for_all_pictures(result, monkeypatch):
    cut_out = []
    cutout = views.cutout
    monkeypatch.setattr(views, "cutout", lambda *pair: cut_out.append(cutout(*pair)) or cut_out[-1])
    drawn = views.draw(result, 0.5, LOOK)
    assert len(cut_out) == 1
    assert drawn.cutout is cut_out[0]
    assert np.array_equal(drawn.composite, lay(drawn.photo, cut_out[0], COLOUR))


def test_objects_are_numbered_with_their_confidence_and_left_out_one_by_one(result):
    segment = words("en").segment
    drawn = views.draw(result, 0.2, LOOK)
    (first, label), (_, other) = views.labelled_boxes(drawn, segment)
    assert first == (50, 20, 150, 80)
    assert label == "Object 1, 100% sure"
    choices, chosen = views.object_choices(drawn, result.mark, segment)
    assert [name for name, _ in choices] == ["Object 1", "Object 2"] and len(chosen) == 2
    assert views.chosen_objects(chosen, result, 0.2) is None
    assert views.chosen_objects([], result, 0.2) is None  # a cut-out of nothing is no choice
    objects = views.chosen_objects(chosen[1:], result, 0.2)
    assert objects == (1,)
    # What was chosen counts for these objects of this photo alone.
    assert views.chosen_objects(chosen[1:], result, 0.6) is None
    assert views.chosen_objects(chosen[1:], replace(result, mark="another"), 0.2) is None
    second = views.draw(result, 0.2, replace(LOOK, objects=objects))
    assert not second.mask[:85].any() and second.mask[100, 20] > 127
    assert views.labelled_boxes(second, segment)[0][1] == segment.object_left_out.format(number=1)
    assert "all objects" in views.result_html(result, second, words("en"))
    assert "all objects" not in views.result_html(result, drawn, words("en"))
    # The files are what was shown.
    files = module.make_files(result, 0.2, replace(LOOK, objects=objects))
    with Image.open(io.BytesIO(files["photo-mask.png"])) as mask:
        assert np.array_equal(np.asarray(mask), second.mask)


def test_what_lies_behind_is_shown_as_it_is_written(result):
    for look in (Look(), Look(None, True, True), Look("blurred", True), Look(COLOUR, crop=True)):
        shown = views.draw(result, 0.5, look).composite
        name, data = [*module.make_files(result, 0.5, look).items()][-1]
        with Image.open(io.BytesIO(data)) as written:
            assert written.size == shown.shape[1::-1]
            assert written.mode == ("RGBA" if look.ground is None else "RGB")
            assert name == f"photo-background.{'png' if look.ground is None else 'jpg'}"
            if look.ground is None:
                assert np.array_equal(np.asarray(written), shown)
            # JPEG loses the noise of this photo, and none of its colours.
            assert np.abs(np.asarray(written).mean((0, 1)) - shown.mean((0, 1))).max() < 3
