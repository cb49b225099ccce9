"""A result that was mended by hand, as the server keeps it."""

import functools
import json
from dataclasses import dataclass, replace

import numpy as np

from gecat.app.segment.result import Result
from gecat.errors import UserError
from gecat.images.transparency import as_networks_see, without_transparent
from gecat.inference.strokes import MOST_STROKES, read_strokes
from gecat.inference.touch_up import TouchUp, begin


@dataclass(frozen=True)
class Mended:
    """A Result and what strokes made of it; it can be shown and written like a Result.

    The mask of full size is drawn when somebody asks for it: what the browser shows is enough for
    the next stroke.

    Attributes:
        first: the Result before any stroke.
        state: the TouchUp with all strokes.
        score: the critic's, in [0, 1], of the mended mask.
    """

    first: Result
    state: TouchUp
    score: float

    @property
    def image(self):
        """As of a Result."""
        return self.first.image

    @property
    def stem(self):
        """As of a Result."""
        return self.first.stem

    @property
    def mark(self):
        """As of a Result."""
        return self.first.mark

    @functools.cached_property
    def mask(self):
        """As of a Result."""
        return _drawn(self.state, self.first.image)

    @functools.cached_property
    def preview(self):
        """As of a Result."""
        return _preview(self.first, self.state)

    @property
    def size(self):
        """Bytes in memory at most, the states between two strokes included."""
        states = MOST_STROKES * self.state.soft.nbytes
        return self.first.size + self.first.mask.nbytes + states


def mend(result, strokes, segmenter):
    """Mends a result, or one that is mended already.

    Args:
        result: a Result or Mended.
        strokes: all Strokes, from the first.
        segmenter: whose critic judges.

    Returns:
        Mended, or the first Result where no stroke is left.

    Raises:
        UserError: if the strokes cannot be drawn on this photo.
    """
    if isinstance(result, Mended):
        first, state = result.first, result.state
    else:
        first, state = result, begin(as_networks_see(result.image), result.mask)
    state = state.after(strokes)
    if not state.strokes:
        return first
    photo, mask = _preview(first, state)
    score, _ = segmenter.judge(photo, mask / np.float32(255))
    return Mended(first, state, score)


def strokes_of_page(text, shape):
    """Reads the strokes that the page's script has written, in shares of the picture's sides.

    Args:
        text: JSON as `read_strokes` takes it; nothing is no stroke.
        shape: (H, W, ...) of the photo.

    Returns:
        tuple of Strokes in pixels of the photo.

    Raises:
        UserError: if it is anything else.
    """
    try:
        strokes = read_strokes(json.loads(text or "[]"))
    except (ValueError, RecursionError) as error:
        if isinstance(error, UserError):
            raise
        raise UserError("stroke.no_list", received=str(text)[:40]) from None
    height, width = shape[:2]
    longer = max(height, width)
    return tuple(
        replace(
            stroke,
            points=tuple((x * width, y * height) for x, y in stroke.points),
            radius=None if stroke.radius is None else stroke.radius * longer,
        )
        for stroke in strokes
    )


def strokes_of(result):
    """The tuple of Strokes that made a Result or Mended what it is."""
    return result.state.strokes if isinstance(result, Mended) else ()


def without_last(text):
    """The page's text of strokes without the last of them."""
    try:
        strokes = json.loads(text or "[]")
    except (ValueError, RecursionError):
        return ""
    return json.dumps(strokes[:-1]) if isinstance(strokes, list) and strokes[1:] else ""


def _preview(first, state):
    photo, _ = first.preview
    return photo, _drawn(state, photo)


def _drawn(state, photo):
    return without_transparent(state.mask(as_networks_see(photo), np.uint8), photo)
