"""The stability bench: its games' gradients, its arms, and that a run goes on where it was."""

import json

import numpy as np
import pytest

from gecat.__main__ import main
from gecat.evaluation.bench import stability
from gecat.evaluation.bench.stability.arms import ARMS, METHODS, RIVALS
from gecat.evaluation.bench.stability.games import GAMES
from gecat.evaluation.bench.stability.play import play


@pytest.mark.parametrize("name", GAMES)
@pytest.mark.parametrize("who", ["generator", "critic"])
def test_gradients_of_a_game_match_finite_differences(name, who):
    game = GAMES[name](3)
    generator, critic = (side.theta for side in game.start)
    if who == "generator":
        objective, at = game.generator_objective(critic, None), generator
    else:
        objective, at = game.discriminator_objective(generator), critic
    gradient = np.asarray(objective(at, None).gradient, np.float64)
    # Along itself, so that float32 leaves a difference to measure.
    way = gradient / np.linalg.norm(gradient)
    step = 1e-3 if name == "ring" else 1e-5
    ahead, behind = (
        objective((at + sign * step * way).astype(at.dtype), None).loss for sign in (1, -1)
    )
    assert (ahead - behind) / (2 * step) == pytest.approx(np.linalg.norm(gradient), rel=0.02)


@pytest.mark.parametrize("arm", ARMS)
def test_every_arm_spends_its_budget_on_a_game(arm):
    game = GAMES["bilinear, curvature 2"](1, ARMS[arm].penalty)
    found = play(game, ARMS[arm], 1e-3, 100)
    assert 100 <= game.asked < 125
    assert found["distance"] < 1.0 and not found["lost"]
    assert found["gradient"][0] <= found["gradient"][1]
    assert -1.0 <= found["cosine"] <= 1.0


def test_the_method_ends_where_adam_turns():
    """A pure game of two: no curvature of either player's own holds it."""
    runs = [play(GAMES["bilinear"](seed), ARMS["GEC-AT"], 1e-3, 1500) for seed in range(3)]
    rivals = [
        play(GAMES["bilinear"](seed), RIVALS["alternating Adam"], 1e-1, 1500) for seed in range(3)
    ]
    assert max(run["distance"] for run in runs) < 0.5
    assert all(run["lost"] for run in rivals)


def test_what_it_is_told_hardly_matters():
    ends = [
        play(GAMES["bilinear, curvature 2"](5), METHODS["GEC-AT"], number, 1000)["distance"]
        for number in stability.NUMBERS
    ]
    assert max(ends) < 2.0 * min(ends)


@pytest.mark.slow
def test_a_measurement_goes_on_where_it_was(tmp_path, capsys):
    path = tmp_path / "stability.json"
    command = ["bench", "stability", "--game", "dirac", "--arm", "GEC-AT", "--budget", "40"]
    command += ["--workers", "1", "--json", str(path)]
    main([*command, "--seeds", "1"])
    first = json.loads(path.read_text())["runs"]
    first[0]["distance"] = 123.0
    path.write_text(json.dumps({"runs": first}))
    figures = tmp_path / "figures"
    main([*command, "--seeds", "2", "--figures", str(figures)])
    runs = json.loads(path.read_text())["runs"]
    assert len(runs) == 2 * len(first) == 2 * len(stability.NUMBERS)
    assert runs[0]["distance"] == 123.0
    assert f"0/{len(runs)}" in capsys.readouterr().out
    published = json.loads((figures / "stability.json").read_text())
    assert published["command"] == "python -m gecat bench stability"
    (row,) = published["rows"]
    assert (row["game"], row["arm"], row["runs"]) == ("dirac", "GEC-AT", len(runs))
    assert (figures / "stability.png").stat().st_size > 1000


def test_a_summary_counts_runs_that_ended_nowhere_as_far():
    key = {"game": "dirac", "arm": "a", "budget": 1}
    runs = [
        {**key, "number": 0.1, "seed": seed, "lost": lost, "distance": distance}
        for seed, lost, distance in ((0, False, 0.5), (1, True, None), (2, True, None))
    ]
    runs += [{**key, "number": 0.01, "seed": 0, "lost": False, "distance": 0.25}]
    told = stability.summarise({"runs": runs})["dirac", "a"]
    assert told["lost"] == 2 and told["runs"] == 4
    assert told["best"] == 0.25 and told["at"] == 0.01
    assert told["worst"] == np.inf
    assert "far" in stability.table({"runs": runs})
