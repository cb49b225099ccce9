"""What the Segment tab shows of a result: its pictures, and the score in words."""

from dataclasses import dataclass

import numpy as np

from gecat.app.segment.result import opacity_of
from gecat.app.ui.figures import data_uri
from gecat.app.ui.fragments import score_html
from gecat.app.ui.sentences import count_in_words, score_in_words
from gecat.images.transparency import laid_on
from gecat.inference.backdrop import lay
from gecat.inference.cutout import cutout, object_share, outlined, overlay
from gecat.inference.objects import boxes


@dataclass(frozen=True)
class Pictures:
    """The pictures of one result at one threshold, and what is counted in them."""

    photo: np.ndarray  # uint8 (h, w, 3)
    overlay: np.ndarray  # uint8 (h, w, 3)
    cutout: np.ndarray  # uint8 (h, w, 4)
    mask: np.ndarray  # uint8 (h, w)
    composite: np.ndarray  # uint8 (h, w, 3 or 4), cropped where that was asked for
    boxes: tuple  # of all objects
    chosen: tuple  # numbers of those that are kept
    share: float  # of the picture that is object, in [0, 1]


def draw(result, threshold, look):
    """Draws every picture of a result.

    Args:
        result: a Result.
        threshold: in [0, 1].
        look: a Look.

    Returns:
        Pictures.
    """
    photo, mask = result.preview
    found = boxes(outlined(mask, threshold))
    alpha = opacity_of(result, threshold, look.objects)
    cut = cutout(photo, alpha)
    return Pictures(
        photo=laid_on(photo),
        overlay=overlay(photo, alpha),
        cutout=cut,
        mask=alpha,
        composite=lay(photo, cut, look.ground, look.shadow, look.crop),
        boxes=found,
        chosen=tuple(range(len(found))) if look.objects is None else look.objects,
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


def labelled_boxes(pictures, segment):
    """The objects as Gradio takes them: [((left, top, right, bottom), label)].

    Args:
        pictures: of `draw`; segment: the words of the tab.
    """
    return [
        (
            (box.left, box.top, box.right, box.bottom),
            (segment.object_kept if number in pictures.chosen else segment.object_left_out).format(
                number=number + 1, confidence=f"{box.confidence:.0%}"
            ),
        )
        for number, box in enumerate(pictures.boxes)
    ]


def object_choices(pictures, mark, segment):
    """The objects to choose from: pairs of what the page says and a value, and the chosen values.

    Args:
        pictures: of `draw`; mark: of the Result; segment: the words of the tab.
    """
    count = len(pictures.boxes)
    names = [segment.object.format(number=number + 1) for number in range(count)]
    values = [_value(mark, count, number) for number in range(count)]
    return list(zip(names, values, strict=True)), [values[number] for number in pictures.chosen]


def chosen_objects(values, result, threshold):
    """The numbers of the objects that are chosen, or None for all.

    What was chosen of other objects, of another photo or at another threshold, counts no more, and
    a cut-out of nothing is no choice.

    Args:
        values: of `object_choices`, as the page sends them; result: a Result; threshold: in [0, 1].
    """
    count = len(boxes(outlined(result.preview[1], threshold)))
    numbers = tuple(
        number for number in range(count) if _value(result.mark, count, number) in (values or ())
    )
    return None if len(numbers) in (0, count) else numbers


def _value(mark, count, number):
    return f"{mark}:{number}/{count}"


def result_html(result, pictures, words):
    """The critic's score, in words and as a number, and the facts of the mask."""
    height, width = result.image.shape[:2]
    facts = words.segment.facts.format(
        objects=count_in_words(len(pictures.chosen), words),
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
    whole = len(pictures.chosen) == len(pictures.boxes)
    title = words.segment.score_title if whole else words.segment.score_title_all
    return score_html(score, sentence, facts, title)
