from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

from PIL import Image

from gecat.app.explore.many_photos import FILTERS, ManyPhotosActions, passes
from gecat.i18n import words

ENGLISH = words("en").explore


def test_many_photos_are_sorted_and_the_bad_ones_named(explorer, upload, tmp_path, numbers):
    (tmp_path / "note.png").write_text("only words")
    Image.new("RGB", (60, 40), (9, 99, 9)).save(tmp_path / "=green.png")
    files = [
        upload,
        {"path": str(tmp_path / "note.png"), "orig_name": "note.png"},
        {"path": str(tmp_path / "=green.png"), "orig_name": "=green.png"},
    ]
    actions = ManyPhotosActions(explorer)
    *_, scored = actions.score(files)
    shown = actions.show(scored["scored"], "all")
    assert len(shown["gallery"]) == 2
    assert ENGLISH.folder_done.format(count=2, shown=2) in shown["note"]
    assert "note.png" in shown["note"]
    scores = [float(row["score"]) for row in numbers(scored["figure"])]
    assert scores == sorted(scores, reverse=True)
    assert actions.show(None, "all") == {"gallery": [], "note": ""}


def test_it_opens_with_the_examples_and_leaves_what_is_shown(explorer, upload):
    examples = replace(explorer, examples=[Path(upload["path"])])
    actions = ManyPhotosActions(examples)
    opened = actions.open("ticket", None)
    shown = actions.show(opened["scored"], "all")
    assert ENGLISH.folder_done.format(count=1, shown=1) in shown["note"]
    assert actions.open("another", opened["scored"]) == {} == actions.open(None, None)


def test_filters_let_through_what_they_say():
    def shown(score, share):
        photo = SimpleNamespace(score=score, share=share)
        return [kind for kind in FILTERS if passes(photo, kind)]

    assert shown(0.9, 0.3) == ["all"]
    assert shown(0.9, 0.0) == ["all", "empty"]
    assert shown(0.2, 0.95) == ["all", "full", "doubtful"]
