"""What the views of one page share: the networks, and the photo that all of them look at."""

import functools
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from gecat.app.ui.result_cache import ResultCache
from gecat.app.ui.uploads import read_photo
from gecat.errors import UserError, WeightsError
from gecat.files import safe_stem
from gecat.i18n import Section
from gecat.inspection.photo import InspectedPhoto, make_probe

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Explorer:
    """The networks and the photos of one page.

    Attributes:
        words: of the page, in its language.
        segmenter: returns the Segmenter; called when a photo comes, not before.
        probe: returns the features.Probe.
        results: where photos are kept between two clicks.
        examples: paths of the example photos.
    """

    words: Section
    segmenter: Callable
    probe: Callable
    results: ResultCache
    examples: Sequence[Path] = ()

    def loaded_segmenter(self):
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

    def inspect(self, photo):
        """Reads an uploaded photo; returns its ticket, or None where there is no photo."""
        if photo is None:
            return None
        image, name = read_photo(photo)
        segmenter = self.loaded_segmenter()
        inspected = InspectedPhoto(image, segmenter, self.probe(), safe_stem(name))
        return self.results.put(inspected, inspected.size)

    def photo(self, ticket):
        """Returns the InspectedPhoto of a ticket, or None where there is no ticket."""
        return None if ticket is None else self.cached(ticket)

    def cached(self, ticket):
        """Returns what a ticket stands for.

        Raises:
            UserError: if it is gone.
        """
        found = self.results.get(ticket)
        if found is None:
            raise UserError("page.forgotten")
        return found


def make_explorer(words, segmenter, results, examples=()):
    """Returns the Explorer of a page in one language."""
    probe = functools.cache(lambda: make_probe(segmenter().networks))
    return Explorer(words, segmenter, probe, results, examples)
