"""A run's pictures, its film and its parcel."""

import io
import json
import zipfile

import numpy as np
import pytest
from PIL import Image

from gecat.training.run import pictures
from gecat.training.run.archive import pack
from gecat.training.run.pictures import (
    cycle_of,
    drop_pictures_after,
    film,
    picture_paths,
    spread,
    thin_out,
)

SIDE = 16


def draw(folder, cycles):
    """A run's pictures of five photos: in cycle c the masks are grey of level c."""
    (folder / "pictures").mkdir(exist_ok=True)
    for cycle in cycles:
        sheet = np.zeros((3 * SIDE, 5 * SIDE, 3), np.uint8)
        sheet[:SIDE] = (200, 30, 30)
        sheet[SIDE : 2 * SIDE] = cycle
        Image.fromarray(sheet).save(folder / "pictures" / f"{cycle:06d}.png")


def cycles(folder):
    return [cycle_of(path) for path in picture_paths(folder)]


def test_pictures_come_in_the_order_of_time(tmp_path):
    assert picture_paths(tmp_path) == []
    draw(tmp_path, [10, 0, 200])
    (tmp_path / "pictures" / "pairs.png").write_bytes(b"another picture")
    assert cycles(tmp_path) == [0, 10, 200]
    drop_pictures_after(tmp_path, 10)
    assert cycles(tmp_path) == [0, 10]


def test_thinning_keeps_both_ends(tmp_path):
    draw(tmp_path, range(11))
    thin_out(tmp_path, 11)
    assert len(cycles(tmp_path)) == 11
    thin_out(tmp_path, 10)
    assert cycles(tmp_path) == [0, 2, 4, 6, 8, 10]
    thin_out(tmp_path, 2)
    assert cycles(tmp_path) == [0, 10]


@pytest.mark.parametrize("count", [0, 1, 5, 6, 100])
def test_spreading_keeps_order_and_both_ends(count):
    kept = spread(range(count), 5)
    assert len(kept) == min(count, 5)
    assert kept == sorted(set(kept))
    assert count == 0 or (kept[0], kept[-1]) == (0, count - 1)


def test_the_film_shows_the_masks_appearing(tmp_path):
    assert film(tmp_path) is None
    draw(tmp_path, [0, 100, 250])
    with Image.open(io.BytesIO(film(tmp_path))) as movie:
        assert (movie.format, movie.n_frames) == ("WEBP", 3)
        side = pictures.FILM_SIDE
        # Five photos: two strips of photos, each with its masks below.
        assert movie.size == (4 * side, 4 * side)
        seen = []
        for frame in range(3):
            movie.seek(frame)
            pixels = np.asarray(movie.convert("RGB")).astype(int)
            seen.append(pixels[side + side // 2, side // 2].mean())
            assert pixels[side // 2, side // 2] == pytest.approx([200, 30, 30], abs=12)
        assert seen == pytest.approx([0, 100, 250], abs=12)


def test_a_film_of_many_pictures_stays_short(tmp_path, monkeypatch):
    monkeypatch.setattr(pictures, "FRAMES", 4)
    draw(tmp_path, range(0, 250, 10))
    with Image.open(io.BytesIO(film(tmp_path))) as movie:
        assert movie.n_frames == 4


def test_a_parcel_holds_the_run_and_none_of_its_photos(tmp_path):
    draw(tmp_path, [0, 100])
    for name in (
        "photos/mine.jpg",
        "priors/a.png",
        "checkpoints/state.safetensors",
        "job.json",
        "log.txt",
        "start.safetensors",
        "photos.zip",
    ):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(b"private")
    described = {"source": "/srv/secret/photos.zip", "teacher": "/srv/secret/teacher.safetensors"}
    (tmp_path / "config.json").write_text(json.dumps(described))
    (tmp_path / "stats.jsonl").write_text('{"cycle": 1}\n')
    (tmp_path / "weights.safetensors").write_bytes(b"weights")
    (tmp_path / "events.out.tfevents.17.secret-host.5.0.v2").write_bytes(b"events")
    packed = pack(tmp_path, {"command.txt": "python -m gecat train"})
    assert packed == pack(tmp_path, {"command.txt": "python -m gecat train"})
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        assert sorted(archive.namelist()) == [
            "command.txt",
            "config.json",
            "events/events.out.tfevents.0",
            "film.webp",
            "pictures/000000.png",
            "pictures/000100.png",
            "stats.jsonl",
            "weights.safetensors",
        ]
        assert json.loads(archive.read("config.json"))["source"] == "photos.zip"
        assert archive.read("weights.safetensors") == b"weights"
    assert b"secret" not in packed
