"""What ships is served by LiteRT, alike to Keras; all else is not."""

import hashlib
import shutil
import subprocess
import sys
import threading

import numpy as np
import pytest
from PIL import Image

from gecat.files import asset
from gecat.inference import litert
from gecat.inference.litert import Interpreters, shipped_litert
from gecat.inference.runtime import Networks
from gecat.inference.segmenter import SHIPPED_WEIGHTS, load
from gecat.model.weights import litert_name

from ..conftest import ROOT

NEAR = 4e-5  # between probabilities
SHAPES = [(300, 200), (90, 160), (64, 64)]


@pytest.fixture(scope="module")
def networks():
    """Those that ship, on one thread so that they always add up in the same order."""
    return Networks(SHIPPED_WEIGHTS, threads=1)


def photo(shape, seed=0):
    """Soft stripes with some noise, uint8 (H, W, 3)."""
    random = np.random.default_rng(seed)
    rows, columns = np.indices(shape)[..., None] / 15.0
    stripes = np.sin(rows + random.uniform(0, 6, 3)) + np.sin(columns + random.uniform(0, 6, 3))
    noisy = 127 + 50 * stripes + random.normal(0, 8, (*shape, 3))
    return np.clip(noisy, 0, 255).astype(np.uint8)


def probabilities(logits):
    return 0.5 + 0.5 * np.tanh(0.5 * np.asarray(logits, np.float64))


def test_one_file_ships_and_it_is_of_the_weights_that_ship():
    files = list(asset("weights").glob("*.tflite"))
    assert files == [shipped_litert(SHIPPED_WEIGHTS)]
    digest = hashlib.sha256(SHIPPED_WEIGHTS.read_bytes()).hexdigest()
    assert files[0].stem.rpartition("-")[2] == digest[:12]


def test_it_says_what_the_weights_say(networks):
    models = networks.models
    for shape in SHAPES:
        image = photo(shape)
        picture = networks.input(image)
        expected = models.generator(picture, training=False)
        found = networks.generate(picture)
        np.testing.assert_allclose(
            probabilities(found), probabilities(expected)[..., 0], atol=NEAR, rtol=0
        )
        masks = np.random.default_rng(1).random((2, *shape), np.float32)
        expected = models.discriminator(networks.pairs(image, masks), training=False)
        for ours, theirs in zip(networks.verdicts(image, masks), expected, strict=True):
            np.testing.assert_allclose(
                probabilities(ours), probabilities(theirs)[..., 0], atol=NEAR, rtol=0
            )


