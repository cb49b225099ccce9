"""One photo as the Explore tab keeps it, and what all its views share."""

import functools
import logging
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from gecat.app.ui.errors import note_html
from gecat.app.ui.result_cache import Shelf
from gecat.app.ui.uploads import read_photo
from gecat.errors import UserError, WeightsError
from gecat.files import safe_stem
from gecat.i18n import Section
from gecat.images.sizes import shrink

SIDE = 512  # longer side of the photo that is looked at, pixels
REFERENCES = 6  # drawn scenes on which the colours of the stages are fixed

log = logging.getLogger(__name__)


class Subject:
    """A photo with everything that was found out about it; the rest is found when asked for."""

    def __init__(self, image, stem, segmenter, probe):
        self.image = shrink(image, SIDE)  # uint8 (H, W, 3)
        self.stem = stem
        self.features, self.logits = probe(self.image)
        self._segmenter = segmenter
        result = segmenter(self.image)
        self.mask, self.score, self.score_map = result.mask, result.score, result.score_map

    @functools.cached_property
    def refined(self):
        """The mask after refinement, float32 (H, W)."""
        return self._segmenter.predict(self.image, refine=True)

    @functools.cached_property
    def decided(self):
        """Score and score map of the mask cut at one half, as a painted one is."""
        return self._segmenter.judge(self.image, decided(self.mask))

    @functools.cached_property
    def occlusions(self):
        """What covering parts of the photo changes."""
        from gecat.inspection.occlusion import occlude

        networks = self._segmenter.networks
        return occlude(networks.generate, networks.input(self.image)[0])

    @property
    def size(self):
        """Bytes in memory, roughly: the occlusions may come later."""
        arrays = [self.image, self.mask, self.score_map, self.logits, *self.features.values()]
        return sum(array.nbytes for array in arrays) + 4_000_000


@dataclass(frozen=True)
class Explorer:
    """What the views of one page share.

    Attributes:
        words: of the page, in its language; explore: those of the tab.
        segmenter: returns the Segmenter; called when a photo comes, not before.
        probe: returns the features.Probe.
        shelf: where subjects are kept between two clicks.
    """

    words: Section
    explore: Section
    segmenter: Callable
    probe: Callable
    shelf: Shelf

    def networks(self):
        """Returns the Segmenter with its networks loaded.

        Raises:
            WeightsError: if there are none.
        """
        try:
            segmenter = self.segmenter()
            segmenter.networks  # noqa: B018 - it loads them
        except WeightsError as error:
            # Missing or unreadable weights; which file it was is for the log, not for visitors.
            log.warning("no usable weights: %s", error)
            raise WeightsError("weights.none_in_use") from error
        return segmenter

    def look(self, photo):
        """Reads an uploaded photo and returns the ticket of its Subject; no photo, no ticket."""
        if photo is None:
            return None
        image, name = read_photo(photo)
        subject = Subject(image, safe_stem(name), self.networks(), self.probe())
        return self.shelf.put(subject, subject.size)

    def subject(self, ticket):
        """Returns the Subject of a ticket, or None where there is no ticket."""
        if ticket is None:
            return None
        subject = self.shelf.get(ticket)
        if subject is None:
            raise UserError("page.forgotten")
        return subject


def make_explorer(words, segmenter, shelf):
    """Returns the Explorer of a page in one language."""

    @functools.cache
    def probe():
        from gecat.images.scenes import draw_scenes
        from gecat.inspection.features import Probe

        scenes, _ = draw_scenes(REFERENCES, 192, seed=0)
        return Probe(segmenter().networks, [*scenes, *reference_photos()])

    return Explorer(words, words.explore, segmenter, probe, shelf)


def reference_photos():
    """The photos that scikit-image carries, uint8 (h, w, 3) each."""
    from skimage import data

    return [shrink(photo(), 256) for photo in (data.coffee, data.astronaut, data.chelsea)]


def score_html(score, sentence, extra=""):
    """A score as a number with a meter and a sentence, as in the Segment tab."""
    percent = f"{score:.0%}"
    return (
        f'<div class="verdict"><div class="number">{percent}</div>'
        f'<div class="words">{sentence}</div><div class="facts">{extra}</div>'
        f'<div class="meter"><i style="width: {percent}"></i></div></div>'
    )


def waiting_html(explore):
    """What stands in a figure's place while there is no photo."""
    return note_html(explore.waiting)


def decided(mask):
    """A mask as float32 of 0 and 1."""
    return (np.asarray(mask) > 0.5).astype(np.float32)
