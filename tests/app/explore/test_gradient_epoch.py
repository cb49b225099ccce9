from dataclasses import replace

from gecat.app.explore.gradient_epoch import EpochActions
from gecat.i18n import words

ENGLISH, CHINESE = words("en"), words("zh")


def test_without_a_photo_it_waits(explorer):
    assert ENGLISH.explore.waiting in EpochActions(explorer).run(None)["fingerprints"]


def test_an_epoch_is_shown_in_the_language_of_the_page(explorer, ticket):
    chinese = replace(explorer, words=CHINESE)
    shown = EpochActions(chinese).run(ticket)
    assert shown["fingerprints"].count(f"<b>{CHINESE.explore.same}</b>") == 1
    assert shown["fingerprints"].count(f"<b>{CHINESE.explore.changed}</b>") == 1
    for name, word in (("line", "共轭方向"), ("plane", "起点"), ("angles", "直角")):
        assert word in shown[name]
