"""Pieces of HTML that several tabs show."""

from gecat.app.ui.sentences import skipped_html


def note_html(text):
    """What stands where there is no result yet."""
    return f'<p class="waiting">{text}</p>'


def score_html(score, sentence, facts, title):
    """The critic's score of a mask: a number, a meter, and what it means.

    Args:
        score: in [0, 1], or None where a number would mislead.
        sentence: what it means; facts: what else is known of the mask; both are HTML.
        title: what the number is, and of which mask: each mask has its own.
    """
    head = f'<div class="title">{title}</div>'
    texts = f'<div class="words">{sentence}</div><div class="facts">{facts}</div>'
    if score is None:
        return f'<div class="score">{head}<div class="number">–</div>{texts}</div>'
    percent = f"{score:.0%}"
    return (
        f'<div class="score">{head}<div class="number">{percent}</div>{texts}'
        f'<div class="meter" role="img" aria-label="{percent}">'
        f'<i style="width: {percent}"></i></div></div>'
    )


def photos_html(done, skipped, words):
    """What became of many photos, and which of them were left out, and why.

    Args:
        done: a sentence on the others.
        skipped: as `skipped_html` takes it.
        words: the language of the page.
    """
    rows = skipped_html(skipped, words.language)
    return f"<p>{done} {words.page.many_skipped}</p><ul>{rows}</ul>" if rows else f"<p>{done}</p>"
