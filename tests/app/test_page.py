import re
import subprocess
import sys

import pytest

from gecat import i18n
from gecat.app.page import build, launch_options
from gecat.app.ui.examples import write_examples
from gecat.app.ui.page_head import page_head
from gecat.files import asset
from gecat.images.reading import read_image


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    return build(tmp_path_factory.mktemp("examples"))


def test_building_needs_no_tensorflow(tmp_path):
    code = (
        "import sys; from gecat.app.page import build; "
        f"build({str(tmp_path)!r}); sys.exit('tensorflow' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_what_programs_call_is_public_and_nothing_else(demo):
    public = [fn.api_name for fn in demo.fns.values() if fn.api_visibility == "public"]
    assert public == ["segment", "segment_many", "score", "touch_up", "compare"]
    assert {fn.api_visibility for fn in demo.fns.values()} == {"public", "private"}


def test_photos_are_worked_on_beside_each_other_and_what_is_asked_of_networks_in_a_line(demo):
    lines = {}
    for fn in demo.fns.values():
        lines.setdefault(fn.concurrency_id, {}).setdefault(fn.concurrency_limit, set()).add(fn.name)
    assert lines["network"] == {1: {"occlude", "judge", "ask", "improve", "run", "open"}}
    programs = {"answer", "answer_mended", "answer_score"}
    mending = {"mend", "settle"}
    assert lines["photos"] == {4: {"segment", "inspect", "draw", "draw_seen"} | mending | programs}
    assert lines["batches"] == {1: {"segment_many", "score", "answer_many", "open"}}
    # Whoever compares takes one place: many photos, and others' comparisons, keep nobody waiting.
    assert lines["comparisons"] == {2: {"compare", "answer"}}
    # A mask is a file of up to 64 megapixels, so few are read at a time.
    assert {"score", "score_painted"} <= lines["drawing"][2]


def test_there_is_a_page_in_each_language(demo):
    assert [page[0] for page in demo.pages] == ["", "zh"]


def test_nothing_calls_home_or_shows_others_work():
    options = launch_options()
    for name in ("share", "run_history", "enable_monitoring", "ssr_mode", "show_error"):
        assert options[name] is False
    theme = options["theme"]._get_theme_css() + options["css"] + page_head()
    assert set(re.findall(r"https?://[^/'\"]+", theme)) <= {"http://www.w3.org"}  # SVG's own name
    assert options["theme"]._stylesheets == []


def test_examples_are_photos_that_can_be_read(tmp_path):
    paths = write_examples(tmp_path / "new")
    assert [path.stem for path in paths[:4]] == ["coffee", "astronaut", "flower", "chelsea"]
    assert len(paths) >= 8
    assert len(paths) == len(list(asset("examples").glob("*.jpg")))
    names = [i18n.words(language).page.example_names for language in i18n.LANGUAGES]
    stems = {path.stem for path in paths}
    assert set(i18n.words("en").page.hard_examples) < stems == set(names[0])
    for path in paths:
        assert all(path.stem in named for named in names)
        assert min(read_image(path).shape[:2]) >= 300


def test_the_page_says_how_long_photos_are_kept_and_misses_none_that_is_coming(demo):
    shown = [str(getattr(block, "value", "")) for block in demo.blocks.values()]
    assert not any(i18n.words("en").compare.no_photo in value for value in shown)
    for sentence in ("for 60 minutes at most", "最多保留 60 分钟"):
        assert sum(sentence in value for value in shown) == 1
