import threading

import numpy as np
import pytest
from PIL import Image

from gecat.images.reading import read_mask
from gecat.inference import batch
from gecat.inference.batch import segment_files


def brightness(image):
    return image[..., 0].astype(np.float32) / 255


def write(path, shape=(12, 17), value=200, **options):
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(np.full((*shape, 3), value, np.uint8)).save(path, **options)
    return path


def mode_and_size(path):
    with Image.open(path) as image:
        return image.mode, image.size


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def test_a_mask_is_the_probability_in_eight_bits(tmp_path):
    photo = write(tmp_path / "in" / "a.png", value=51)
    assert segment_files(brightness, [photo], tmp_path / "new" / "out") == (1, 0)
    written = tmp_path / "new" / "out" / "a.png"
    assert mode_and_size(written) == ("L", (17, 12))
    assert np.all(read_mask(written) == 51)


@pytest.mark.parametrize(("what", "mode"), [("cutout", "RGBA"), ("overlay", "RGB")])
def test_other_products(tmp_path, what, mode):
    photo = write(tmp_path / "a.jpg")
    segment_files(brightness, [photo], tmp_path / "out", what)
    assert mode_and_size(tmp_path / "out" / "a.png") == (mode, (17, 12))


@pytest.mark.parametrize(("value", "alpha"), [(40, 0), (230, 255)])
def test_a_cutout_is_clean(tmp_path, value, alpha):
    photo = write(tmp_path / "a.png", value=value)
    segment_files(brightness, [photo], tmp_path / "out", "cutout")
    with Image.open(tmp_path / "out" / "a.png") as image:
        assert np.all(np.asarray(image)[..., 3] == alpha)


def test_a_photo_is_turned_upright_first(tmp_path):
    exif = Image.Exif()
    exif[0x0112] = 6  # a quarter turn
    photo = write(tmp_path / "turned.jpg", exif=exif)
    segment_files(brightness, [photo], tmp_path / "out")
    assert mode_and_size(tmp_path / "out" / "turned.png") == ("L", (12, 17))


def test_one_bad_file_leaves_the_others(tmp_path, capsys):
    folder = tmp_path / "in"
    for number in range(9):
        write(folder / f"{number}.png")
    (folder / "bad.jpg").write_bytes(b"no picture")
    (folder / ".hidden").write_bytes(b"not looked at")
    assert segment_files(brightness, [folder], tmp_path / "out") == (9, 1)
    assert names(tmp_path / "out") == [f"{number}.png" for number in range(9)]
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 1
    assert "bad.jpg: This is no picture" in lines[0]


def test_files_of_one_name_are_both_kept(tmp_path, capsys):
    paths = [write(tmp_path / "a.jpg"), write(tmp_path / "b" / "A.png", value=0)]
    assert segment_files(brightness, paths, tmp_path / "out") == (2, 0)
    assert names(tmp_path / "out") == ["A-2.png", "a.png"]
    assert "written as A-2.png" in capsys.readouterr().err


def test_no_input_is_overwritten(tmp_path):
    photo = write(tmp_path / "a.png")
    before = photo.read_bytes()
    assert segment_files(brightness, [tmp_path, photo], tmp_path) == (1, 0)
    assert photo.read_bytes() == before
    assert names(tmp_path) == ["a-2.png", "a.png"]


def test_other_photos_beside_an_input_are_not_overwritten(tmp_path, capsys):
    photo, other = write(tmp_path / "a.jpg"), write(tmp_path / "a.png", value=9)
    before = other.read_bytes()
    assert segment_files(brightness, [photo], tmp_path) == (1, 0)
    assert other.read_bytes() == before
    assert names(tmp_path) == ["a-2.png", "a.jpg", "a.png"]
    assert "written as a-2.png" in capsys.readouterr().err


def test_a_second_run_writes_the_same_files(tmp_path):
    photo = write(tmp_path / "a.jpg")
    for _ in range(2):
        assert segment_files(brightness, [photo], tmp_path / "out") == (1, 0)
    assert names(tmp_path / "out") == ["a.png"]


def test_missing_files_are_named(tmp_path, capsys):
    assert segment_files(brightness, [tmp_path / "none.jpg"], tmp_path / "out") == (0, 1)
    assert "none.jpg" in capsys.readouterr().err


def test_a_folder_without_photos_is_said_before_anything_is_written(tmp_path):
    (tmp_path / "album" / "inner").mkdir(parents=True)
    with pytest.raises(ValueError, match=r"No photo was found\. Received: .*album\."):
        segment_files(brightness, [tmp_path / "album"], tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_an_unknown_product_is_refused_before_anything_is_written(tmp_path):
    with pytest.raises(ValueError, match="received video"):
        segment_files(brightness, [], tmp_path / "out", "video")
    assert not (tmp_path / "out").exists()


def test_photos_are_worked_on_side_by_side(tmp_path, monkeypatch):
    """Each waits until another has come as far: one at a time would never end."""
    monkeypatch.setattr(batch, "usable_cores", lambda: 2)
    both = threading.Barrier(2, timeout=60)

    def predict(image):
        both.wait()
        return brightness(image)

    for number in range(4):
        write(tmp_path / "in" / f"{number}.png")
    assert segment_files(predict, [tmp_path / "in"], tmp_path / "out") == (4, 0)


def test_large_photos_take_turns(tmp_path, monkeypatch):
    monkeypatch.setattr(batch, "usable_cores", lambda: 3)
    monkeypatch.setattr(batch, "LARGE_PIXELS", 50)
    busy = threading.Lock()

    def predict(image):
        assert busy.acquire(blocking=False)
        try:
            return brightness(image)
        finally:
            busy.release()

    for number in range(6):
        write(tmp_path / "in" / f"{number}.png")
    assert segment_files(predict, [tmp_path / "in"], tmp_path / "out") == (6, 0)
