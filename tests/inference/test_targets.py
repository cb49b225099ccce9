"""Which files are taken, and where their results go: settled before any is read."""

import os

import numpy as np
import pytest
from PIL import Image

from gecat.errors import UserError
from gecat.inference.batch import carry_out
from gecat.inference.products import Product
from gecat.inference.targets import plan


def brightness(image):
    return image[..., 0].astype(np.float32) / 255


def write(path, value=200):
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(np.full((12, 17, 3), value, np.uint8)).save(path)
    return path


def contents(folder):
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def run(paths, out, product=None, **options):
    """Carries a plan out; returns the names of the results, from the results' folder."""
    product = product or Product()
    outcome = carry_out(brightness, plan(paths, out, **options), product)
    assert outcome.failed == 0
    return [path.relative_to(out).as_posix() for path in outcome.written]


@pytest.mark.parametrize("link", ["symlink_to", "hardlink_to"])
@pytest.mark.parametrize("overwrite", [False, True])
def test_a_link_from_the_results_to_a_photo_costs_the_photo_nothing(tmp_path, link, overwrite):
    photo, elsewhere = write(tmp_path / "in" / "a.png"), write(tmp_path / "b.png", 9)
    before = photo.read_bytes(), elsewhere.read_bytes()
    out = tmp_path / "out"
    out.mkdir()
    getattr(out / "a.png", link)(photo)
    run([tmp_path / "in"], out, overwrite=overwrite)
    (out / "a.png").unlink()
    getattr(out / "a.png", link)(elsewhere)
    run([tmp_path / "in"], out, overwrite=overwrite)
    assert (photo.read_bytes(), elsewhere.read_bytes()) == before


def test_a_results_folder_that_is_a_link_to_the_photos_changes_none(tmp_path):
    photo = write(tmp_path / "in" / "a.png")
    before = photo.read_bytes()
    (tmp_path / "out").symlink_to(tmp_path / "in", target_is_directory=True)
    assert run([tmp_path / "in"], tmp_path / "out", overwrite=True) == ["a-2.png"]
    assert photo.read_bytes() == before


@pytest.mark.parametrize("kind", ["png", "webp", "jpeg"])
@pytest.mark.parametrize("recursive", [False, True])
def test_a_second_and_a_third_run_into_the_photos_own_folder_write_the_same(
    tmp_path, kind, recursive
):
    for name in ("a.png", "a.jpg", "b.webp", "inner/c.png"):
        write(tmp_path / name)
    photos = contents(tmp_path)
    product = Product(kind=kind)
    options = {"ending": {"jpeg": ".jpg"}.get(kind, f".{kind}"), "recursive": recursive}
    first = run([tmp_path], tmp_path, product, **options)
    after = contents(tmp_path)
    assert len(first) == 3 + recursive
    for _ in range(2):
        assert run([tmp_path], tmp_path, product, **options) == first
        assert contents(tmp_path) == after
    assert {name: after[name] for name in photos} == photos


def test_results_of_another_run_are_photos_elsewhere(tmp_path):
    write(tmp_path / "in" / "a.jpg")
    run([tmp_path / "in"], tmp_path / "first")
    assert run([tmp_path / "first"], tmp_path / "second") == ["a.png"]


def test_what_is_there_already_may_be_left_as_it_is(tmp_path):
    folder, out = tmp_path / "in", tmp_path / "out"
    write(folder / "a.jpg")
    run([folder], out)
    before = (out / "a.png").stat().st_mtime_ns
    write(folder / "b.jpg")
    work = plan([folder], out, skip_existing=True)
    assert [task.target.name for task in work.tasks] == ["b.png"]
    assert work.there == [out / "a.png"]
    carry_out(brightness, work, Product())
    assert (out / "a.png").stat().st_mtime_ns == before


def test_a_file_that_is_no_result_is_replaced_only_on_request(tmp_path):
    folder, out = tmp_path / "in", tmp_path / "out"
    write(folder / "a.jpg")
    other = write(out / "a.png", 9)
    before = other.read_bytes()
    assert run([folder], out) == ["a-2.png"]
    assert other.read_bytes() == before
    assert run([folder], out, overwrite=True) == ["a.png"]
    assert other.read_bytes() != before


def test_folders_within_are_mirrored_or_named(tmp_path):
    folder, out = tmp_path / "in", tmp_path / "in" / "masks"
    for name in ("a.jpg", "2019/a.jpg", "2019/may/b.jpg", ".hidden/c.jpg"):
        write(folder / name)
    work = plan([folder], out)
    assert [task.source.name for task in work.tasks] == ["a.jpg"]
    assert work.notes == [f"{folder / '2019'}: a folder within, left out; --recursive takes it too"]
    expected = ["a.png", "2019/a.png", "2019/may/b.png"]
    assert run([folder], out, recursive=True) == expected
    assert run([folder], out, recursive=True) == expected


