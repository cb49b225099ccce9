"""Numbers and errors as a person says them, in the language of the page; needs no Gradio."""

import html

from gecat.i18n import say


def score_in_words(score, words):
    """Says in a sentence what the critic's score means.

    Args:
        score: the critic's score of a mask, from 0 to 1.
        words: the language of the page.

    Returns:
        one of `words.page.scores`: a quarter of the range each, from worst to best.
    """
    return words.page.scores[min(3, max(0, int(score * 4)))]


def count_in_words(count, words):
    """Says how many objects there are: "No object", "1 object", "3 objects"."""
    page = words.page
    if count == 0:
        return page.no_object
    return page.one_object if count == 1 else page.many_objects.format(count=count)


def error_html(error, words):
    """What a page says of a UserError: a title by its kind, and its sentence.

    Args:
        error: a UserError; words: the language of the page.
    """
    title = words.titles.get(error.kind, words.titles.other)
    return f"{title} {html.escape(say(error, words.language))}"


def skipped_html(skipped, language):
    """Items of a list of what was left out, each with its reason.

    Args:
        skipped: pairs of a name and a UserError, or the sentence that an old run has.
        language: of the page.
    """
    reasons = [(name, why if isinstance(why, str) else say(why, language)) for name, why in skipped]
    return "".join(
        f"<li><b>{html.escape(name)}</b>: {html.escape(reason)}</li>" for name, reason in reasons
    )
