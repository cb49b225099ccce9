import os
import tempfile
import time
from pathlib import Path

import pytest

from gecat.app.ui import temporary
from gecat.app.ui.temporary import begin_sweeping, remove_abandoned, sweep, temporary_folder


@pytest.fixture(autouse=True)
def parent(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def test_all_temporary_files_lie_in_one_folder_that_goes(parent):
    with temporary_folder() as folder:
        assert folder.parent == parent
        with tempfile.NamedTemporaryFile(delete=False) as file:
            assert Path(file.name).parent == folder / "files"
        assert os.environ["GRADIO_TEMP_DIR"] == str(folder / "files")
    assert list(parent.iterdir()) == []
    assert tempfile.gettempdir() == str(parent)


def test_what_a_killed_app_has_left_is_removed_and_a_living_ones_is_not(parent):
    with temporary_folder() as folder:
        (folder / "files" / "photo.jpg").touch()
        left = parent / f"{temporary.PREFIX}left"
        (left / "files").mkdir(parents=True)
        (left / "files" / "photo.jpg").touch()
        (left / "life").touch()
        other = parent / f"{temporary.PREFIX}other"  # not made by an app
        other.mkdir()
        remove_abandoned(parent)
        assert not left.exists()
        assert other.exists()
        assert (folder / "files" / "photo.jpg").exists()


def test_what_is_old_goes_and_so_does_the_oldest_of_too_much(parent):
    for name in ("first", "second", "third"):
        (parent / name).mkdir()
        (parent / name / "photo.jpg").write_bytes(bytes(1000))
        time.sleep(0.05)
    sweep(parent, kept_bytes=2500)
    assert not (parent / "first" / "photo.jpg").exists()
    assert (parent / "second" / "photo.jpg").exists()
    own = parent / "second" / "photo.jpg"
    sweep(parent, own={own}, kept_seconds=0.0)
    assert list(parent.rglob("*")) == [parent / "second", own]


def test_the_pages_own_files_stay_while_it_is_swept(parent, monkeypatch):
    monkeypatch.setattr(temporary, "SWEEP_SECONDS", 0.01)
    monkeypatch.setattr(sweep, "__defaults__", (frozenset(), 0.0, 10**9))
    with temporary_folder() as folder:
        (folder / "files" / "example.jpg").touch()
        called = []
        end = begin_sweeping(folder, lambda: called.append(1))
        (folder / "files" / "upload.part").touch()
        for _ in range(500):
            if not (folder / "files" / "upload.part").exists():
                break
            time.sleep(0.02)
        end()
        assert [path.name for path in (folder / "files").iterdir()] == ["example.jpg"]
        assert called
