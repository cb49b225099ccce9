import contextlib
import io
import struct
import subprocess
import sys
import tempfile
import tracemalloc
import zipfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from gecat.errors import ImageError
from gecat.images import datasets, sources
from gecat.images.datasets import MINIMUM_PHOTOS, load_photos
from gecat.images.scenes import draw_scenes
from gecat.images.sizes import network_input

SIZE = 32


@pytest.fixture
def pairs():
    images, masks = draw_scenes(10, 48, seed=1)
    return images, masks * np.uint8(255)


def _write(folder, pictures, first=0):
    folder.mkdir(parents=True, exist_ok=True)
    for number, picture in enumerate(pictures, start=first):
        Image.fromarray(picture).save(folder / f"p{number:02d}.png")
    return folder


def _zipped(folder, path):
    with zipfile.ZipFile(path, "w") as archive:
        for file in sorted(folder.rglob("*")):
            archive.write(file, file.relative_to(folder))
    return path


def test_a_folder_of_pictures_at_any_depth(tmp_path, pairs):
    images, _ = pairs
    _write(tmp_path / "data", images[:5])
    _write(tmp_path / "data" / "deep" / "deeper", images[5:], first=5)

    photos = load_photos(tmp_path / "data", 48)

    assert photos.images.shape == (10, 48, 48, 3)
    assert photos.images.dtype == np.uint8
    order = np.argsort([Path(name).name for name in photos.names])
    np.testing.assert_array_equal(photos.images[order], images)
    assert photos.masks is None
    assert photos.priors is None
    assert not photos.has_mask.any()
    assert photos.skipped == ()


def test_masks_beside_images_go_with_the_photos_of_their_name(tmp_path, pairs):
    images, masks = pairs
    _write(tmp_path / "images", images)
    _write(tmp_path / "masks", masks[3:6], first=3)

    photos = load_photos(tmp_path, 48)

    assert np.flatnonzero(photos.has_mask).tolist() == [3, 4, 5]
    np.testing.assert_array_equal(photos.masks[3:6], masks[3:6])
    assert not photos.masks[:3].any()


