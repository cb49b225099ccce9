"""Draws one photo by all contenders, side by side."""

import html

import cv2
import numpy as np

from gecat.app.ui.figures import data_uri, explained
from gecat.images.sizes import resized, shrink

CARD_SIDE = 640  # longer side of a card's picture, pixels: it can be looked at closely
DIM = 0.22  # how bright the background stays
OUTLINE = (20, 220, 200)
LINE = np.ones((5, 5), np.uint8)  # reaches two pixels around the object


def board_html(comparison, words):
    """Everybody's cut-out as light on the photo, with the seconds, and the IoU where it is known.

    Args:
        comparison: a Comparison, as far as it has come.
        words: of the page, in its language.
    """
    compare = words.compare
    ious = comparison.ious()
    best = max((value for value in ious if value is not None), default=None)
    cards = [_card(shrink(comparison.photo, CARD_SIDE), compare.photo, "", compare.photo_note)]
    if comparison.truth is not None:
        picture = _lit(comparison.photo, comparison.truth)
        cards.append(_card(picture, compare.truth_card, "", compare.truth_note))
    for number, contender in enumerate(comparison.contenders):
        name, note = contender_name(contender, compare), compare.notes[contender.kind]
        if number < len(comparison.outcomes):
            outcome, value = comparison.outcomes[number], ious[number]
            facts = compare.facts.format(seconds=_seconds(outcome.seconds))
            if value is not None:
                facts += f" · {compare.iou.format(iou=f'{value:.3f}')}"
            wins = value is not None and value == best
            facts += f" · {compare.best}" if wins else ""
            picture = _lit(comparison.photo, outcome.mask / np.float32(255))
            cards.append(_card(picture, name, facts, note, contender.kind, wins))
        else:
            cards.append(_card(None, name, compare.not_yet, note, contender.kind))
    outcomes = comparison.outcomes
    ended = comparison.contenders[: len(outcomes)]
    columns = {
        "method": [contender_name(contender, compare) for contender in ended],
        "seconds": [outcome.seconds for outcome in outcomes],
        "IoU": [] if comparison.truth is None else ious,
    }
    title, how = compare.board_figure
    board = f'<div class="board">{"".join(cards)}</div>'
    name = f"{comparison.name}-compared"
    return explained(name, title, how, words.explore, board, columns)


def contender_name(contender, compare):
    """What the page calls a contender."""
    if contender.name:
        return compare.own_name.format(name=html.escape(contender.name))
    return compare.methods[contender.kind]


def progress_html(comparison, compare, state):
    """How far a comparison has come: a bar and a word.

    Args:
        comparison: a Comparison, or None where it has not begun.
        compare: the words of the tab.
        state: "waiting", "working", "done" or "cancelled".
    """
    done, count = 0, 1
    if comparison is not None:
        done, count = len(comparison.outcomes), len(comparison.contenders)
    at = comparison.contenders[done] if comparison is not None and done < count else None
    told = compare.states[state].format(
        name="" if at is None else contender_name(at, compare),
        number=min(done + 1, count),
        done=done,
        count=count,
    )
    return (
        f'<div class="comparing" data-state="{state}" role="status"><p>{told}</p>'
        f'<progress max="{count}" value="{done}" aria-label="{compare.progress}"></progress></div>'
    )


def _card(picture, name, facts, note, kind="", best=False):
    shown = (
        '<div class="empty-card"></div>'
        if picture is None
        else f'<button><img src="{data_uri(picture)}" alt="{html.escape(name, quote=True)}">'
        "</button>"
    )
    return (
        f'<div class="card{" best" if best else ""}" data-kind="{kind}">{shown}'
        f"<b>{name}</b>{f'<span>{facts}</span>' if facts else ''}<small>{note}</small></div>"
    )


def _lit(photo, mask):
    """The photo where the mask is, and little of it elsewhere, uint8 (h, w, 3).

    An outline says where it ends: on a dark photo light alone does not.
    """
    small = shrink(photo, CARD_SIDE)
    light = resized(np.float32(mask), *small.shape[:2])
    lit = np.rint(small * (DIM + (1 - DIM) * light[..., None])).astype(np.uint8)
    inside = np.uint8(light > 0.5)
    lit[(cv2.dilate(inside, LINE) > 0) & (inside == 0)] = OUTLINE
    return lit


def _seconds(value):
    return f"{value:.3f}" if value < 0.1 else f"{value:.2f}"
