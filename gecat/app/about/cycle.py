"""A cycle of the method, drawn of the photo that the page shows."""

from collections.abc import Callable
from dataclasses import dataclass

from gecat.app.about.views import draw_cycle
from gecat.app.ui.errors import errors_become_toasts
from gecat.app.ui.fragments import note_html
from gecat.app.ui.uploads import read_photo
from gecat.errors import WeightsError
from gecat.i18n import Section
from gecat.images.sizes import shrink

SIDE = 640  # longer side at which the networks look, pixels


@dataclass(frozen=True)
class CycleActions:
    """The tab's actions.

    Attributes:
        words: of the page; segmenter: returns the Segmenter, when the tab is opened.
    """

    words: Section
    segmenter: Callable

    @errors_become_toasts
    def draw(self, photo):
        """Draws the cycle; `photo` is a payload, or None."""
        words = self.words.about.cycle
        if photo is None:
            return {"cycle": note_html(words.empty)}
        image = shrink(read_photo(photo)[0], SIDE)
        try:
            segmenter = self.segmenter()
            mask = segmenter.predict(image)
        except WeightsError as error:
            raise WeightsError("weights.none_in_use") from error
        return {"cycle": draw_cycle(image, mask, segmenter.judge, words)}

    def draw_seen(self, photo):
        """Draws the cycle anew where there is a photo; else what stands there stays."""
        return self.draw(photo) if photo else {}