@pytest.mark.parametrize("packed", [False, True])
def test_what_a_source_holds_is_counted(tmp_path, pairs, packed):
    images, masks = pairs
    folder = tmp_path / "data"
    _write(folder / "set" / "Images", images)
    _write(folder / "set" / "Masks", [mask // 255 for mask in masks[:6]])
    _write(folder / "set" / "Masks", masks[:1], first=77)
    (folder / "README").write_text("Ten photos.")
    source = folder
    if packed:
        source = tmp_path / "data.zip"
        with zipfile.ZipFile(source, "w") as archive:
            archive.writestr("set\\Images\\", b"")
            for file in sorted(file for file in folder.rglob("*") if file.is_file()):
                name = str(file.relative_to(folder)).replace("/", "\\")
                archive.writestr(name, file.read_bytes())

    photos = load_photos(source, 48)

    assert photos.found == sources.Found(photos=10, masks=6, unpaired=1, others=1)
    assert photos.has_mask.sum() == 6
    assert photos.names[0] == "set/Images/p00.png"
    assert photos.skipped == ()
    np.testing.assert_array_equal(photos.masks[:6], masks[:6])


def test_a_mask_that_numbers_classes_is_named_and_its_photo_learned_without(tmp_path, pairs):
    _write(tmp_path / "images", pairs[0])
    _write(tmp_path / "masks", [np.resize(np.uint8([0, 1, 2]), (48, 48)), pairs[1][1]])

    photos = load_photos(tmp_path, 48)

    assert np.flatnonzero(photos.has_mask).tolist() == [1]
    ((name, why),) = photos.skipped
    assert name == "images/p00.png"
    assert "Received: the values 0, 1, 2." in str(why)


def test_masks_are_never_taken_for_photos(tmp_path, pairs):
    images, masks = pairs
    _write(tmp_path, images)
    _write(tmp_path / "masks", masks)

    photos = load_photos(tmp_path, 48)

    assert len(photos.names) == 10
    assert photos.has_mask.all()


def test_photos_are_squashed_with_their_masks(tmp_path):
    tall = np.zeros((60, 20, 3), np.uint8)
    tall[:30] = 200
    for number in range(MINIMUM_PHOTOS):
        _write(tmp_path / "images", [tall], first=number)
        _write(tmp_path / "masks", [tall[..., 0] // 200 * 255], first=number)

    photos = load_photos(tmp_path, 10)

    assert photos.images.shape[1:] == (10, 10, 3)
    assert (photos.images[:, :5] == 200).all()
    assert (photos.images[:, 5:] == 0).all()
    np.testing.assert_array_equal(photos.masks > 0, photos.images[..., 0] > 0)


@pytest.mark.parametrize("side", [32, 48, 96])
def test_photos_look_in_training_as_they_do_in_use(tmp_path, side):
    images, _ = draw_scenes(MINIMUM_PHOTOS, side, seed=2)
    np.save(tmp_path / "photos.npy", images)

    photos = load_photos(tmp_path / "photos.npy", 48)

    used = np.concatenate([network_input(image, 48, 48) for image in images])
    np.testing.assert_array_equal(photos.images / np.float32(127.5) - 1.0, used)


def test_bad_files_are_left_out_and_named(tmp_path, pairs):
    images, masks = pairs
    _write(tmp_path / "images", images)
    _write(tmp_path / "masks", [masks[0], masks[1][:20]])
    (tmp_path / "images" / "notes.txt").write_text("hello")
    (tmp_path / "images" / "empty.jpg").touch()
    (tmp_path / "images" / ".DS_Store").write_bytes(b"\x00\x01")

    photos = load_photos(tmp_path, SIZE)
    reasons = {name: str(error) for name, error in photos.skipped}

    assert len(photos.names) == 10
    assert set(reasons) == {"images/notes.txt", "images/empty.jpg", "images/p01.png"}
    assert "Received: text" in reasons["images/notes.txt"]
    assert "48 x 48 pixels. Received: 48 x 20" in reasons["images/p01.png"]
    assert photos.has_mask.tolist() == [True] + [False] * 9


def test_too_few_photos_are_refused_with_the_reasons(tmp_path, pairs):
    _write(tmp_path, pairs[0][: MINIMUM_PHOTOS - 1])
    (tmp_path / "broken.png").write_bytes(b"\x89PNG")

    with pytest.raises(ImageError, match="7 usable .* 1 left out. broken.png: .*damaged"):
        load_photos(tmp_path, SIZE)
    _write(tmp_path, pairs[0][:1], first=50)
    assert len(load_photos(tmp_path, SIZE).names) == MINIMUM_PHOTOS


@pytest.mark.parametrize("wrapping", ["", "my photos/"])
def test_an_archive_gives_what_its_folder_gives(tmp_path, pairs, wrapping):
    images, masks = pairs
    folder = tmp_path / "data"
    _write(folder / wrapping / "images", images)
    _write(folder / wrapping / "masks", masks)
    (folder / "__MACOSX").mkdir()
    (folder / "__MACOSX" / "p00.png").write_bytes(b"resource fork")

    from_folder = load_photos(folder, SIZE)
    from_archive = load_photos(_zipped(folder, tmp_path / "data.zip"), SIZE)

    assert from_archive.names == from_folder.names
    assert from_archive.has_mask.all()
    assert from_archive.skipped == ()
    np.testing.assert_array_equal(from_archive.images, from_folder.images)
    np.testing.assert_array_equal(from_archive.masks, from_folder.masks)


@pytest.mark.parametrize(
    "name", ["../evil.png", "/etc/evil.png", "a/../../evil.png", "C:\\evil.png"]
)
def test_an_archive_that_leads_out_of_itself_is_refused(tmp_path, name):
    path = tmp_path / "slip.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(name, b"x")

    with pytest.raises(ImageError, match="lead out of it"):
        load_photos(path, SIZE)


def test_an_archive_of_too_many_files_or_bytes_is_refused(tmp_path, pairs, monkeypatch):
    path = _zipped(_write(tmp_path / "data", pairs[0]), tmp_path / "data.zip")

    monkeypatch.setattr(sources, "MAX_MEMBERS", 9)
    with pytest.raises(ImageError, match="at most 9 files.*10 files"):
        sources.open_source(path, SIZE).__enter__()
    monkeypatch.setattr(sources, "MAX_MEMBERS", 10)
    monkeypatch.setattr(sources, "MAX_ARCHIVE_BYTES", 5000)
    with pytest.raises(ImageError, match="Received: 10 files"):
        sources.open_source(path, SIZE).__enter__()


def test_a_bomb_in_an_archive_is_left_out(tmp_path, pairs):
    path = _zipped(_write(tmp_path / "data", pairs[0]), tmp_path / "data.zip")
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("bomb.png", b"\x89PNG" + bytes(41_000_000))

    photos = load_photos(path, SIZE)

    assert len(photos.names) == 10
    assert dict(photos.skipped)["bomb.png"].code == "image.too_many_bytes"


@pytest.mark.parametrize("packing", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_member_that_would_unpack_all_at_once_is_left_out(tmp_path, pairs, packing):
    path = _zipped(_write(tmp_path / "data", pairs[0]), tmp_path / "data.zip")
    with zipfile.ZipFile(path, "a", packing) as archive:
        archive.writestr("bomb.png", b"\x89PNG" + bytes(100_000_000))
    assert path.stat().st_size < 200_000

    tracemalloc.start()
    with sources.open_source(path, SIZE) as members:
        (bomb,) = [member for member in members if member.name == "bomb.png"]
        with pytest.raises(ImageError, match="stored or deflated"):
            bomb.read()
    assert tracemalloc.get_traced_memory()[1] < 50_000_000
    tracemalloc.stop()
    photos = load_photos(path, SIZE)
    assert len(photos.names) == 10
    assert dict(photos.skipped).keys() == {"bomb.png"}


def test_a_damaged_member_is_left_out(tmp_path, pairs):
    path = _zipped(_write(tmp_path / "data", pairs[0]), tmp_path / "data.zip")
    data = bytearray(path.read_bytes())
    data[200:260] = bytes(60)  # within the first member's pixels
    path.write_bytes(data)

    photos = load_photos(path, SIZE)

    assert len(photos.names) == 9
    assert dict(photos.skipped).keys() == {"p00.png"}


def test_a_locked_member_is_left_out(tmp_path, pairs):
    path = _zipped(_write(tmp_path / "data", pairs[0]), tmp_path / "data.zip")
    data = bytearray(path.read_bytes())
    data[6] |= 1  # the "encrypted" flag, in the member's own header and in the directory
    data[data.index(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(data)

    assert dict(load_photos(path, SIZE).skipped)["p00.png"].code == "image.member_locked"


def test_an_archive_cut_short_is_no_source(tmp_path, pairs):
    path = _zipped(_write(tmp_path / "data", pairs[0]), tmp_path / "data.zip")
    path.write_bytes(path.read_bytes()[:-200])

    with pytest.raises(ImageError, match="Received: data.zip"):
        load_photos(path, SIZE)


def test_an_archive_with_a_nameless_member_is_no_source(tmp_path, pairs):
    path = _zipped(_write(tmp_path / "data", pairs[0]), tmp_path / "data.zip")
    data = path.read_bytes()
    directory = data.index(b"PK\x01\x02")  # a name ends at its first NUL
    path.write_bytes(data[:directory] + data[directory:].replace(b"p00", b"\0" * 3, 1))

    with pytest.raises(ImageError, match="Received: data.zip"):
        load_photos(path, SIZE)


@pytest.mark.parametrize(
    "make",
    [
        lambda images: images,
        lambda images: images / 127.5 - 1.0,
        lambda images: (images / 255.0).astype(np.float32),
        lambda images: images.astype(np.float64),
    ],
    ids=["uint8", "minus one to one", "zero to one", "zero to 255"],
)
def test_an_array_of_any_range_gives_the_same_photos(tmp_path, pairs, make):
    np.save(tmp_path / "real_images.npy", make(pairs[0]))

    photos = load_photos(tmp_path / "real_images.npy", 48)

    np.testing.assert_array_equal(photos.images, pairs[0])


@pytest.mark.parametrize(
    "array",
    [
        np.zeros((10, 8, 8), np.uint8),
        np.zeros((10, 8, 8, 4), np.uint8),
        np.zeros((10, 8, 8, 3), np.int64),
        np.zeros((0, 8, 8, 3), np.uint8),
        np.full((10, 8, 8, 3), 300.0),
        np.array([{"a": 1}]),
    ],
    ids=["grey", "four channels", "int64", "none", "out of range", "objects"],
)
def test_other_arrays_are_refused(tmp_path, array):
    np.save(tmp_path / "array.npy", array, allow_pickle=True)

    with pytest.raises(ImageError, match="Received"):
        load_photos(tmp_path / "array.npy", SIZE)


def test_the_photos_of_an_array_are_listed_when_they_are_asked_for(tmp_path):
    path = tmp_path / "tiny.npy"
    np.save(path, np.zeros((100_000, 1, 1, 3), np.float32))
    tracemalloc.start()
    with sources.open_source(path, SIZE) as members:
        assert len(members) == 100_000
        assert members[99_999].read().shape == (1, 1, 3)
    # A list of them takes hundreds of bytes a photo; their values are looked at in parts.
    assert tracemalloc.get_traced_memory()[1] < 8_000_000
    tracemalloc.stop()
    assert len(load_photos(path, SIZE, limit=20).names) == 20

    np.save(path, np.zeros((100_001, 1, 1, 3), np.uint8))
    with pytest.raises(ImageError, match="at most 100,000 photos"):
        load_photos(path, SIZE)


@pytest.mark.parametrize(
    "header",
    [
        "{'descr': '|u1', 'fortran_order': False, 'shape': (10, 8, 8, 3",
        "{'descr': '|u1', 'fortran_order': False, 'shape': (10**30, 8, 8, 3)}",
        f"{{'descr': '|u1', 'fortran_order': False, 'shape': ({10**30}, 8, 8, 3)}}",
        "{'descr': '|u1', 'fortran_order': False, 'shape': (-10, 8, 8, 3)}",
        "{'descr': ('|u1', -1), 'fortran_order': False, 'shape': (10, 8, 8, 3)}",
        "'''",
        "[" * 5000,
        "\0",
    ],
)
def test_a_damaged_header_of_an_array_is_refused(tmp_path, header):
    path = tmp_path / "array.npy"
    text = header.encode().ljust(9000) + b"\n"
    path.write_bytes(b"\x93NUMPY\1\0" + struct.pack("<H", len(text)) + text + bytes(1920))
    with pytest.raises(ImageError, match="damaged or unsafe"):
        sources.open_source(path, SIZE).__enter__()


@given(place=st.floats(0, 1, exclude_max=True), junk=st.binary(min_size=1, max_size=20))
@settings(max_examples=300, deadline=None)
def test_any_damage_of_an_archive_is_refused_in_a_sentence(place, junk):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(3):
            archive.writestr(f"images/{number}.png", b"only words" * 9)
    data = bytearray(stream.getvalue())
    start = int(place * len(data))
    data[start : start + len(junk)] = junk
    with tempfile.NamedTemporaryFile(suffix=".zip") as file:
        file.write(data)
        file.flush()
        with contextlib.suppress(ImageError), sources.open_source(file.name, SIZE) as members:
            for member in members:
                with pytest.raises(ImageError):
                    member.read()


def test_an_array_that_claims_more_than_it_holds_is_refused(tmp_path):
    path = tmp_path / "array.npy"
    np.save(path, np.zeros((10, 8, 8, 3), np.uint8))
    path.write_bytes(path.read_bytes()[:-50])

    with pytest.raises(ImageError, match="Received: array.npy"):
        load_photos(path, SIZE)


def test_photos_of_no_numbers_are_left_out(tmp_path, pairs):
    values = pairs[0] / 255.0
    values[2, 5, 5] = np.nan
    values[4, 0, 0] = np.inf
    np.save(tmp_path / "array.npy", values)

    photos = load_photos(tmp_path / "array.npy", SIZE)

    assert [name for name, _ in photos.skipped] == ["photo 2", "photo 4"]
    assert len(photos.names) == 8


def test_scenes_carry_masks_for_scoring_only():
    photos = load_photos("scenes", SIZE, limit=9, seed=4)
    images, masks = draw_scenes(9, SIZE, seed=4)

    np.testing.assert_array_equal(photos.images, images)
    np.testing.assert_array_equal(photos.masks > 0, masks)
    assert not photos.has_mask.any()


@pytest.mark.parametrize("source", ["nowhere", "notes.txt"])
def test_what_is_no_source_is_refused(tmp_path, source):
    (tmp_path / "notes.txt").write_text("hello")

    with pytest.raises(ImageError, match=f"Received: {source}"):
        load_photos(tmp_path / source, SIZE)


def test_a_limit_takes_a_random_part_that_the_seed_fixes(tmp_path, pairs):
    _write(tmp_path, pairs[0])
    (tmp_path / "p99.png").touch()

    chosen = [load_photos(tmp_path, SIZE, limit=8, seed=seed).names for seed in range(6)]

    assert {len(names) for names in chosen} == {8}  # the bad one was replaced by a good one
    assert len({frozenset(names) for names in chosen}) > 1
    assert load_photos(tmp_path, SIZE, limit=8, seed=3).names == chosen[3]


def test_progress_goes_up_to_the_end(tmp_path, pairs):
    _write(tmp_path, pairs[0])
    seen = []

    load_photos(tmp_path, SIZE, prior="barrier", progress=lambda *done: seen.append(done))

    assert seen == sorted(seen)
    assert seen[0] == (1, 10)
    assert seen[-1] == (10, 10)


def test_pseudo_masks_are_computed_once(tmp_path, pairs, monkeypatch):
    _write(tmp_path / "data", pairs[0])
    cache = tmp_path / "deep" / "cache"
    first = load_photos(tmp_path / "data", SIZE, prior="barrier", cache=cache)

    def refuse(*_):
        raise RuntimeError("computed again")

    monkeypatch.setattr(datasets, "pseudo_masks", refuse)
    second = load_photos(tmp_path / "data", SIZE, prior="barrier", cache=cache)

    np.testing.assert_array_equal(first.priors, second.priors)
    assert first.priors.shape == (10, SIZE, SIZE)
    assert first.priors.max() > 128 > first.priors.min()
    assert len(list(cache.iterdir())) == 10
    with pytest.raises(RuntimeError, match="computed again"):
        load_photos(tmp_path / "data", SIZE, prior="agreement", cache=cache)


def test_equal_photos_share_an_entry_of_the_cache(tmp_path, pairs):
    count = 4 * datasets.AT_ONCE  # so that threads compute them at the same time
    np.save(tmp_path / "equal.npy", np.repeat(pairs[0][:1], count, axis=0))
    cache = tmp_path / "cache"

    photos = load_photos(tmp_path / "equal.npy", SIZE, prior="barrier", cache=cache)

    assert (photos.priors == photos.priors[0]).all()
    assert len(list(cache.iterdir())) == 1


def test_a_damaged_entry_of_the_cache_is_computed_anew(tmp_path, pairs):
    _write(tmp_path / "data", pairs[0])
    first = load_photos(tmp_path / "data", SIZE, prior="barrier", cache=tmp_path / "cache")
    for entry in (tmp_path / "cache").iterdir():
        entry.write_bytes(entry.read_bytes()[:30])

    second = load_photos(tmp_path / "data", SIZE, prior="barrier", cache=tmp_path / "cache")

    np.testing.assert_array_equal(first.priors, second.priors)


def test_many_threads_find_what_one_finds(tmp_path, pairs, monkeypatch):
    _write(tmp_path, pairs[0])
    alone = load_photos(tmp_path, SIZE, prior="barrier")
    monkeypatch.setattr(datasets, "AT_ONCE", 4)

    together = load_photos(tmp_path, SIZE, prior="barrier")

    np.testing.assert_array_equal(alone.priors, together.priors)


def test_loading_photos_does_not_import_tensorflow():
    code = "import sys, gecat.images.datasets; sys.exit('tensorflow' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_a_faint_pseudo_mask_stays_faint_in_the_cache(tmp_path, pairs, monkeypatch):
    _write(tmp_path / "data", pairs[0])
    faint = np.full((48, 48), 1 / 255, np.float32)
    monkeypatch.setattr(datasets, "pseudo_masks", lambda images, _: [faint] * len(images))

    for _ in range(2):
        photos = load_photos(tmp_path / "data", 48, prior="barrier", cache=tmp_path / "cache")
        assert (photos.priors == 1).all()
