"""Every failure of an action becomes a message in the words of the page."""

import contextlib
import functools
import inspect
import logging

import gradio as gr

from gecat.app.ui.sentences import error_html
from gecat.errors import UserError, is_out_of_memory, told_of

TOAST_SECONDS = 12

log = logging.getLogger(__name__)


def errors_become_toasts(action):
    """Makes every failure of an action a message to the user, in the words of the page.

    Args:
        action: a method of what has the words of its page in `words`.
    """

    if inspect.isgeneratorfunction(action):  # it tells how far it has come

        @functools.wraps(action)
        def step_by_step(self, *args, **kwargs):
            with _failures_told(self.words, action):
                yield from action(self, *args, **kwargs)

        return step_by_step

    @functools.wraps(action)
    def wrapper(self, *args, **kwargs):
        with _failures_told(self.words, action):
            return action(self, *args, **kwargs)

    return wrapper


@contextlib.contextmanager
def _failures_told(words, action):
    try:
        yield
    except gr.Error:
        raise
    except UserError as error:
        raise _toast(error_html(error, words)) from error
    except Exception as error:
        if not is_out_of_memory(error):
            log.exception("%s failed", action.__name__)
        told = told_of(error)
        raise _toast(error_html(told, words) if told else words.page.unexpected) from error


def _toast(message):
    # The title is part of the text: Gradio 6.31's page shows "Error" whatever title it is given.
    return gr.Error(message, duration=TOAST_SECONDS, print_exception=False)
