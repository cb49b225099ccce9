import re

import pytest
from PIL import Image

from gecat.__main__ import main
from gecat.evaluation.bench.pictures import PICTURES
from gecat.files import asset

from ...conftest import ROOT


@pytest.fixture(scope="module")
def drawn(tmp_path_factory):
    folder = tmp_path_factory.mktemp("drawn")
    assert main(["bench", "pictures", "--out", str(folder)]) == 0
    return folder


def test_the_readme_shows_six_pictures_and_says_how_they_were_drawn():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    shown = re.findall(r"!\[.+?\]\(assets/figures/(\w+)\.jpg\)", readme)
    assert sorted(shown) == sorted(PICTURES) and len(shown) == 6
    assert "`python -m gecat bench pictures --out assets/figures`" in readme


@pytest.mark.parametrize("name", PICTURES)
def test_each_is_drawn_as_it_ships_and_small(drawn, name):
    path = asset("figures", f"{name}.jpg")
    assert path.stat().st_size < 150_000
    with Image.open(path) as shipped, Image.open(drawn / path.name) as now:
        assert now.size == shipped.size
        # Other processors compute a little otherwise.
        pair = [picture.convert("L").resize((64, 32)) for picture in (now, shipped)]
        apart = [abs(a - b) for a, b in zip(*(each.tobytes() for each in pair), strict=True)]
        assert sum(apart) / len(apart) < 3
