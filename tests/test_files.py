"""Files that are never seen half written, and names that are harmless."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gecat import files
from gecat.files import asset, free_name, safe_stem, write_atomically


def test_many_threads_may_write_one_file(tmp_path):
    texts = [bytes([number]) * 10_000 for number in range(200)]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda text: write_atomically(tmp_path / "deep" / "file", text), texts))
    assert (tmp_path / "deep" / "file").read_bytes() in texts
    assert [path.name for path in (tmp_path / "deep").iterdir()] == ["file"]


def test_what_cannot_be_written_leaves_nothing_behind(tmp_path):
    (tmp_path / "file").mkdir()
    with pytest.raises(OSError):
        write_atomically(tmp_path / "file", b"text")
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_assets_are_found_beside_the_package_and_inside_it(tmp_path, monkeypatch):
    assert asset("weights", "base.safetensors").is_file()
    assert asset("examples").is_dir()
    monkeypatch.setattr(files, "PACKAGE", tmp_path / "gecat")
    assert asset("weights", "some.md") == tmp_path / "assets" / "weights" / "some.md"
    (tmp_path / "gecat" / "assets").mkdir(parents=True)  # as a wheel carries them
    assert asset("weights", "some.md") == tmp_path / "gecat" / "assets" / "weights" / "some.md"


@pytest.mark.parametrize(
    ("name", "stem"),
    [
        ("cat.jpg", "cat"),
        ("my holiday photo.png", "my-holiday-photo"),
        ("../../etc/passwd", "passwd"),
        ("猫.webp", "猫"),
        ("<b>&.gif", "b"),
        ("...", "photo"),
        ("x" * 300 + ".png", "x" * 60),
    ],
)
def test_download_names_are_harmless(name, stem):
    assert safe_stem(name) == stem


@given(st.text())
def test_no_name_leaves_its_folder(name):
    stem = safe_stem(name)
    assert 0 < len(stem) <= 60
    assert not set(stem) & set("/\\.<>&\"'\0")


def test_names_that_are_taken_get_a_number():
    taken = {"a.png", "a-2.png"}
    assert free_name("a.png", taken) == "a-3.png"
    assert free_name("b.png", taken) == "b.png"


def test_what_was_never_finished_is_removed(tmp_path):
    (tmp_path / "deep").mkdir()
    kept = [tmp_path / "kept", tmp_path / "deep" / "kept.part"]
    half = [tmp_path / ".kept.0123.part", tmp_path / "deep" / ".state.4567.part"]
    for path in kept + half:
        path.write_bytes(b"x")
    files.remove_unfinished(tmp_path, older=3600)
    assert all(path.exists() for path in half)
    files.remove_unfinished(tmp_path)
    assert all(path.exists() for path in kept)
    assert not any(path.exists() for path in half)


def test_what_cannot_be_written_is_told_by_its_own_name(tmp_path):
    (tmp_path / "folder").mkdir()
    with pytest.raises(OSError) as caught:
        write_atomically(tmp_path / "folder", b"x")
    assert caught.value.filename == str(tmp_path / "folder")
