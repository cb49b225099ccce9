"""What the critic says of a result, as HTML."""

from gecat.app.ui.sentences import count_in_words, score_in_words


def verdict_html(kept, views, words):
    """The critic's score, in words and as a number, and the facts of the mask."""
    height, width = kept.mask.shape
    facts = words.segment.facts.format(
        objects=count_in_words(len(views.boxes), words),
        share=f"{views.share:.0%}",
        width=width,
        height=height,
    )
    if not views.boxes:
        # However well an empty mask fits, a high score beside it would read as a find.
        surest = (kept.mask > 127).any()
        sentence = words.segment.nothing_left if surest else words.segment.nothing_found
        return (
            f'<div class="verdict"><div class="number">–</div><div class="words">{sentence}</div>'
            f'<div class="facts">{facts}</div></div>'
        )
    percent = f"{kept.score:.0%}"
    return (
        f'<div class="verdict"><div class="number" title="{words.page.score_title}">{percent}</div>'
        f'<div class="words">{score_in_words(kept.score, words)}</div>'
        f'<div class="facts">{facts}</div>'
        f'<div class="meter" role="img" aria-label="{words.page.score_title}: {percent}">'
        f'<i style="width: {percent}"></i></div></div>'
    )
