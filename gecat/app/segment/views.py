"""What the Segment tab shows of a result: its pictures, and the score in words."""

from dataclasses import dataclass

import numpy as np

from gecat.app.ui.figures import data_uri
from gecat.app.ui.fragments import score_html
from gecat.app.ui.sentences import count_in_words, score_in_words
from gecat.images.transparency import laid_on
from gecat.inference.cutout import (
    cutout,
    object_share,
    on_background,
    outlined,
    overlay,
)
from gecat.inference.objects import boxes


@dataclass(frozen=True)
class Pictures:
    """The pictures of one result at one threshold, and what is counted in them."""

    photo: np.ndarray  # uint8 (h, w, 3)
    overlay: np.ndarray  # uint8 (h, w, 3)
    cutout: np.ndarray  # uint8 (h, w, 4)
    mask: np.ndarray  # uint8 (h, w)
    composite: np.ndarray  # uint8 (h, w, 3)
    boxes: tuple
    share: float  # of the picture that is object, in [0, 1]


def draw(result, threshold, background):
    """Draws every picture of a result.

    Args:
        result: a Result.
        threshold: in [0, 1].
        background: a colour (red, green, blue) or a uint8 picture (h, w, 3).

    Returns:
        Pictures.
    """
    photo, mask = result.preview
    alpha = outlined(mask, threshold)
    cut = cutout(photo, alpha)
    return Pictures(
        photo=laid_on(photo),
        overlay=overlay(photo, alpha),
        cutout=cut,
        mask=alpha,
        composite=on_background(cut, background),
        boxes=boxes(alpha),
        share=object_share(alpha),
    )


def draw_cutout(result, threshold):
    """Draws the cut-out alone; see `draw`."""
    photo, mask = result.preview
    return cutout(photo, outlined(mask, threshold))


def before_after_html(pictures, after, segment):
    """The photo on the left and what was made of it on the right, with a line between to be moved.

    Args:
        pictures: of `draw`.
        after: what is on the right, "cutout" or "overlay".
        segment: the words of the tab.
    """
    height, width = pictures.mask.shape
    made = getattr(pictures, after)
    return (
        f'<div class="before-after" style="--ratio: {width / height:.4f}">'
        f'<img src="{data_uri(pictures.photo)}" alt="{segment.before}">'
        f'<img class="after" src="{data_uri(made)}" alt="{segment.afters[after]}">'
        f'<input class="split" type="range" min="0" max="100" step="any" value="50" '
        f'aria-label="{segment.divider}"></div>'
    )


def labelled_boxes(pictures):
    """The objects as Gradio takes them: [((left, top, right, bottom), label)]."""
    return [
        ((box.left, box.top, box.right, box.bottom), f"{number} · {box.confidence:.0%}")
        for number, box in enumerate(pictures.boxes, 1)
    ]


def result_html(result, pictures, words):
    """The critic's score, in words and as a number, and the facts of the mask."""
    height, width = result.image.shape[:2]
    facts = words.segment.facts.format(
        objects=count_in_words(len(pictures.boxes), words),
        share=f"{pictures.share:.0%}",
        width=width,
        height=height,
    )
    if pictures.boxes:
        score, sentence = result.score, score_in_words(result.score, words)
    else:
        # However well an empty mask fits, a high score beside it would read as a find.
        likely = (result.preview[1] > 127).any()
        sentence = words.segment.nothing_left if likely else words.segment.nothing_found
        score = None
    return score_html(score, sentence, facts, words.segment.score_title)
