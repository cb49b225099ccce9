import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from gecat.__main__ import main
from gecat.errors import Status
from gecat.evaluation.baselines import METHODS
from gecat.evaluation.sheet import CELL
from gecat.model.weights import load_weights

PICTURES = Path(__file__).parent / "pictures"


# Runs commands one after another and tells how each ended and what it printed.
COMMANDS = """
import contextlib, io, json, sys
from gecat.__main__ import main
from gecat.evaluation.baselines import METHODS
for words in json.loads(sys.argv[1]):
    with contextlib.redirect_stdout(io.StringIO()) as said:
        status = main(words)
    print(json.dumps([status, said.getvalue()]))
"""


@pytest.fixture
def photos(tmp_path):
    return draw_photos(tmp_path)


def draw_photos(folder):
    """Three photos and their masks."""
    for kind in ("images", "masks"):
        (folder / kind).mkdir()
    for number in range(3):
        mask = np.zeros((60, 80), np.uint8)
        mask[15:45, 20:60] = 255
        image = np.where(mask[..., None] > 0, (220, 180, 40), (30, 60, 90)).astype(np.uint8)
        Image.fromarray(image).save(folder / "images" / f"{number}.png")
        Image.fromarray(mask).save(folder / "masks" / f"{number}.png")
    return folder


def folders(photos):
    return "--images", str(photos / "images"), "--masks", str(photos / "masks")


def test_segment_follows_edges_unless_told_not_to(photos, small_weights):
    found = {}
    for choice in ((), ("--refine",), ("--no-refine",)):
        out = photos / "-".join(("out", *choice))
        words = ["segment", str(photos / "images"), "--out", str(out), *choice]
        assert main([*words, "--weights", str(small_weights)]) == 0
        found[choice] = [Image.open(out / f"{number}.png").tobytes() for number in range(3)]
    assert found[()] == found["--refine",] != found["--no-refine",]


def test_of_ten_pictures_the_nine_good_ones_are_segmented(tmp_path, small_weights, capsys):
    words = ["segment", str(PICTURES), "--out", str(tmp_path), "--refine", "--tile", "64"]
    assert main([*words, "--what", "mask", "--weights", str(small_weights)]) == 1
    output = capsys.readouterr()
    assert "9 written" in output.out
    assert "2 failed" in output.out
    assert "broken.jpg" in output.err and "draw.py" in output.err
    masks = {path.stem: Image.open(path) for path in tmp_path.iterdir()}
    assert len(masks) == 9
    assert {mask.mode for mask in masks.values()} == {"L"}
    assert masks["png"].size == (100, 88)
    assert masks["turned"].size == (80, 120)  # as seen, not as stored


def test_segment_ends_well_where_every_file_does(photos, small_weights):
    words = ["segment", str(photos / "images" / "0.png"), "--out", str(photos / "out")]
    assert main([*words, "--weights", str(small_weights), "--what", "cutout"]) == 0
    with Image.open(photos / "out" / "0.png") as product:
        assert product.mode == "RGBA"


def test_evaluate_scores_a_classical_method(photos, capsys):
    Image.new("L", (3, 3)).save(photos / "masks" / "lonely.png")
    sheet = photos / "new" / "sheet.png"
    words = ["evaluate", *folders(photos), "--method", "otsu", "--json", str(photos / "new" / "s")]
    assert main([*words, "--sheet", str(sheet)]) == 0
    output = capsys.readouterr()
    assert "otsu" in output.out
    assert "lonely.png" in output.err
    assert "3 photos, 3 masks, 1 mask of no photo" in output.out
    scores = json.loads((photos / "new" / "s").read_text())["otsu"]
    assert scores["iou"] == 1.0
    assert len(scores["images"]) == 3
    with Image.open(sheet) as drawn:
        assert drawn.size == (CELL, 6 * CELL + 12)  # one photo is best, another worst


@pytest.fixture(scope="module")
def scored(tmp_path_factory, small_weights):
    """A folder of photos, and how `evaluate` and `bench quality` ended and what they printed.

    They choose the number of threads, which only a process of their own can.
    """
    photos = draw_photos(tmp_path_factory.mktemp("scored"))
    networks = "--weights", str(small_weights), "--limit"
    json_file = "--json", str(photos / "scores.json")
    figures = "--figures", str(photos / "figures"), "--machine", "one core"
    commands = [
        ["evaluate", *folders(photos), *networks, "2"],
        ["bench", "quality", *folders(photos), *networks, "1", *json_file, *figures],
    ]
    words = [sys.executable, "-c", COMMANDS, json.dumps(commands)]
    done = subprocess.run(words, capture_output=True, text=True, timeout=250)
    assert done.returncode == 0, done.stderr
    return photos, [json.loads(line) for line in done.stdout.splitlines()]


def test_evaluate_scores_the_networks_on_one_thread(scored):
    _, ((status, said), _) = scored
    assert status == 0
    assert said.splitlines()[1].startswith("small")
    assert "2 photos" in said


