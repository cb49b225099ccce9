"""Draws one gradient epoch for the How it works tab."""

import html

CRITIC, GENERATOR, FROZEN = "#0f766e", "#b45309", "#94a3b8"
WIDTH, HEIGHT = 148, 86
DASHES = 'stroke-dasharray="2 1.5"'
LOSSES = ((46, 70), (50.5, 70), (64, 75.5), (82, 78.8), (99.5, 80.8), (113, 81.6), (118, 81.6))


def draw_epoch(words):
    """Draws one gradient epoch as a time line: who learns when, and who stands still.

    Args:
        words: of the tab, in the language of the picture.

    Returns:
        SVG text; its words stay text, in the fonts of the page.
    """
    names = {key: html.escape(name) for key, name in words.names.items()}
    steps = [_block(47 + 17.7 * step, 40, 16.5, names[f"step {step + 1}"]) for step in range(4)]
    parts = [
        _text(3, 11.5, names["critic"], size=4.6, weight="bold"),
        *(_block(left, 15, 20, names["learns"], CRITIC) for left in (3, 25, 119)),
        _block(47, 15, 70, names["frozen"], FROZEN, filled=False),
        _text(3, 37, names["generator"], size=4.6, weight="bold"),
        _block(3, 40, 42, names["still"], FROZEN, filled=False),
        *steps,
        _block(119, 40, 20, names["still"], FROZEN, filled=False),
        _text(3, 64, names["loss"]),
        f'<path d="M3 70H46" stroke="{FROZEN}" stroke-width="0.7" {DASHES}/>',
        f'<path d="{_stairs(LOSSES)}" stroke="{GENERATOR}" stroke-width="0.8"/>',
        '<path d="M46 58.5H117.5" stroke="currentColor" stroke-width="0.35"/>',
        _text(82, 64, names["fixed"], anchor="middle"),
    ]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="100%" '
        f'fill="none" font-family="sans-serif">{"".join(parts)}</svg>'
    )


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
