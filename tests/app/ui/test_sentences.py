import pytest

from gecat.app.ui.sentences import count_in_words, error_html, score_in_words, skipped_html
from gecat.errors import ImageError, UserError
from gecat.i18n import LANGUAGES, words

ENGLISH, CHINESE = words("en"), words("zh")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_better_score_never_sounds_worse(language):
    scores = words(language).page.scores
    ranks = [scores.index(score_in_words(step / 100, words(language))) for step in range(101)]
    assert ranks == sorted(ranks)
    assert set(ranks) == {0, 1, 2, 3}


def test_objects_are_counted_in_words():
    assert [count_in_words(count, ENGLISH) for count in (0, 1, 2)] == [
        "No object",
        "1 object",
        "2 objects",
    ]


def test_a_refusal_has_a_title_and_no_markup():
    error = ImageError("image.missing", received="<img src=x>")
    assert error_html(error, ENGLISH) == (
        "This file cannot be used. There is no such file. Received: &lt;img src=x&gt;."
    )
    assert error_html(UserError("command.method_alone"), CHINESE).startswith("无法执行。")


def test_what_was_left_out_is_told_whatever_version_wrote_it_down():
    skipped = [("<b>.png", ImageError("image.not_finite")), ("old.png", "Some sentence.")]
    assert skipped_html(skipped, "zh") == (
        "<li><b>&lt;b&gt;.png</b>: 照片只能含有数字。收到：NaN 或无穷大。</li>"
        "<li><b>old.png</b>: Some sentence.</li>"
    )
