import errno
from types import SimpleNamespace

import gradio as gr
import pytest

from gecat.app.ui.errors import errors_become_toasts
from gecat.i18n import LANGUAGES, words


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_the_system_refuses_is_told_and_kept_in_the_log(language, caplog):
    said = words(language)

    @errors_become_toasts
    def act(page, error):
        raise error

    for error, told in (
        (OSError(errno.ENOSPC, "No space left"), said.errors.file.full),
        (MemoryError(), said.errors.system.out_of_memory),
        (ZeroDivisionError("by chance"), said.page.unexpected),
    ):
        with pytest.raises(gr.Error) as caught:
            act(SimpleNamespace(words=said), error)
        assert told in caught.value.message
    assert len(caplog.records) == 2  # of too little memory nobody has to be told
