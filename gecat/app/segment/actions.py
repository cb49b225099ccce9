"""What happens when something is clicked on the Segment tab: payloads in, values for its parts out.

Files arrive as raw payloads, not as Gradio's pictures: our own reader is bounded, and says in plain
words why a file cannot be used.
"""

import logging
import math
import tempfile
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import gradio as gr
from gradio.processing_utils import save_file_to_cache
from gradio.utils import get_upload_folder

from gecat.app.segment.verdict import verdict_html
from gecat.app.segment.views import draw, keep, make_files, measure, parse_colour
from gecat.app.ui.errors import note_html, told
from gecat.app.ui.result_cache import Shelf
from gecat.app.ui.sentences import skipped_html
from gecat.app.ui.uploads import checked_files, publish, read_photo
from gecat.errors import ImageError, UserError, WeightsError
from gecat.files import free_name
from gecat.i18n import Section
from gecat.images.decoding import read_image

PROGRESS = gr.Progress()

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Actions:
    """The actions of one page.

    Attributes:
        words: of the page, in its language.
        segmenter: returns the Segmenter; called when a photo comes, not before.
        shelf: where results are kept between two clicks.
        own: returns the Segmenter of the weights that a visitor uses instead, or None.
    """

    words: Section
    segmenter: Callable
    shelf: Shelf
    own: Callable = lambda used: None

    @told
    def segment(self, photo, refine, used=None):
        """Segments a photo and returns the ticket of its result; no photo, no ticket."""
        if photo is None:
            return None
        kept = self._segment(*read_photo(photo), refine, used)
        return self.shelf.put(kept, kept.size)

    @told
    def show(self, ticket, threshold, colour, picture):
        """Draws a result for the browser; the network does not run.

        Returns:
            the values of before-and-after, objects, cut-out, mask, new background and verdict,
            and three downloads, which wait until their files are written.
        """
        if threshold is None:  # the number is being written
            return [gr.skip()] * 9
        kept = self._kept(ticket)
        downloads = [gr.DownloadButton(value=None, interactive=False)] * 3
        if kept is None:
            return [None] * 5 + [note_html(self.words.segment.waiting), *downloads]
        views = draw(kept, threshold, self._background(colour, picture))
        sections = [
            ((box.left, box.top, box.right, box.bottom), f"{number} · {box.confidence:.0%}")
            for number, box in enumerate(views.boxes, 1)
        ]
        return [
            (views.photo, views.overlay),
            (views.photo, sections),
            views.cutout,
            views.mask,
            views.composite,
            verdict_html(kept, views, self.words),
            *downloads,
        ]

    @told
    def offer(self, ticket, threshold, colour, picture):
        """Writes a result's files at full size, and returns the three downloads."""
        if threshold is None:
            return [gr.skip()] * 3
        kept = self._kept(ticket)
        if kept is None:
            return [gr.DownloadButton(value=None, interactive=False)] * 3
        files = make_files(kept, threshold, self._background(colour, picture))
        return [gr.DownloadButton(value=path, interactive=True) for path in publish(files)]

    @told
    def check_background(self, picture):
        """Refuses a picture that cannot be a background before anything is drawn on it."""
        if picture is not None:
            read_photo(picture)

    def drop_background(self, picture):
        """Empties the background of a picture that was refused, unless another came meanwhile."""
        try:
            self.check_background(picture)
        except gr.Error:
            return None
        return gr.skip()

    def reset(self):
        """Empties the page: the photo, the ticket, and what `show` returns."""
        return [None, None, *self.show(None, 0.5, "#ffffff", None)]

    @told
    def answer(self, photo, refine=False, threshold=0.5):
        """Segments one photo into object and background.

        Args:
            photo: the photo, as a file.
            refine: whether to follow the photo's own edges at full resolution.
            threshold: how sure a pixel must be to count as object, from 0 to 1.

        Returns:
            the cut-out (PNG with transparency), the mask (PNG), and a dictionary: the critic's
            score, the share of the picture that is object, and the boxes of the objects in pixels.
        """
        if photo is None:
            raise UserError("page.no_photo")
        kept = self._segment(*read_photo(photo), bool(refine))
        threshold = checked_threshold(threshold)
        return *publish(make_files(kept, threshold)), measure(kept, threshold)

    @told
    def segment_many(self, files, refine, threshold, used=None, progress=PROGRESS):
        """Segments many photos; those that cannot be used are named, and do not stop the others.

        Returns:
            the gallery's pictures, the download of the zip, and a note.
        """
        files = checked_files(files)
        pictures, names, skipped = [], set(), []
        with tempfile.TemporaryDirectory() as folder:
            target = Path(folder) / "gecat.zip"
            # The pictures are compressed already.
            with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
                for name, path in progress.tqdm(files):
                    try:
                        kept = self._segment(read_image(path), name, refine, used)
                    except ImageError as error:
                        skipped.append((Path(name).name, error.bare()))
                        continue
                    pictures.append((draw(kept, threshold, (255, 255, 255)).cutout, kept.stem))
                    for name, data in make_files(kept, threshold).items():
                        name = free_name(name, names)
                        names.add(name)
                        archive.writestr(name, data)
            zipped = save_file_to_cache(target, get_upload_folder()) if pictures else None
        download = gr.DownloadButton(value=zipped, interactive=bool(pictures))
        return pictures, download, self._note(len(pictures), skipped)

    def _segment(self, image, name, refine, used=None):
        try:
            segmenter = self.own(used) or self.segmenter()
            result = segmenter(image, refine=refine)
        except WeightsError as error:
            # Missing or unreadable weights; which file it was is for the log, not for visitors.
            log.warning("no usable weights: %s", error)
            raise WeightsError("weights.none_in_use") from error
        return keep(result, name)

    def _kept(self, ticket):
        if ticket is None:
            return None
        kept = self.shelf.get(ticket)
        if kept is None:
            raise UserError("page.forgotten")
        return kept

    def _background(self, colour, picture):
        return parse_colour(colour) if picture is None else read_photo(picture)[0]

    def _note(self, count, skipped):
        lines = [self.words.segment.many_done.format(count=count)]
        if skipped:
            lines.append(self.words.page.many_skipped)
        rows = skipped_html(skipped, self.words.language)
        return f"<p>{' '.join(lines)}</p><ul>{rows}</ul>"


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
