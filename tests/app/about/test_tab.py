import re
from xml.etree import ElementTree

import numpy as np
import pytest

from gecat.app.about.claims import claims_table, claims_text
from gecat.app.about.tab import read_card
from gecat.app.about.views import draw_cycle, draw_epoch, formulas_html
from gecat.i18n import LANGUAGES, words

from ...conftest import ROOT


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_picture_is_drawn_in_the_words_of_the_page(language):
    tab = words(language).about
    svg = draw_epoch(tab)
    root = ElementTree.fromstring(svg)
    texts = [element.text for element in root.iter("{http://www.w3.org/2000/svg}text")]
    assert set(texts) == set(tab.names.values())
    assert "currentColor" in svg


def test_the_card_beside_the_weights_is_read(tmp_path):
    weights = tmp_path / "mine.safetensors"
    assert read_card(weights) is None
    (tmp_path / "mine.md").write_text("# Mine", encoding="utf-8")
    assert read_card(weights) == read_card(weights, "zh") == "# Mine"


def test_the_chinese_card_has_no_figure_that_the_english_one_lacks():
    english, chinese = (set(re.findall(r"[\d.,]*\d", read_card(None, key))) for key in ("en", "zh"))
    assert len(chinese) > 60
    assert chinese <= english | {"95", "60"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_claim_has_a_test_and_a_result_in_the_words_of_the_page(language):
    lines = claims_table(words(language)).splitlines()
    assert len(lines) > 5
    assert {line.count("|") for line in lines} == {4}
    assert words(language).about.claims.result in lines[0]
    told = claims_text(words(language))
    assert told.count("<details>") == len(lines) - 2
    for part in re.split(r" \| |\*\*", lines[2].strip("| ")):
        assert part.strip() in told


def test_the_readme_has_the_table_of_the_page():
    assert claims_table(words("en")) in (ROOT / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_cycle_is_drawn_of_the_photo_and_says_what_the_critic_said(language):
    photo = np.random.default_rng(0).integers(0, 256, (60, 90, 3), np.uint8)
    mask = np.zeros((60, 90), np.float32)
    mask[20:40, 30:60] = 1.0
    asked = []

    def judge(image, shown):
        asked.append(shown)
        return (0.12, 0.87)[len(asked) - 1], np.full(shown.shape, 0.4, np.float32)

    drawn = draw_cycle(photo, mask, judge, words(language).about.cycle)
    assert drawn.count("<li>") == 4 and drawn.count("data:image/webp") == 3
    assert "12%" in drawn and "87%" in drawn and "**" not in drawn and "{" not in drawn
    assert (asked[1] == mask).all() and not (asked[0] == mask).all()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_formula_is_explained(language):
    meanings = words(language).about.formulas.meanings
    assert formulas_html(words(language).about.formulas).count("<dd>") == len(meanings) == 9
