"""What happens when something is clicked on the Segment tab: payloads in, values by name out.

Files arrive as raw payloads, not as Gradio's pictures: our own reader is bounded, and says in plain
words why a file cannot be used.
"""

import contextlib
import logging
import math
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import gradio as gr
import numpy as np

from gecat.app.segment.batch import segment_all
from gecat.app.segment.result import Look, make_files, pack
from gecat.app.segment.views import (
    before_after_html,
    chosen_objects,
    draw,
    labelled_boxes,
    object_choices,
    result_html,
)
from gecat.app.ui.errors import errors_become_toasts
from gecat.app.ui.fragments import note_html, photos_html
from gecat.app.ui.large_photos import LargePhotos
from gecat.app.ui.owners import publish
from gecat.app.ui.result_cache import ResultCache
from gecat.app.ui.uploads import path_of, read_photo, uploaded_name, uploaded_path
from gecat.errors import UserError, WeightsError
from gecat.i18n import Section
from gecat.images import decoding
from gecat.images.colour import parse_colour
from gecat.images.sizes import is_large
from gecat.inference.backdrop import BLURRED

PICTURES = ("before_after", "objects", "cutout", "mask", "composite")
# The downloads in the order of `make_files`, and what their buttons say.
FILES = {
    "cutout_file": "download_cutout",
    "mask_file": "download_mask",
    "composite_file": "download_background",
}
# What may lie behind the object, in the order in which it is offered; the first three at one click.
PLAIN_GROUNDS = {"transparent": None, "white": (255, 255, 255), "blurred": BLURRED}
GROUNDS = (*PLAIN_GROUNDS, "colour", "picture")
PROGRESS = gr.Progress()
# What the three files of a photo take to be written, on two cores.
SECONDS_PER_PIXEL = 0.3e-6
TOLD_SECONDS = 3

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class SegmentActions:
    """The actions of one page.

    Attributes:
        words: of the page, in its language.
        segmenter: returns the Segmenter; called when a photo comes, not before.
        results: where results are kept between two clicks.
        segmenter_of_run: returns the Segmenter of the run that a visitor uses instead, or None.
        large: the turns of large photos.
    """

    words: Section
    segmenter: Callable
    results: ResultCache
    segmenter_of_run: Callable = lambda run_in_use: None
    large: LargePhotos = field(default_factory=LargePhotos)

    @errors_become_toasts
    def segment(self, photo, refine, run_in_use=None, restored=None):
        """Segments a photo, unless it has only come back after another was refused.

        Args:
            photo: payload, or None; refine: whether along its edges.
            run_in_use: whose weights, or None.
            restored: path and ticket of the photo that `restore` has put back, or None.

        Returns:
            the ticket of its result, and what `restore` needs; an empty page without a photo.
        """
        if photo is None:
            return {"ticket": None, **self._nothing()}
        if restored is not None and restored["path"] == photo.get("path"):
            return {**self._anew(restored), "restored": None}
        image, name = self._opened(photo)
        with self.large.turn(image):
            result = self._segment(image, name, refine, run_in_use)
        ticket = self.results.put(result, result.size)
        kept = {"path": photo["path"], "ticket": ticket}
        return {"ticket": ticket, "kept": kept, "restored": None}

    def restore(self, photo, kept):
        """Puts back the last photo and its result, after another was refused.

        Args:
            photo: payload of what was refused.
            kept: path and ticket of the last that was not, or None where nobody wants it back.
        """
        lies_here = kept is not None and Path(kept["path"]).is_file()
        if not lies_here or self.results.get(kept["ticket"]) is None:
            return self.reset()
        if path_of(photo) == kept["path"]:  # the photo stands there: something else was wrong
            return self._anew(kept)
        return {"photo": kept["path"], "restored": kept}

    def _anew(self, kept):
        """Another ticket for a result, so that it is drawn again."""
        result = self.results.get(kept["ticket"])
        if result is None:
            return self.reset()
        ticket = self.results.put(result, result.size)
        return {"ticket": ticket, "kept": {**kept, "ticket": ticket}}

    def begin(self):
        """What stands beside a photo until its own result is there."""
        return {"score": note_html(self.words.segment.working), **self.preparing()}

    def preparing(self, result=None):
        """The downloads, until the files of a Result are written."""
        words = self.words.segment
        seconds = 0 if result is None else SECONDS_PER_PIXEL * math.prod(result.image.shape[:2])
        long = words.preparing_long.format(seconds=round(seconds))
        label = words.preparing if seconds < TOLD_SECONDS else long
        return {name: gr.update(value=None, interactive=False, label=label) for name in FILES}

    @errors_become_toasts
    def show(
        self,
        ticket,
        threshold,
        colour,
        background,
        after="cutout",
        photo=None,
        kept=None,
        **look,
    ):
        """Draws a result for the browser; the network does not run.

        Args:
            ticket: of the result, or None.
            threshold: in [0, 1], or None while the number is being written.
            colour: of the new background, as browsers write it.
            background: ticket of a picture to be the new background, or None.
            after: what is compared with the photo, "cutout" or "overlay".
            photo: payload of the photo that the page shows.
            kept: path and ticket of the photo whose result this is, or None for that one.
            **look: as `_look` takes it.

        Returns:
            the pictures and the score; the downloads wait until their files are written. Nothing
            where the page shows another photo, whose own result follows.
        """
        if threshold is None or of_another(photo, kept):
            return {}
        if ticket is None:
            return {} if photo else {**self._nothing(), "drawn": None}
        result = self._cached(ticket)
        pictures = draw(
            result, threshold, self._look(result, threshold, colour, background, **look)
        )
        choices, chosen = object_choices(pictures, result.mark, self.words.segment)
        several = len(choices) > 1
        return {
            "chosen": gr.update(choices=choices, value=chosen, visible=several),
            "before_after": before_after_html(pictures, after, self.words.segment),
            "objects": (pictures.photo, labelled_boxes(pictures, self.words.segment)),
            "cutout": pictures.cutout,
            "mask": pictures.mask,
            "composite": pictures.composite,
            "score": result_html(result, pictures, self.words),
            "drawn": secrets.token_hex(8),
            **self.preparing(result),
        }

    @errors_become_toasts
    def offer(self, ticket, threshold, colour, background, photo=None, kept=None, **look):
        """Writes a result's files at full size; arguments as for `show`."""
        if ticket is None or threshold is None or of_another(photo, kept):
            return {}
        result = self._cached(ticket)
        look = self._look(result, threshold, colour, background, **look)
        with self.large.turn(result.image):
            files = make_files(result, threshold, look)
        paths = zip(FILES, publish(files), strict=True)
        return {name: self._download(name, path) for name, path in paths}

    def _nothing(self):
        """An empty page."""
        chosen = {"chosen": gr.update(choices=[], value=[], visible=False)}
        files = {name: self._download(name, None) for name in FILES}
        pictures = dict.fromkeys(PICTURES)
        return pictures | {"score": note_html(self.words.segment.waiting)} | chosen | files

    def _download(self, name, path):
        label = self.words.segment[FILES[name]]
        return gr.update(value=path, interactive=path is not None, label=label)

    @errors_become_toasts
    def take_background(self, picture):
        """Reads a picture that is to be the background, before anything is drawn on it."""
        if picture is None:
            return {"background": None}
        pixels, _ = read_photo(picture)
        return {"background": self.results.put(pixels, pixels.nbytes), "ground": "picture"}

    def drop_background(self, picture):
        """Empties the background of a picture that was refused, unless another came meanwhile."""
        try:
            self.take_background(picture)
        except gr.Error:
            return {"picture": None}
        return {}

    def reset(self):
        """Empties the page."""
        return {"photo": None, "ticket": None, **self._nothing()}

    @errors_become_toasts
    def segment_many(self, files, refine, threshold, run_in_use=None, progress=PROGRESS):
        """Segments many photos; those that cannot be used are named, and do not stop the others.

        Returns:
            the pictures of the gallery, the download of the zip, and a note.
        """
        batch = self._batch(files, refine, threshold, run_in_use, progress)
        done = self.words.segment.many_done.format(count=len(batch.pictures))
        return {
            "gallery": batch.pictures,
            "download": gr.update(value=batch.archive, interactive=bool(batch.pictures)),
            "note": photos_html(done, batch.skipped, self.words),
        }

    def _batch(self, files, refine, threshold, run_in_use=None, progress=PROGRESS):
        """What `batch.segment_all` makes of many photos; arguments as for `segment_many`."""
        segment = partial(self._segment, refine=refine, run_in_use=run_in_use)
        return segment_all(files, segment, threshold, self.large, progress)

    def _segment(self, image, name, refine, run_in_use=None):
        with weights_needed():
            segmenter = self.segmenter_of_run(run_in_use) or self.segmenter()
            image.flags.writeable = False  # so nobody needs a copy to be sure of it
            kind = np.uint8 if is_large(image) else np.float32
            return pack(segmenter(image, refine=refine, kind=kind), name)

    def _opened(self, photo):
        """An uploaded photo, uint8 (H, W, 3 or 4), and its name; says if it is one of several."""
        pixels, more = decoding.read_first(uploaded_path(photo))
        if more:
            gr.Info(self.words.segment.first_of_several)
        return pixels, uploaded_name(photo)

    def _cached(self, ticket):
        found = self.results.get(ticket)
        if found is None:
            raise UserError("page.forgotten")
        return found

    def _look(
        self,
        result,
        threshold,
        colour,
        background,
        ground=None,
        shadow=False,
        crop=False,
        chosen=None,
    ):
        """How a result is to look.

        Args:
            result, threshold, colour, background: as of `show`.
            ground: one of GROUNDS, or None for the picture, and where there is none the colour.
            shadow, crop: as of a Look.
            chosen: values of `object_choices`, or None for all.
        """
        if ground == "picture" or ground is None:
            behind = parse_colour(colour) if background is None else self._cached(background)
        else:
            behind = parse_colour(colour) if ground == "colour" else PLAIN_GROUNDS.get(ground)
        objects = chosen_objects(chosen, result, threshold)
        return Look(behind, bool(shadow), bool(crop), objects)


def of_another(photo, kept):
    """Whether a result is not of the photo that the page shows; arguments as for `show`."""
    return kept is not None and path_of(photo) != kept["path"]


@contextlib.contextmanager
def weights_needed():
    """Tells of missing or unreadable weights; which file it was is for the log, not for visitors.

    Raises:
        WeightsError: where one was raised within.
    """
    try:
        yield
    except WeightsError as error:
        log.warning("no usable weights: %s", error)
        raise WeightsError("weights.none_in_use") from error
