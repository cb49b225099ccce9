"""`gecat train` as it is typed: what it survives, what it goes on with, what it refuses."""

import json
import shutil
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from gecat.__main__ import main
from gecat.images.scenes import draw_scenes
from gecat.training.engine import Engine
from gecat.training.run.folder import read_description, read_stats

TINY = (
    "size=32",
    "generator_widths=4,8",
    "discriminator_widths=4,8",
    "batch_size=4",
    "generator_steps=1",
    "anchor_share=1",
    "warmup_share=0",
)


@pytest.fixture(scope="module")
def trained(tmp_path_factory, small_weights):
    """The folder of a run on eight scenes whose generator's loss became NaN in its third lesson."""
    taught, lessons = Engine.teach_generator, iter(range(1, 1000))

    def teach(self, *arguments):
        state, terms, record = taught(self, *arguments)
        if next(lessons) == 3:
            record = replace(record, loss=np.nan)
        return state, terms, record

    folder = tmp_path_factory.mktemp("trained") / "run"
    words = ["train", "--data", "scenes", "--limit", "8", "--teacher", str(small_weights)]
    words += [word for setting in TINY for word in ("--set", setting)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Engine, "teach_generator", teach)
        assert main([*words, "--run", str(folder), "--cycles", "4"]) == 0
    return folder


def contents(folder):
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_break_before_anything_is_judged_is_healed(trained):
    healed = [line.get("healed") for line in read_stats(trained)]
    assert healed[:4] == [None, None, "nan", None]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--data", "scenes"], "a run in this folder already"),
        (["--resume", "--preset", "base"], "leave out --preset"),
        (["--resume", "--set", "size=64"], "leave out --set"),
        (["--resume", "--start", "some.safetensors"], "leave out --start"),
        (["--resume", "--data", "photos"], "leave out --data. Received: photos"),
        (["--resume", "--limit", "9"], "leave out --limit. Received: 9"),
        (["--resume", "--teacher", __file__], "leave out --teacher. Received: test_train.py"),
    ],
)
def test_what_a_run_was_not_begun_with_is_refused_and_changes_nothing(trained, capsys, words, told):
    before = contents(trained)
    assert main(["train", "--run", str(trained), "--cycles", "9", *words]) == 2
    assert told in capsys.readouterr().err
    assert contents(trained) == before


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ([], "--data. Received: none"),
        (["--data", "nowhere"], "Received: nowhere"),
        (["--data", "scenes", "--preset", "huge"], "Received: huge"),
        (["--data", "scenes", "--teacher", "nowhere.safetensors"], "nowhere.safetensors"),
        (["--data", "scenes", "--resume"], "no checkpoint"),
    ],
)
def test_a_run_that_cannot_be_leaves_no_folder(tmp_path, capsys, words, told):
    assert main(["train", "--run", str(tmp_path / "run"), "--cycles", "1", *words]) == 2
    assert told in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_weights_to_begin_from_come_with_their_preset(tmp_path, capsys, small_weights):
    words = ["train", "--data", "scenes", "--start", str(small_weights), "--preset", "base"]
    assert main([*words, "--run", str(tmp_path / "run"), "--cycles", "1"]) == 2
    assert "leave out --preset or --start. Received: base" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_a_run_goes_on_with_its_own_photos_and_teacher(trained):
    began, known = read_description(trained), sorted((trained / "priors").iterdir())
    assert main(["train", "--run", str(trained), "--resume", "--cycles", "5"]) == 0
    assert read_description(trained) == {
        **began,
        "config": read_description(trained)["config"],
        "cycles": 5,
    }
    # Another photo or another teacher would have added a pseudo-mask.
    assert sorted((trained / "priors").iterdir()) == known
    assert [line["cycle"] for line in read_stats(trained)] == [1, 2, 3, 4, 5]


def test_what_was_recognised_and_what_is_learned_from_is_said(tmp_path, capsys):
    images, masks = draw_scenes(9, 32, seed=1)
    for kind, pictures in ("Images", images), ("Masks", masks[:5]):
        (tmp_path / "set" / kind).mkdir(parents=True)
        for number, picture in enumerate(pictures):
            Image.fromarray(picture).save(tmp_path / "set" / kind / f"{number}.png")
    (tmp_path / "set" / "Images" / "9.png").write_bytes(b"no picture")
    (tmp_path / "README").touch()
    words = ["train", "--data", str(tmp_path), "--run", str(tmp_path.parent / "learned")]
    words += [word for setting in TINY for word in ("--set", setting)]
    assert main([*words, "--cycles", "1"]) == 1
    told = "10 photos, 5 masks, 1 other file; learning from 9 photos and 5 masks"
    assert told in capsys.readouterr().err


def test_photos_that_have_gone_are_said_to_be(trained, tmp_path, capsys):
    folder = tmp_path / "run"
    shutil.copytree(trained, folder)
    description = read_description(folder)
    gone = {**description, "source": str(tmp_path / "holiday")}
    (folder / "config.json").write_text(json.dumps(gone))
    assert main(["train", "--run", str(folder), "--resume", "--cycles", "9"]) == 2
    told = capsys.readouterr().err
    assert "are gone: say with --data where they lie now. Received: holiday." in told
