"""Draws one gradient epoch for the How it works tab."""

import html
import io

import matplotlib
from matplotlib.figure import Figure
from matplotlib.patches import FancyBboxPatch

INK = "#010203"  # stands for the page's own text colour, which a file cannot know
CRITIC, GENERATOR, FROZEN = "#0f766e", "#b45309", "#94a3b8"


def draw_epoch(words):
    """Draws one gradient epoch as a time line: who learns when, and who stands still.

    Args:
        words: of the tab, in the language of the picture.

    Returns:
        SVG text; its words stay text, in the fonts of the page.
    """
    svg = _draw_time_line().replace(INK, "currentColor")
    # Matplotlib has no Chinese font to measure with, so the words are put in afterwards.
    for key, name in words.names.items():
        svg = svg.replace(f">{key}<", f">{html.escape(name)}<")
    return svg


def _draw_time_line():
    """Returns the picture as SVG text, with the keys of `[about.names]` for words."""
    figure = Figure(figsize=(7.4, 4.3))
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set(xlim=(0, 148), ylim=(0, 86))
    axes.axis("off")

    def block(left, bottom, width, label, colour, filled=True):
        axes.add_patch(
            FancyBboxPatch(
                (left, bottom),
                width,
                13,
                boxstyle="round,pad=0,rounding_size=2.2",
                facecolor=colour if filled else "none",
                edgecolor=colour,
                linewidth=1.6,
                linestyle="-" if filled else (0, (4, 3)),
            )
        )
        ink = "white" if filled else INK
        axes.text(
            left + width / 2, bottom + 6.2, label, ha="center", va="center", color=ink, fontsize=12
        )

    axes.text(3, 74.5, "critic", fontsize=13, fontweight="bold", color=INK)
    block(3, 58, 20, "learns", CRITIC)
    block(25, 58, 20, "learns", CRITIC)
    block(47, 58, 70, "frozen", FROZEN, filled=False)
    block(119, 58, 20, "learns", CRITIC)

    axes.text(3, 49, "generator", fontsize=13, fontweight="bold", color=INK)
    block(3, 33, 42, "still", FROZEN, filled=False)
    for step in range(4):
        block(47 + 17.7 * step, 33, 16.5, f"step {step + 1}", GENERATOR)
    block(119, 33, 20, "still", FROZEN, filled=False)

    axes.text(3, 22, "loss", fontsize=12, color=INK)
    axes.plot([3, 46], [16, 16], color=FROZEN, linewidth=2, linestyle=(0, (4, 3)))
    axes.step(
        [46, 55, 73, 91, 108, 118],
        [16, 16, 10.5, 7.2, 5.2, 4.4],
        where="mid",
        color=GENERATOR,
        linewidth=2.4,
    )
    axes.plot([46, 117.5], [27.5, 27.5], color=INK, linewidth=1)
    axes.text(82, 22, "fixed", ha="center", fontsize=11.5, color=INK)

    buffer = io.StringIO()
    with matplotlib.rc_context({"svg.fonttype": "none", "font.family": "sans-serif"}):
        figure.savefig(buffer, format="svg", transparent=True, metadata={"Date": None})
    svg = buffer.getvalue()
    return svg[svg.index("<svg") :]
