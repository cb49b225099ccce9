"""Files are read in small processes; the processes, and their ends, are real."""

import contextlib
import io
import os
import signal
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from gecat.images import decoding, reading
from gecat.images.limits import Limits
from gecat.images.reading import ImageError

PHOTO = np.random.default_rng(0).integers(0, 256, (40, 60, 3), np.uint8)


def encoded(pixels, kind="PNG", **options):
    stream = io.BytesIO()
    Image.fromarray(pixels).save(stream, kind, **options)
    return stream.getvalue()


@pytest.fixture
def limited(monkeypatch):
    """Begins a server of readers with limits of its own."""
    begun = []

    def begin(**limits):
        begun.append(decoding._Server(**limits))
        monkeypatch.setattr(decoding, "_server", lambda: begun[-1])
        return begun[-1]

    yield begin
    for server in begun:
        with contextlib.suppress(AttributeError):
            server._end()


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "AVIF", "GIF", "BMP", "TIFF"])
def test_a_photo_is_what_this_process_reads(tmp_path, kind):
    path = tmp_path / "photo"
    path.write_bytes(encoded(PHOTO, kind))
    for source in (path, path.read_bytes()):
        read = decoding.read_image(source)
        assert read.flags.owndata and read.flags.writeable
        assert np.array_equal(read, reading.read_image(path))


def test_opacity_is_what_this_process_reads():
    layer = np.dstack([PHOTO, PHOTO[..., 0]])
    assert np.array_equal(decoding.read_opacity(encoded(layer)), PHOTO[..., 0])
    assert (decoding.read_opacity(encoded(PHOTO)) == 255).all()


@pytest.mark.parametrize("data", [b"only words", b"", encoded(PHOTO)[:100]])
def test_a_refusal_says_the_same(tmp_path, data):
    path = tmp_path / "photo.png"
    path.write_bytes(data)
    with pytest.raises(ImageError) as here:
        reading.read_image(path)
    with pytest.raises(ImageError) as there:
        decoding.read_image(path)
    assert str(there.value) == str(here.value)
    with pytest.raises(ImageError, match="too large"):
        decoding.read_image(encoded(PHOTO), Limits(max_pixels=100))


def test_a_photo_that_takes_too_much_memory_costs_nobody_else_anything(limited):
    limited(memory=60_000_000)
    with pytest.raises(ImageError, match="too much memory or time"):
        decoding.read_image(encoded(np.zeros((5000, 5000, 3), np.uint8)))
    assert decoding.read_image(encoded(PHOTO)).shape == PHOTO.shape


def test_a_phones_fifty_megapixels_fit_into_a_reader(monkeypatch):
    monkeypatch.setattr(decoding, "WAIT_SECONDS", 200)  # how busy the machine is, is not asked
    exif = Image.Exif()
    exif[0x0112] = 6
    stream = io.BytesIO()
    Image.new("RGB", (8192, 6144), (10, 200, 90)).save(stream, "JPEG", exif=exif)
    photo, _ = decoding.read_first(stream.getvalue())
    assert photo.shape == (8192, 6144, 3)


def scans(count):
    """A progressive JPEG that says the same of its pixels again and again."""
    data = encoded(np.zeros((4000, 4000), np.uint8), "JPEG", progressive=True)
    last = data.rindex(b"\xff\xda")
    return data[:-2] + data[last:-2] * count + data[-2:]


def test_a_photo_that_takes_too_much_time_costs_nobody_else_anything(limited):
    limited(seconds=0.5)
    with pytest.raises(ImageError, match="too much memory or time"):
        decoding.read_image(scans(3000))
    assert decoding.read_image(encoded(PHOTO)).shape == PHOTO.shape


def test_another_server_takes_the_place_of_one_that_has_ended(limited):
    server = limited()
    decoding.read_image(encoded(PHOTO))
    os.kill(server._process.pid, signal.SIGKILL)
    server._process.wait()
    assert decoding.read_image(encoded(PHOTO)).shape == PHOTO.shape


def test_the_server_ends_with_whoever_began_it():
    ask = (
        "from gecat.images import decoding; decoding.read_image(bytes.fromhex("
        f"{encoded(PHOTO).hex()!r})); print(decoding._server()._process.pid)"
    )
    told = subprocess.run([sys.executable, "-c", ask], capture_output=True, text=True, check=True)
    for _ in range(500):
        if not Path(f"/proc/{int(told.stdout)}").exists():
            return
        time.sleep(0.02)
    pytest.fail("the server lives on")