def test_two_links_to_one_file_give_two_results_and_one_path_one(tmp_path):
    photo = write(tmp_path / "in" / "a.jpg")
    (tmp_path / "in" / "b.jpg").symlink_to(photo)
    os.link(photo, tmp_path / "in" / "c.jpg")
    again = tmp_path / "in" / ".." / "in" / "a.jpg"
    names = run([tmp_path / "in", photo, again], tmp_path / "out")
    assert names == ["a.png", "b.png", "c.png"]


def test_what_systems_leave_beside_photos_is_passed_over(tmp_path):
    write(tmp_path / "in" / "a.jpg")
    for name in ("Thumbs.db", "desktop.ini", "a.xmp", "a.jpg.json", "README.md", ".DS_Store"):
        (tmp_path / "in" / name).write_bytes(b"no picture")
    assert run([tmp_path / "in"], tmp_path / "out") == ["a.png"]


def test_wildcards_that_the_shell_left_alone_are_unfolded(tmp_path):
    for name in ("a.jpg", "b.jpg", "c.png", "x[1].jpg", "inner/d.jpg"):
        write(tmp_path / name)
    assert run([tmp_path / "*.jpg"], tmp_path / "out") == ["a.png", "b.png", "x[1].png"]
    assert run([tmp_path / "x[1].jpg"], tmp_path / "out") == ["x[1].png"]
    assert run([tmp_path / "**" / "d.*"], tmp_path / "out") == ["d.png"]


def test_shares_are_all_photos_each_once_under_the_names_of_a_whole_run(tmp_path):
    for number in range(5):
        write(tmp_path / "in" / f"{number}.jpg")
        write(tmp_path / "in" / f"{number}.bmp")
    whole = plan([tmp_path / "in"], tmp_path / "out").tasks
    shares = [plan([tmp_path / "in"], tmp_path / "out", shard=(i, 3)).tasks for i in (1, 2, 3)]
    assert sorted(map(len, shares)) == [3, 3, 4]
    assert {task for share in shares for task in share} == set(whole)
    assert len({task.target for task in whole}) == 10


def test_one_file_is_written_where_it_is_named(tmp_path):
    photo, out = write(tmp_path / "a.jpg"), tmp_path / "new" / "result.png"
    work = plan([photo], out)
    assert carry_out(brightness, work, Product()).written == [out]
    with pytest.raises(UserError, match="Several photos do not go into one file.*2 photos"):
        plan([photo, write(tmp_path / "b.jpg")], out)
    with pytest.raises(UserError, match="take the place of its photo.*Received: a.jpg"):
        plan([photo], photo)


@pytest.mark.parametrize("reason", ["bad", "missing"])
def test_a_run_that_writes_nothing_makes_no_folder(tmp_path, capsys, reason):
    photo = tmp_path / "a.jpg"
    if reason == "bad":
        photo.write_bytes(b"no picture")
    outcome = carry_out(brightness, plan([photo], tmp_path / "out"), Product())
    assert (outcome.written, outcome.failed) == ([], 1)
    assert not (tmp_path / "out").exists()
    assert "a.jpg: " in capsys.readouterr().err


def test_a_full_disk_leaves_the_older_result_whole(tmp_path, monkeypatch, capsys):
    photo = write(tmp_path / "in" / "a.jpg")
    run([photo], tmp_path / "out")
    before = contents(tmp_path / "out")

    def full(self, data):
        self.touch()
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("pathlib.Path.write_bytes", full)
    outcome = carry_out(brightness, plan([photo], tmp_path / "out"), Product("overlay"))
    assert outcome.failed == 1
    assert contents(tmp_path / "out") == before
    assert "The disk is full." in capsys.readouterr().err


def test_an_animation_gives_its_first_picture_and_says_so(tmp_path, capsys):
    frames = [Image.new("RGB", (12, 10), colour) for colour in ("red", "blue")]
    frames[0].save(tmp_path / "a.gif", save_all=True, append_images=frames[1:])
    assert run([tmp_path / "a.gif"], tmp_path / "out") == ["a.png"]
    assert "a.gif: it holds several pictures, the first was taken" in capsys.readouterr().err


def test_what_failed_is_told_where_ctrl_c_ended_the_rest(tmp_path, capsys):
    (tmp_path / "a.jpg").write_bytes(b"no picture")
    for name in ("b.jpg", "c.jpg", "d.jpg"):
        write(tmp_path / name)
    calls = []

    def interrupted(image):
        calls.append(image)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return brightness(image)

    outcome = carry_out(interrupted, plan([tmp_path], tmp_path / "out"), Product(), workers=1)
    assert outcome.interrupted
    assert (len(outcome.written), outcome.failed) == (1, 1)
    assert "a.jpg: This is no picture" in capsys.readouterr().err
