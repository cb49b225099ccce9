"""Draws the method for the How it works tab: one gradient epoch, and a cycle on a photo."""

import html
import re

import numpy as np

from gecat.app.ui.figures import data_uri
from gecat.images.corruption import shift
from gecat.images.sizes import shrink
from gecat.inference.cutout import coloured_doubts, overlay

CRITIC, GENERATOR, FROZEN = "#0f766e", "#b45309", "#94a3b8"
WIDTH, HEIGHT = 104, 86  # of the time line; narrow, so that a phone shows it at a readable size
# Each has its meaning in the catalogues, in this order.
FORMULAS = (
    "m = σ(G(x))",
    "D(x, m)",
    "L_D = ⟨ln(1 + e^D) − t·D⟩",
    "L_G = ln(1 + e^−D(x, G(x)))",
    "θ",
    "d₀ = −P g₀,  dₖ = −P gₖ + βₖ dₖ₋₁",
    "βₖ = max(0, gₖ·P(gₖ − gₖ₋₁) / gₖ₋₁·P gₖ₋₁)",
    "f(θ + α d) ≤ f(θ) + c α g·d",
    "r² / √(Σ r²)",
)
CYCLE_SIDE = 360  # longer side of a picture of the cycle, pixels
DASHES = 'stroke-dasharray="2 1.5"'
LOSSES = ((32, 70), (36, 70), (48, 75.5), (61, 78.8), (75, 80.8), (85, 81.6), (88, 81.6))


def draw_epoch(words):
    """Draws one gradient epoch as a time line: who learns when, and who stands still.

    Args:
        words: of the tab, in the language of the picture.

    Returns:
        SVG text; its words stay text, in the fonts of the page.
    """
    names = {key: html.escape(name) for key, name in words.names.items()}
    steps = [_block(33.5 + 13.6 * step, 40, 12.8, names[f"step {step + 1}"]) for step in range(4)]
    parts = [
        _text(2, 11.5, names["critic"], size=4.6, weight="bold"),
        *(_block(left, 15, 14, names["learns"], CRITIC) for left in (2, 17, 89)),
        _block(33.5, 15, 53.6, names["frozen"], FROZEN, filled=False),
        _text(2, 37, names["generator"], size=4.6, weight="bold"),
        _block(2, 40, 29, names["still"], FROZEN, filled=False),
        *steps,
        _block(89, 40, 14, names["still"], FROZEN, filled=False),
        _text(2, 76, names["loss"]),
        f'<path d="M2 70H32" stroke="{FROZEN}" stroke-width="0.7" {DASHES}/>',
        f'<path d="{_stairs(LOSSES)}" stroke="{GENERATOR}" stroke-width="0.8"/>',
        '<path d="M33.5 58.5H87.1" stroke="currentColor" stroke-width="0.35"/>',
        _text(62, 64, names["fixed"], anchor="middle"),
    ]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="100%" '
        f'fill="none" font-family="sans-serif">{"".join(parts)}</svg>'
    )


def draw_cycle(photo, mask, judge, words):
    """Draws one cycle on a photo: four pictures that light up in turn.

    Args:
        photo: uint8 (H, W, 3); mask: float32 (H, W), the generator's.
        judge: takes photo and mask, returns score and score map, as `Segmenter.judge`.
        words: of the cycle, in the language of the page.

    Returns:
        HTML; where motion is not wanted, and while it is paused, all four stand lit.
    """
    pushed = shift(mask, 0.15, 0.06)
    wrong, _ = judge(photo, np.clip(pushed, 0.0, 1.0))
    score, score_map = judge(photo, mask)
    pictures = [
        _picture(overlay(photo, mask)),
        _picture(overlay(photo, np.clip(pushed, 0.0, 1.0), colour=(220, 120, 0))),
        _picture(coloured_doubts(score_map)),
        _walk(),
    ]
    scores = [None, wrong, score, None]
    stages = "".join(
        f"<li>{picture}<p>{_marked(said.format(score=f'{number or 0:.0%}'))}</p></li>"
        for picture, said, number in zip(pictures, words.stages, scores, strict=True)
    )
    return (
        f'<figure class="cycle"><label><input type="checkbox"> {html.escape(words.pause)}</label>'
        f"<ol>{stages}</ol></figure>"
    )


def formulas_html(words):
    """The formulas, each with what its symbols are.

    Args:
        words: of the formulas, in the language of the page.
    """
    rows = "".join(
        f"<dt>{html.escape(formula)}</dt><dd>{html.escape(meaning)}</dd>"
        for formula, meaning in zip(FORMULAS, words.meanings, strict=True)
    )
    return f'<dl class="formulas">{rows}</dl>'


def _picture(pixels):
    return f'<img alt="" src="{data_uri(shrink(pixels, CYCLE_SIDE))}">'  # what is said beside it


def _walk():
    """The loss as the generator walks down: a stair, and who walks on it."""
    line = _stairs([(left * 2.6 - 70, top * 3 - 190) for left, top in LOSSES])
    return (
        '<svg viewBox="0 0 170 80" aria-hidden="true" fill="none">'
        f'<path d="{line}" stroke="{FROZEN}" stroke-width="1.5" stroke-dasharray="4 3"/>'
        f'<path class="way" pathLength="1" d="{line}" stroke="{GENERATOR}" stroke-width="3"/></svg>'
    )


def _marked(text):
    """Text whose **words** are strong."""
    return re.sub(r"\*\*(.+?)\*\*", r"<b>\1</b>", html.escape(text))


def _block(left, top, width, label, colour=GENERATOR, filled=True):
    """A time in which somebody does something; of who waits the outline alone."""
    paint = f'fill="{colour}"' if filled else DASHES
    box = (
        f'<rect x="{left:g}" y="{top:g}" width="{width:g}" height="13" rx="2.2" {paint} '
        f'stroke="{colour}" stroke-width="0.55"/>'
    )
    ink = "white" if filled else "currentColor"
    return box + _text(left + width / 2, top + 8, label, anchor="middle", ink=ink)


def _text(x, y, text, size=3.8, weight="normal", anchor="start", ink="currentColor"):
    return (
        f'<text x="{x:g}" y="{y:g}" font-size="{size}" font-weight="{weight}" '
        f'text-anchor="{anchor}" fill="{ink}">{text}</text>'
    )


def _stairs(points):
    """A path from the first point (x, y) on, that goes down where the next begins."""
    (x, y), *others = points
    return f"M{x:g} {y:g}" + "".join(f"H{x:g}V{y:g}" for x, y in others)
