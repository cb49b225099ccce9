"""The race's bench, and that a race plays what the stability bench plays."""

import json
from types import SimpleNamespace

import numpy as np
import pytest

from gecat.__main__ import main
from gecat.evaluation.bench import race as bench
from gecat.evaluation.bench.stability.arms import ARMS, Side
from gecat.training.losses import full_weights
from gecat.training.match import Match
from gecat.training.race import racers
from gecat.training.race.entries import METHOD, PLAIN, configs, shared_config
from gecat.training.run.folder import write_stats
from gecat.training.supply import Supply

TINY = {"generator_widths": (8, 16), "discriminator_widths": (8, 16), "batch_size": 8}


@pytest.mark.slow
@pytest.mark.parametrize(("side", "arm"), [(METHOD, "GEC-AT"), (PLAIN, "alternating Adam")])
def test_a_side_of_the_race_plays_as_the_stability_benchs_arm(side, arm):
    shared = shared_config(7, **TINY, adversarial_weight=1.0, anchor_weight=0.1)
    photos = racers.load_scenes(24)
    state = racers.start(shared, photos, cycles=5)  # the last one warms D up
    config = configs(1e-3, shared)[side]
    racer = racers.Racer(config, photos, state)
    engine = racer.engine
    assert config.gradient_penalty == ARMS[arm].penalty
    with Supply(engine, photos, state.batch) as supply:
        match = Match(engine, state, lambda: supply.take(state, 0.0), full_weights(config))
        game = SimpleNamespace(
            start=(
                Side(state.generator, state.generator_statistics),
                Side(state.discriminator, state.discriminator_statistics),
            ),
            discriminator_objective=match.discriminator_objective,
            generator_objective=match.generator_objective,
            look_again=match.look_again,
        )
        course = ARMS[arm].play(game, lambda: 1.0, 1e-3)
        for _ in range(2):
            racer.cycle(1.0)
            generator, critic = next(course)
    racer.close()
    for mine, theirs, start in (
        (racer.state.generator, generator.theta, state.generator),
        (racer.state.discriminator, critic.theta, state.discriminator),
    ):
        moved = np.abs(np.asarray(theirs) - np.asarray(start)).max()
        assert moved > 1e-4
        assert np.abs(np.asarray(mine) - np.asarray(theirs)).max() < 0.02 * moved


def look(cycle, method, plain):
    told = {"asked": 10 * cycle, "change": 0.0, "stands": True, "generator_loss": [1.0, 3.0]}
    sides = {METHOD: {**told, "iou": method}, PLAIN: {**told, "iou": plain}}
    return {"cycle": cycle, "seconds": 3.0 * cycle, "sides": sides}


def test_what_was_raced_is_told_and_not_raced_again(tmp_path, capsys):
    write_stats(tmp_path, [look(0, 0.6, 0.6), look(1, 0.7, 0.65), look(2, 0.65, 0.5)])
    told = bench._told(tmp_path, 1e-2, bench.FIRST_SEED, 20)
    assert told["sides"][METHOD] == {
        "start": 0.6,
        "best": 0.7,
        "end": 0.65,
        "broken": False,
        "loss_swing": 2.0,
        "mask_swing": 0.0,
    }
    assert told["sides"][PLAIN]["broken"] and told["seconds"] == 6.0
    races = [{**told, "number": number} for number in bench.NUMBERS]
    (tmp_path / "race.json").write_text(json.dumps({"races": races}))
    main(["bench", "race", "--seeds=1", "--evaluations=20", f"--json={tmp_path / 'race.json'}"])
    rows = capsys.readouterr().out.splitlines()[1:-1]
    assert [row.split() for row in rows] == [
        [f"{number:g}", "0.650", "0/1", "0.500", "1/1"] for number in bench.NUMBERS
    ]
