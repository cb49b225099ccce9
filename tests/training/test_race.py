"""The race: who enters, that both sides begin alike and get as much, and that it goes on."""

import shutil

import numpy as np
import pytest

from gecat.config import Config
from gecat.errors import RunError
from gecat.training.race import racers
from gecat.training.race.entries import METHOD, PLAIN, SIDES, check_number, configs, shared_config
from gecat.training.race.film import film_of, recorded, write_film
from gecat.training.race.folder import (
    SCENES_PICTURE,
    curve,
    has_checkpoint,
    is_broken,
    loss_swing,
    mask_swing,
    told,
)
from gecat.training.race.race import HELD_OUT, ROUND, SHOWN, race
from gecat.training.run.folder import read_stats

TINY = {"generator_widths": (8, 16), "discriminator_widths": (8, 16), "batch_size": 8}


def test_the_sides_differ_in_how_they_learn_alone():
    sides = configs(3e-4, shared_config(seed=5, **TINY))
    plain, method = (dict(sides[side]) for side in (PLAIN, METHOD))
    assert {name for name in plain if plain[name] != method[name]} == {
        "update_rule",
        "learning_rate",
        "discriminator_learning_rate",
        "first_radius",
        "gradient_penalty",
    }
    assert plain["learning_rate"] == plain["discriminator_learning_rate"] == 3e-4
    assert method["first_radius"] == 3e-4


@pytest.mark.parametrize("number", [None, "", "ten", [], float("nan"), 0.0, 9e-6, 0.11, -1e-2])
def test_a_number_beyond_the_slider_is_refused(number):
    with pytest.raises(RunError) as caught:
        check_number(number)
    assert caught.value.code == "run.race_number"
    assert check_number("1e-3") == 1e-3


@pytest.fixture(scope="module")
def raced(tmp_path_factory):
    """A race of tiny networks."""
    folder = tmp_path_factory.mktemp("race")
    shown, rehearse, load = [], racers.Racer.rehearse, racers.load_scenes

    def load_and_look(*wanted, **options):
        shown.append((folder / "pictures" / SCENES_PICTURE).exists())
        return load(*wanted, **options)

    def rehearse_and_look(racer):
        shown.append(film_of(folder) is not None)
        rehearse(racer)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("gecat.training.race.race.load_scenes", load_and_look)
        patch.setattr(racers.Racer, "rehearse", rehearse_and_look)
        race(folder, 0.01, seed=3, evaluations=20, changes=TINY, start_cycles=2, limit=24)
    assert shown == [True] * 3  # what there is to see is there before it is waited for
    return folder


def test_both_begin_alike_and_get_as_much(raced):
    first = read_stats(raced)
    assert first[0]["sides"][METHOD] == first[0]["sides"][PLAIN]
    longest = 16  # evaluations of one cycle, its line searches and the first radius's trials apart
    for line in first:
        asked = [line["sides"][side]["asked"] for side in SIDES]
        assert abs(asked[0] - asked[1]) <= longest
        assert min(asked) >= ROUND * line["cycle"]
    last = first[-1]["sides"]
    assert last[METHOD]["iou"] != last[PLAIN]["iou"]
    assert len(last[PLAIN]["generator_loss"]) > len(last[METHOD]["generator_loss"]) > 0
    assert all(last[side]["change"] > 0.0 and last[side]["stands"] for side in SIDES)


def test_a_race_that_was_begun_is_not_begun_again(raced):
    assert has_checkpoint(raced)
    assert {METHOD, PLAIN, "start", "best", "end"} <= set(told(read_stats(raced)).split())
    with pytest.raises(RunError, match="run in this folder already"):
        race(raced, 0.01, evaluations=20)
    with pytest.raises(RunError, match="--number"):
        race(raced, 0.01, evaluations=20, resume=True)


@pytest.mark.slow
def test_a_race_goes_on_where_it_was_kept(raced, tmp_path):
    first, folder = read_stats(raced), tmp_path / "race"
    shutil.copytree(raced, folder)
    race(folder, evaluations=40, resume=True)
    lines = read_stats(folder)
    assert lines[: len(first)] == first
    assert [line["cycle"] for line in lines] == [*range(len(lines))]
    seconds = [line["seconds"] for line in lines]
    asked = [line["sides"][PLAIN]["asked"] for line in lines]
    assert seconds == sorted(seconds) and asked == sorted(asked)
    assert asked[-1] >= 40 > asked[len(first) - 1]


def test_a_film_shows_every_look_and_is_small(raced, tmp_path, monkeypatch):
    film = film_of(raced)
    assert film.number == 0.01 and film.seed == 3
    assert film.frames == (*range(len(film.lines)),)
    assert (film.columns, film.rows) == (SHOWN, 1 + 2 * len(film.frames))
    assert len(film.sheet) < 4000 * (1 + len(film.frames))
    assert film_of(raced, last=True).frames == film.frames[-1:]
    write_film(film, tmp_path / "races")
    monkeypatch.setattr("gecat.training.race.film.asset", tmp_path.joinpath)
    assert recorded(0.01) == film


def side(asked, iou, losses=(), change=0.0, stands=True):
    return {
        "asked": asked,
        "iou": iou,
        "change": change,
        "stands": stands,
        "generator_loss": list(losses),
    }


def test_a_side_breaks_below_its_own_best():
    looks = [
        (side(0, 0.5), side(0, 0.5)),
        (side(8, 0.7, [3.0, 1.0]), side(8, 0.6, stands=False)),
        (side(16, 0.59, [2.0, None], 0.25), side(8, 0.6)),
    ]
    lines = [{"sides": dict(zip(SIDES, pair, strict=True))} for pair in looks]
    assert is_broken(lines, METHOD) and not is_broken(lines[:2], METHOD)
    assert is_broken(lines[:2], PLAIN)
    assert curve(lines, METHOD, "generator_loss") == ([4.0, 8.0, 12.0, 16.0], [3, 1, 2, None])
    assert curve(lines, METHOD, "iou") == ([0, 8, 16], [0.5, 0.7, 0.59])
    assert loss_swing(lines, METHOD) == 1.5 and mask_swing(lines, METHOD) == 0.125
    assert loss_swing(lines[:1], METHOD) is None
    assert curve(lines, METHOD, "change")[1] == [None, 0.0, 0.25]
    assert curve(lines, PLAIN, "change") == ([0, 8, 8], [None, 0.0, None])  # it did not move


def test_scenes_held_out_are_scored_and_never_learned():
    pictures, truths = racers.held_out(HELD_OUT)
    assert pictures.shape == (HELD_OUT, 64, 64, 3) and truths.dtype == np.bool_
    learned = racers.load_photos("scenes", 64, limit=HELD_OUT, seed=0).images
    assert (
        not (learned[:, None, 0] == np.rint((pictures[None, :, 0] + 1) * 127.5)).all((2, 3)).any()
    )


def test_settings_of_a_race_are_checked(tmp_path):
    for wrong in ({"seed": -1}, {"changes": {"size": 65}}, {"evaluations": 5, "seconds": 5}):
        with pytest.raises(ValueError, match="Received"):
            race(tmp_path, 0.01, **{"evaluations": 5, **wrong})
    assert Config.from_dict(shared_config(1).to_dict()) == shared_config(1)
    assert not any(tmp_path.iterdir())
