"""Every failure of an action becomes a message in the words of the page."""

import functools
import html
import logging

import gradio as gr

from gecat.app.ui.reasons import in_words
from gecat.images.reading import ImageError
from gecat.jobs.requests import JobError

TOAST_SECONDS = 12

log = logging.getLogger(__name__)


def told(action):
    """Makes every failure of an action a message to the user, in the words of the page."""

    @functools.wraps(action)
    def wrapper(self, *args, **kwargs):
        words = self.words
        try:
            return action(self, *args, **kwargs)
        except gr.Error:
            raise
        except ImageError as error:
            raise toast(words.cannot_read, html.escape(in_words(error, words.reasons))) from error
        except Exception as error:
            log.exception("%s failed", action.__name__)
            raise toast(words.unexpected_title, words.unexpected) from error

    return wrapper


def toast(title, message=""):
    """Returns the error that Gradio shows as a toast; `message` may hold HTML."""
    # The title is part of the text: Gradio 6.31's page shows "Error" whatever title it is given.
    return gr.Error(f"{title} {message}", duration=TOAST_SECONDS, print_exception=False)


def answered(action):
    """Makes a refusal of `Jobs` a message in the words of the page."""

    @told
    @functools.wraps(action)
    def wrapper(self, *args, **kwargs):
        try:
            return action(self, *args, **kwargs)
        except JobError as error:
            values = {name: html.escape(str(value)) for name, value in error.values.items()}
            message = self.train.refusals[error.code].format(**values)
            raise toast(self.train.refused, message) from error

    return wrapper


def note_html(text):
    """What stands in the verdict's place while there is none."""
    return f'<p class="waiting">{text}</p>'
