"""What programs call: named endpoints, by which they get files and facts rather than a page.

The docstrings are what a program's author reads, in Gradio's panel and as an MCP tool: one line for
each value.
"""

import math

import gradio as gr
import numpy as np

from gecat.app.segment.actions import weights_needed
from gecat.app.segment.mended import mend
from gecat.app.segment.result import make_files, measure
from gecat.app.segment.touch_up import TouchUpActions
from gecat.app.ui.encoding import png_of
from gecat.app.ui.errors import errors_become_toasts
from gecat.app.ui.events import BATCHES, PHOTOS, connect
from gecat.app.ui.owners import publish
from gecat.app.ui.uploads import uploaded_path
from gecat.errors import ImageError, UserError
from gecat.files import safe_stem
from gecat.i18n import say
from gecat.images import decoding
from gecat.inference.strokes import read_strokes


class Endpoints(TouchUpActions):
    """The actions of the Segment tab, and those that programs call."""

    @errors_become_toasts
    def answer(self, photo, refine=True, threshold=0.5):
        """Segments one photo into object and background.

        "facts" is an object: "score", how far the critic believes the mask, from 0 to 1; "share" of
        the picture that is object; "boxes" of the objects, in pixels of the photo.

        Args:
            photo: the photo, as a file.
            refine: whether to follow the photo's own edges at full resolution.
            threshold: how sure a pixel must be to count as object, from 0 to 1.

        Returns:
            cutout: the object alone, a PNG with transparency, of the photo's size.
            mask: white where the object is, a PNG of the photo's size.
            facts: the score, the share and the boxes.
        """
        return self._answer(photo, refine, checked_threshold(threshold))

    @errors_become_toasts
    def answer_many(self, photos, refine=True, threshold=0.5):
        """Segments up to 40 photos, 120 MB together; one that cannot be used stops no other.

        "facts" is a list with an object for each photo: its "name", and the names of its "cutout"
        and "mask" in the archive, with "score", "share" and "boxes" as /segment gives them; or its
        "name" and "error", a sentence that says why it was left out.

        Args:
            photos: the photos, a list of files.
            refine: whether to follow the photos' own edges at full resolution.
            threshold: how sure a pixel must be to count as object, from 0 to 1.

        Returns:
            archive: a ZIP of all cut-outs and masks, as PNG; nothing where no photo could be used.
            facts: what was found, photo by photo.
        """
        batch = self._batch(photos, bool(refine), checked_threshold(threshold))
        language = self.words.language
        skipped = [{"name": name, "error": say(error, language)} for name, error in batch.skipped]
        return {"archive": batch.archive, "facts": batch.facts + skipped}

    @errors_become_toasts
    def answer_score(self, photo, mask):
        """Asks the critic how well a mask, whoever made it, fits a photo.

        "facts" is an object: "score", from 0 to 1; "doubtful", the share of the pixels at which the
        critic believes the mask less than not.

        Args:
            photo: the photo, as a file.
            mask: the mask, as a file of the photo's size: white is object, black is background.

        Returns:
            score_map: a PNG, the brighter a pixel the more the critic believes the mask there.
            facts: the score and the doubtful share.
        """
        image, name = self._given(photo)
        if mask is None:
            raise UserError("page.no_mask")
        given = decoding.read_mask(uploaded_path(mask))
        height, width = image.shape[:2]
        if given.shape != (height, width):
            rows, columns = given.shape
            raise ImageError(
                "image.mask_size", width=width, height=height, columns=columns, rows=rows
            )
        with self.large.turn(image), weights_needed():
            score, score_map = self.segmenter().judge(image, given, np.uint8)
            drawn = png_of(score_map)
        (path,) = publish({f"{safe_stem(name)}-score-map.png": drawn})
        doubtful = round(float(np.mean(score_map < 128)), 4)
        return {"score_map": path, "facts": {"score": round(score, 4), "doubtful": doubtful}}

    @errors_become_toasts
    def answer_mended(self, photo, strokes=None, refine=True, threshold=0.5):
        """Segments one photo and mends its mask by strokes, as a person does by hand.

        A stroke is an object: "keep", true where it touches the object and false where it touches
        the background; "points", a list of pairs [x, y] in pixels of the photo, one pair for a
        click; and, where wanted, "radius" of the brush in pixels. "facts" are as of /segment.

        Args:
            photo: the photo, as a file.
            strokes: a list of strokes, in the order in which they are made.
            refine: whether to follow the photo's own edges at full resolution before mending.
            threshold: how sure a pixel must be to count as object, from 0 to 1.

        Returns:
            cutout: the object alone, a PNG with transparency, of the photo's size.
            mask: white where the object is, a PNG of the photo's size.
            facts: the score, the share and the boxes.
        """
        threshold, strokes = checked_threshold(threshold), read_strokes(strokes)
        return self._answer(
            photo, refine, threshold, lambda result: mend(result, strokes, self.segmenter())
        )

    def _answer(self, photo, refine, threshold, finish=lambda result: result):
        """The two files and the facts of what is finished of a photo's result."""
        image, name = self._given(photo)
        with self.large.turn(image):
            result = finish(self._segment(image, name, bool(refine)))
            cutout, mask = publish(make_files(result, threshold))
            return {"cutout": cutout, "mask": mask, "facts": measure(result, threshold)}

    def _given(self, photo):
        if photo is None:
            raise UserError("page.no_photo")
        return self._opened(photo)


def add_endpoints(actions):
    """Adds the endpoints to the open page, each with its own values.

    Args:
        actions: Endpoints.
    """
    files = {"cutout": _file("cutout"), "mask": _file("mask")}
    _add("segment", actions.answer, {"photo": _file("photo"), **_looks()}, files, PHOTOS)
    many = {"photos": _file("photos", file_count="multiple"), **_looks()}
    _add("segment_many", actions.answer_many, many, {"archive": _file("archive")}, BATCHES)
    pair = {"photo": _file("photo"), "mask": _file("mask")}
    _add("score", actions.answer_score, pair, {"score_map": _file("score_map")}, PHOTOS)
    strokes = {"strokes": gr.JSON(visible=False, label="strokes")}
    mended = {"photo": _file("photo"), **strokes, **_looks()}
    _add("touch_up", actions.answer_mended, mended, files, PHOTOS)


def _add(name, action, values, files, line):
    facts = gr.JSON(visible=False, label="facts")
    connect(
        gr.Button(visible=False).click,
        action,
        values,
        {**files, "facts": facts},
        api_name=name,
        api_visibility="public",
        **line,
    )


def _file(label, **options):
    return gr.File(visible=False, label=label, **options)


def _looks():
    return {
        "refine": gr.Checkbox(True, visible=False, label="refine"),
        "threshold": gr.Number(0.5, minimum=0, maximum=1, visible=False, label="threshold"),
    }


def checked_threshold(value):
    """Returns a threshold as a number from 0 to 1.

    Raises:
        UserError: if it is none.
    """
    try:
        number = float(value)
    except (TypeError, ValueError):
        number = math.nan
    if not 0.0 <= number <= 1.0:
        raise UserError("page.bad_threshold", received=str(value)[:20])
    return number
