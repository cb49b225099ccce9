"""`gecat segment` as it is typed: what goes in, what comes out, and what is said of it."""

import io
import os
import subprocess
import sys

import numpy as np
import pytest
from PIL import Image

from gecat.__main__ import main

COMMAND = [sys.executable, "-m", "gecat"]


@pytest.fixture
def photo(tmp_path):
    path = tmp_path / "photo.jpg"
    Image.fromarray(np.random.default_rng(0).integers(0, 256, (48, 64, 3), np.uint8)).save(path)
    return path


def segment(*words, weights):
    return main(["segment", *map(str, words), "--weights", str(weights)])


def test_one_photo_goes_where_it_is_sent_and_that_is_said(photo, small_weights, capsys):
    out = photo.parent / "result.webp"
    assert segment(photo, "--out", out, "--what", "cutout", weights=small_weights) == 0
    assert capsys.readouterr().out == f"1 written to {out}\n"
    with Image.open(out) as image:
        assert image.format == "WEBP"
    folder = photo.parent / "out"
    assert segment(photo, "--out", folder, weights=small_weights) == 0
    assert capsys.readouterr().out == f"1 written to {folder / 'photo.png'}\n"


def test_a_background_is_a_colour_or_a_file(photo, small_weights):
    Image.new("RGB", (9, 9), (1, 2, 3)).save(photo.parent / "wall.png")
    for number, background in enumerate(("white", "blurred", photo.parent / "wall.png")):
        out = photo.parent / f"{number}.jpg"
        words = photo, "--out", out, "--background", background, "--shadow"
        assert segment(*words, weights=small_weights) == 0
        with Image.open(out) as image:
            assert image.mode == "RGB"
    assert segment(photo, "--out", out, "--background", "beige?", weights=small_weights) == 2


def test_what_is_there_already_is_said(photo, small_weights, capsys):
    words = photo, "--out", photo.parent / "out", "--skip-existing"
    assert [segment(*words, weights=small_weights) for _ in range(2)] == [0, 0]
    said = capsys.readouterr().out.splitlines()[1]
    assert said == f"0 written to {photo.parent / 'out'}, 1 there already"


@pytest.mark.parametrize("share", ["0/3", "4/3", "3", "a/b", "1/0"])
def test_a_share_that_is_none_is_explained(photo, share, capsys):
    with pytest.raises(SystemExit):
        main(["segment", str(photo), "--out", "out", "--shard", share])
    assert "must be like 3/20" in capsys.readouterr().err


def test_help_has_examples(capsys):
    with pytest.raises(SystemExit):
        main(["segment", "--help"])
    said = capsys.readouterr().out
    assert "examples:" in said
    assert "--shard $SLURM_ARRAY_TASK_ID/20" in said


def test_from_standard_input_to_standard_output_without_another_word(photo, small_weights):
    words = ["segment", "-", "--out", "-", "--what", "cutout", "--weights", str(small_weights)]
    environment = {**os.environ, "TF_CPP_MIN_LOG_LEVEL": "2"}
    done = subprocess.run(
        [*COMMAND, *words], input=photo.read_bytes(), capture_output=True, env=environment
    )
    assert done.returncode == 0, done.stderr
    image = Image.open(io.BytesIO(done.stdout))
    assert (image.mode, image.size) == ("RGBA", (64, 48))
    told = done.stderr.decode().splitlines()
    lines = [line for line in told if line.strip() and "photo" not in line]  # no progress bar
    assert lines == ["1 written to -"]  # no banner of TensorFlow


def test_every_name_can_be_printed_on_a_console_of_few_letters(photo, small_weights):
    named = photo.rename(photo.with_name("照片 é.jpg"))
    (named.parent / "坏.jpg").write_bytes(b"no picture")
    words = ["segment", str(named), str(named.parent / "坏.jpg"), "--out", str(named.parent / "出")]
    environment = {**os.environ, "PYTHONIOENCODING": "cp1252"}
    done = subprocess.run(
        [*COMMAND, *words, "--weights", str(small_weights)], capture_output=True, env=environment
    )
    assert done.returncode == 1, done.stderr
    assert (named.parent / "出" / "照片 é.png").exists()
    assert b"1 written to" in done.stdout
    assert rb"\u574f.jpg: This is no picture" in done.stderr


INTERRUPT = """
import os, signal, sys
from gecat.__main__ import main
from gecat.inference.segmenter import Segmenter
signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell may have it ignored
calls = []
def predict(self, image, **options):
    calls.append(image)
    if len(calls) == 2:
        os.kill(os.getpid(), signal.SIGINT)
    return image[..., 0] / 255.0
Segmenter.predict = predict
sys.exit(main(sys.argv[1:]))
"""


def test_ctrl_c_still_tells_what_failed(photo, small_weights):
    for name in ("1.jpg", "2.jpg", "3.jpg"):
        (photo.parent / name).write_bytes(photo.read_bytes())
    (photo.parent / "0.jpg").write_bytes(b"no picture")
    words = ["segment", str(photo.parent), "--out", str(photo.parent / "out")]
    done = subprocess.run(
        [sys.executable, "-c", INTERRUPT, *words, "--weights", str(small_weights)],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 130
    assert "0.jpg: This is no picture" in done.stderr
    assert ", 1 failed, interrupted" in done.stdout
