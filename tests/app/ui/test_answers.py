import pytest

from gecat.app.ui.answers import language_of


def asked(**headers):
    pairs = [(name.replace("_", "-").encode(), value) for name, value in headers.items()]
    return language_of({"headers": pairs})


@pytest.mark.parametrize(
    ("page", "language"),
    [
        (b"http://127.0.0.1:7860/zh", "zh"),
        (b"https://a.hf.space/zh/?x=1", "zh"),
        (b"http://127.0.0.1:7860/?language=en", "en"),
        (b"http://127.0.0.1:7860/", "en"),
        (b"http://[", "en"),
        (b"\xff/zh", "zh"),
    ],
)
def test_a_page_is_answered_in_its_own_language(page, language):
    assert asked(referer=page, accept_language=b"zh-CN") == language


@pytest.mark.parametrize(
    ("wished", "language"),
    [
        (b"zh-CN,zh;q=0.9,en;q=0.8", "zh"),
        (b"en-US,zh;q=0.5", "en"),
        (b"fr, zh;q=0.2, en;q=0.4", "en"),
        (b"fr,zh;q=0", "en"),
        (b"zh;q=many", "en"),
        (b"\xff\xfe", "en"),
        (b"", "en"),
    ],
)
def test_a_program_is_answered_in_the_language_that_it_prefers(wished, language):
    assert asked(accept_language=wished) == language


def test_whoever_wishes_nothing_is_answered_in_english():
    assert language_of({"headers": []}) == "en"
