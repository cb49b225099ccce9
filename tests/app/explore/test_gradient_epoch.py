import json
from dataclasses import replace

import numpy as np

from gecat.app.explore.gradient_epoch import EpochActions
from gecat.app.ui.published import published
from gecat.i18n import words
from gecat.inspection.story import Story

ENGLISH, CHINESE = words("en"), words("zh")


def test_without_a_photo_it_waits(explorer):
    (shown,) = EpochActions(explorer).run(None)
    assert ENGLISH.explore.waiting in shown["fingerprints"]


def test_an_epoch_is_shown_in_the_language_of_the_page(explorer, ticket):
    chinese = replace(explorer, words=CHINESE)
    *steps, shown = EpochActions(chinese).run(ticket)
    assert steps and not any(steps)  # it can be cancelled
    assert shown["fingerprints"].count(f"<b>{CHINESE.explore.same}</b>") == 1
    assert shown["fingerprints"].count(f"<b>{CHINESE.explore.changed}</b>") == 1
    for name, word in (("line", "共轭方向"), ("plane", "起点"), ("angles", "直角")):
        assert word in shown[name]


def test_it_opens_with_one_that_was_recorded_and_says_so(explorer):
    actions = EpochActions(explorer)
    assert actions.open(None) == {}
    shown = actions.open("ticket")
    found = published("inspection")
    assert found["command"] in shown["recorded"] and found["date"] in shown["recorded"]
    for name in ("line", "plane", "angles"):
        assert "<svg" in shown[name]
    story = Story.from_dict(found["rows"][0])
    assert "of what the slope" in shown["line"] and f"{story.least:g}" in shown["line"]
    assert story.plane.loss.shape == (len(story.plane.y), len(story.plane.x))
    again = Story.from_dict(json.loads(json.dumps(story.to_dict())))
    assert np.allclose(again.conjugate.armijo(again.least), story.conjugate.armijo(story.least))