def test_any_threads_at_once_and_sizes_in_any_order_change_nothing(networks):
    photos = [photo(SHAPES[number % 3], number) for number in range(12)]
    expected = [networks.logits(image, 96) for image in photos]
    found = {}

    def look(start):
        for number in range(start, len(photos), 4):
            found[number] = networks.logits(photos[number], 96)

    threads = [threading.Thread(target=look, args=(start,)) for start in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == len(photos)
    for number, logits in enumerate(expected):
        np.testing.assert_array_equal(found[number], logits)


def test_the_interpreter_that_saw_the_same_size_last_is_taken_first():
    run = Interpreters(shipped_litert(SHIPPED_WEIGHTS), threads=1)
    taken = [run._take((1, 64, side, 3)) for side in (64, 80, 96)]
    for number, interpreter in enumerate(taken):
        run._put_back((1, 64, 64 + 16 * number, 3), interpreter)
    assert run._take((1, 64, 80, 3)) is taken[1]
    assert run._take((1, 64, 64, 3)) is taken[0]
    assert run._take((1, 64, 64, 3)) is taken[2]


def test_one_interpreter_rests_for_long(monkeypatch):
    rested = threading.Event()
    monkeypatch.setattr(litert, "REST_SECONDS", 0.0)
    monkeypatch.setattr(Interpreters, "_rest", resting(Interpreters._rest, rested))
    run = Interpreters(shipped_litert(SHIPPED_WEIGHTS), threads=1)
    taken = [run._take((1, 64, side, 3)) for side in (64, 80)]
    for number, interpreter in enumerate(taken):
        run._put_back((1, 64, 64 + 16 * number, 3), interpreter)
    assert rested.wait(60)
    assert [interpreter for _, interpreter in run._idle] == taken[1:]


def resting(rest, rested):
    def rest_and_tell(run):
        rest(run)
        rested.set()

    return rest_and_tell


def test_no_more_interpreters_are_made_than_there_are_cores(networks, monkeypatch):
    made, make = [], litert.interpreter_of
    monkeypatch.setattr(litert, "usable_cores", lambda: 1)
    monkeypatch.setattr(litert, "interpreter_of", lambda *of: made.append(make(*of)) or made[-1])
    run = Interpreters(shipped_litert(SHIPPED_WEIGHTS), threads=1)
    picture = networks.input(photo((64, 64)))
    threads = [
        threading.Thread(target=run, args=("generator",), kwargs={"image": picture})
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made) == 1


def test_what_lies_beside_other_weights_is_not_taken(tmp_path):
    """A stranger may send both files; LiteRT is not made for such."""
    weights = shutil.copy(SHIPPED_WEIGHTS, tmp_path)
    shutil.copy(shipped_litert(SHIPPED_WEIGHTS), tmp_path / litert_name(weights))
    assert shipped_litert(tmp_path / SHIPPED_WEIGHTS.name) is None


def test_other_weights_in_its_place_are_not_served_by_it(tmp_path, monkeypatch):
    for path in asset("weights").glob("base*"):
        shutil.copy(path, tmp_path)
    monkeypatch.setattr(litert, "asset", lambda *parts: tmp_path)
    weights = tmp_path / SHIPPED_WEIGHTS.name
    assert shipped_litert(weights) is not None
    data = bytearray(weights.read_bytes())
    data[-1] ^= 1
    weights.write_bytes(data)
    assert shipped_litert(weights) is None


def test_where_there_is_no_wheel_keras_serves(networks, monkeypatch):
    monkeypatch.setitem(sys.modules, "ai_edge_litert.interpreter", None)
    assert shipped_litert(SHIPPED_WEIGHTS) is None
    image = photo((64, 96))
    found = load().predict(image)
    monkeypatch.undo()
    np.testing.assert_allclose(found, load().predict(image), atol=NEAR, rtol=0)


SLOW = ("tensorflow", "keras", "jax", "scipy", "skimage", "matplotlib", "pandas")


def modules_after(code, *arguments):
    """Which of the modules that take long are there when some code has run."""
    code += f"\nimport sys\nprint('imported:', *[name for name in {SLOW} if name in sys.modules])"
    told = subprocess.run(
        [sys.executable, "-c", code, *map(str, arguments)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
        timeout=200,
    )
    return told.stdout.splitlines()[-1].removeprefix("imported:").split()


def test_a_photo_from_the_command_line_needs_nothing_that_takes_long(tmp_path):
    Image.fromarray(photo((90, 120))).save(tmp_path / "photo.png")
    code = (
        "import sys\nfrom gecat.__main__ import main\nassert main(['segment', *sys.argv[1:]]) == 0"
    )
    assert modules_after(code, tmp_path / "photo.png", "--out", tmp_path / "out") == []
    with Image.open(tmp_path / "out" / "photo.png") as mask:
        assert mask.size == (120, 90)


def test_the_app_and_its_first_mask_need_nothing_that_takes_long(tmp_path):
    code = """
import sys
from pathlib import Path
import numpy as np
import gecat.app.main
from gecat.app.page import build
from gecat.app.segment.actions import SegmentActions
from gecat.app.ui.result_cache import ResultCache
from gecat.i18n import words
build(Path(sys.argv[1]))
actions = SegmentActions(words("en"), gecat.load, ResultCache())
actions._segment(np.zeros((60, 80, 3), np.uint8), "photo", True)
"""
    assert set(modules_after(code, tmp_path)) <= {"pandas"}  # which Gradio itself imports