def test_a_reader_writes_no_file_and_knows_no_secret(limited, monkeypatch, tmp_path):
    monkeypatch.setenv("SECRET_TOKEN", "hf_0123456789")
    server = limited()
    decoding.read_image(encoded(PHOTO))
    environment = Path(f"/proc/{server._process.pid}/environ").read_bytes()
    assert b"hf_0123456789" not in environment
    with server.connect() as reader:
        limits = limits_of_reader(server)
        assert reader.fileno() >= 0
    assert limits["Max file size"] == limits["Max core file size"] == "0"


def limits_of_reader(server):
    """Limits of the server's one reader, by name."""
    for _ in range(500):
        children = Path(f"/proc/{server._process.pid}/task/{server._process.pid}/children")
        (reader, *_) = children.read_text().split() or [None]
        lines = Path(f"/proc/{reader}/limits").read_text().splitlines() if reader else []
        limits = {line[:25].strip(): line[26:].split()[0] for line in lines[1:]}
        if limits.get("Max file size") == "0":
            return limits
        time.sleep(0.02)
    return limits


@pytest.fixture
def archive(tmp_path):
    path = tmp_path / "photos.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        for number in range(9):
            file.writestr(f"images/{number}.png", encoded(PHOTO))
        file.writestr("masks/0.png", encoded(PHOTO[..., 0]))
        file.writestr("images/note.png", b"only words")
    return path


def test_members_are_what_this_process_reads(archive, tmp_path):
    array = tmp_path / "photos.npy"
    np.save(array, np.stack([PHOTO] * 3))
    for source in (archive, array, tmp_path):
        with decoding.open_source(source, 64) as there, reading_of(source) as here:
            assert len(there) == len(here)
            for ours, theirs in zip(there, here, strict=True):
                assert ours.name == theirs.name
                assert outcome(ours.read) == outcome(theirs.read)
                assert (ours.read_mask is None) == (theirs.read_mask is None)
                if ours.read_mask:
                    assert outcome(ours.read_mask) == outcome(theirs.read_mask)


def reading_of(source):
    from gecat.images.sources import open_source

    return open_source(source, 64)


def outcome(read):
    try:
        return read().tobytes()
    except ImageError as error:
        return str(error)


def test_a_costly_member_is_left_out_and_the_others_are_read(limited, tmp_path):
    limited(seconds=0.5)
    path = tmp_path / "photos.zip"
    with zipfile.ZipFile(path, "w") as file:
        file.writestr("1.png", encoded(PHOTO))
        file.writestr("2.jpg", scans(3000))
        file.writestr("3.png", encoded(PHOTO))
    with decoding.open_source(path, 64) as members:
        told = [outcome(member.read) for member in members]
    assert told[0] == told[2] == PHOTO.tobytes()
    assert "too much memory or time" in told[1]


def test_an_archive_of_costly_members_is_given_up(limited, tmp_path):
    limited(seconds=0.3)
    path = tmp_path / "photos.zip"
    costly = scans(3000)
    with zipfile.ZipFile(path, "w") as file:
        for number in range(decoding.DEATHS + 2):
            file.writestr(f"{number}.jpg", costly)
        file.writestr("9.png", encoded(PHOTO))
    with decoding.open_source(path, 64) as members, pytest.raises(ImageError, match="too much"):
        told = [outcome(member.read) for member in members]
        assert "too much memory or time" in told[-1]


def test_greys_of_16_bits_take_little_more_than_others(limited):
    limited(memory=100_000_000)
    greys = np.full((3500, 3500), 60_000, np.uint16)
    assert (decoding.read_image(encoded(greys)) == 233).all()


def test_a_large_array_is_opened_once(tmp_path):
    path = tmp_path / "photos.npy"
    np.lib.format.open_memmap(path, "w+", np.uint8, (5000, 200, 200, 3))  # 600 MB, of nothing
    with decoding.open_source(path, 64) as members:
        assert len(members) == 5000
        assert members[4999].read().shape == (200, 200, 3)
