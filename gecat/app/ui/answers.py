"""What a request is answered that does not reach Gradio: a sentence, in its own language."""

from operator import itemgetter
from urllib.parse import urlsplit

from starlette.responses import JSONResponse, PlainTextResponse

from gecat.i18n import LANGUAGES, words


def language_of(scope):
    """Returns the language of a request: its page's, else the one that its program prefers.

    Args:
        scope: of ASGI.

    Returns:
        one of LANGUAGES.
    """
    headers = dict(scope.get("headers", ()))
    page = headers.get(b"referer")
    if page is not None:
        return "zh" if _path(page).rstrip("/").endswith("/zh") else "en"
    wished = headers.get(b"accept-language", b"").decode("latin-1").split(",")
    known = [wish for wish in map(_weighed, wished[:20]) if wish[1] in LANGUAGES and wish[0] > 0]
    return max(known, key=itemgetter(0), default=(1.0, "en"))[1]  # the first of equals


def words_of(scope):
    """Returns the words of `[requests]` in the language of a request."""
    return words(language_of(scope)).requests


def plain(sentence, status, headers=None):
    """Returns an answer that a person reads, and an upload shows."""
    return PlainTextResponse(sentence, status, headers)


def told(sentence, status):
    """Returns an answer that the page shows as a toast, and a program finds where Gradio has it."""
    return JSONResponse({"detail": sentence, "error": sentence}, status)


def _path(address):
    try:
        return urlsplit(address.decode("latin-1")).path
    except ValueError:
        return ""


def _weighed(wish):
    language, _, parameter = wish.strip().lower().partition(";q=")
    try:
        weight = float(parameter or 1)
    except ValueError:
        weight = 0.0
    return weight, language.split("-")[0]