def test_bench_quality_has_a_row_for_each_rival(scored):
    photos, (_, (status, said)) = scored
    assert status == 0
    scores = json.loads((photos / "scores.json").read_text())
    rivals = {"otsu", "kmeans", "felzenszwalb", "chan_vese", "barrier", "grabcut"}
    assert rivals <= set(METHODS)
    assert set(scores) == {*METHODS, "gecat", "gecat refined"}
    for name, result in scores.items():
        assert name in said
        low, high = result["iou_interval"]
        assert low <= result["iou"] <= high


def test_bench_discriminator_asks_it_and_writes_its_scale(photos, small_weights, capsys):
    words = ["bench", "discriminator", *folders(photos), "--weights", str(small_weights)]
    scale = photos / "new" / "small.scale.json"
    assert main([*words, "--limit", "2", "--scale", str(scale)]) == 0
    said = capsys.readouterr().out
    for text in ("shifted", "nothing", "Spearman", "AUROC", "2 photos"):
        assert text in said
    assert len(json.loads(scale.read_text())["own_iou"]) == 2


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (["--method", "magic"], "Received: magic"),
        (["--method", "otsu", "--refine"], "--refine"),
        (["--weights", "nowhere.safetensors"], "nowhere.safetensors"),
        (["--method", "otsu", "--ignore", "nowhere"], "nowhere"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_line(photos, capsys, words, reason):
    assert main(["evaluate", *folders(photos), *words]) == 2
    error = capsys.readouterr().err
    assert error.startswith("gecat evaluate: ")
    assert reason in error
    assert len(error.splitlines()) == 1


def test_a_sheet_is_a_picture_by_its_name(photos, capsys):
    with pytest.raises(SystemExit):
        main(["evaluate", *folders(photos), "--method", "otsu", "--sheet", "sheet.txt"])
    assert "received sheet.txt" in capsys.readouterr().err


def test_what_was_left_out_is_told_by_the_status(photos, capsys):
    (photos / "images" / "1.png").write_bytes(b"only words")
    assert main(["evaluate", *folders(photos), "--method", "otsu"]) == Status.SOME_SKIPPED == 1
    assert "1.png: left out: This is no picture" in capsys.readouterr().err


def test_what_nobody_expected_is_a_failure_and_shows_where(photos, monkeypatch, capsys):
    def broken(*arguments, **options):
        raise KeyError("somewhere deep")

    monkeypatch.setattr("gecat.evaluation.quality.evaluate", broken)
    assert main(["evaluate", *folders(photos), "--method", "otsu"]) == Status.FAILED == 3
    error = capsys.readouterr().err
    assert "Traceback" in error
    assert "somewhere deep" in error


def test_what_the_system_refuses_is_said_in_one_line(photos, capsys):
    (photos / "file").touch()
    words = ["evaluate", *folders(photos), "--method", "otsu", "--json", str(photos / "file" / "s")]
    assert main(words) == Status.WRONG_USE == 2
    told = "A folder is needed, and this is a file. Received: file."
    assert capsys.readouterr().err.splitlines()[-1] == f"gecat evaluate: {told}"


@pytest.mark.parametrize(
    "words",
    [
        ["segment"],
        ["--tile", "0"],
        ["dance"],
        [],
        ["bench", "pictures"],
        ["bench", "empty", "--json", "."],
        ["bench", "dance"],
        ["bench", "scenes", "--images", "photos"],
        ["bench", "quality", "--images", "photos"],
        ["bench", "quality", "--images", "photos", "--masks", "masks", "--scale", "scale.json"],
        ["bench", "discriminator", "--images", "i", "--masks", "m", "--ignore", "maps"],
        ["bench", "empty", "--limit", "3"],
        ["bench", "inspection", "--limit", "3"],
    ],
)
def test_wrong_words_are_explained(words, capsys):
    with pytest.raises(SystemExit) as stop:
        main(words)
    assert stop.value.code == 2
    assert "usage" in capsys.readouterr().err


def test_importing_gecat_does_not_import_tensorflow():
    code = (
        "import sys, gecat, gecat.__main__, gecat.inference.batch; gecat.load; "
        "sys.exit('tensorflow' in sys.modules or 'keras' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], timeout=100).returncode == 0


def test_calibrate_writes_weights(tmp_path, small_weights, capsys):
    words = ["calibrate", "--weights", str(small_weights), "--teacher", str(small_weights)]
    out = tmp_path / "out.safetensors"
    more = ["--data", "scenes", "--out", str(out), "--limit", "4", "--size", "128"]
    assert main([*words, *more]) == 0
    assert "taken off every logit" in capsys.readouterr().out
    assert load_weights(out).config.inference_size == 128
    assert main([*words, "--data", str(tmp_path / "none"), "--out", str(out)]) == 2
