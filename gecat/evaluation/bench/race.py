"""The race over its slider: where plain adversarial training breaks, and whether the method does.

Every race is what `gecat race` runs, from one start a seed and with equal evaluations.
"""

import tempfile
from argparse import ArgumentParser, Namespace
from collections.abc import Callable
from itertools import product
from pathlib import Path
from typing import Any

from gecat.errors import Status
from gecat.inference.batch import with_progress
from gecat.options import add_json, add_settings, positive, read_json, settings, write_json
from gecat.training.race.entries import EVALUATIONS, NUMBERS, SIDES
from gecat.training.race.film import film_of, write_film
from gecat.training.race.folder import best_iou, is_broken, loss_swing, mask_swing
from gecat.training.run.folder import read_stats

FIRST_SEED = 3000  # of none that anything was chosen on


def add_options(parser: ArgumentParser) -> None:
    """Adds what `run` takes."""
    parser.add_argument("--seeds", type=positive, default=3, metavar="N", help="default: 3")
    parser.add_argument(
        "--evaluations",
        type=positive,
        default=EVALUATIONS,
        metavar="N",
        help="of each side (default: %(default)s)",
    )
    parser.add_argument("--films", metavar="DIR", help="record the races of the first seed there")
    parser.add_argument(
        "--start-cycles", type=positive, metavar="N", help="that both learn together before"
    )
    add_settings(parser)
    add_json(parser)


def run(options: Namespace) -> Status:
    """Runs the races that are not in the JSON file yet, and prints the table."""
    result = measure(
        options.seeds,
        options.evaluations,
        changes=settings(options),
        start_cycles=options.start_cycles,
        films=options.films,
        done=read_json(options.json),
        report=lambda result: write_json(result, options.json),
    )
    print(table(result))
    return Status.DONE


def measure(
    seeds: int,
    evaluations: int = EVALUATIONS,
    *,
    changes: dict[str, Any] | None = None,
    start_cycles: int | None = None,
    films: str | None = None,
    done: dict[str, Any] | None = None,
    report: Callable[[dict[str, Any]], object] | None = None,
) -> dict[str, Any]:
    """Races once a number and seed.

    Args:
        seeds: how many, from FIRST_SEED on; evaluations: of each side.
        changes, start_cycles: as `training.race.race.race` takes them.
        films: folder for the films of the first seed, or None.
        done: what an earlier call returned, which is not raced again.
        report: called with what there is of the result after each race, or None.

    Returns:
        dict: "races", a list of dicts: "number", "seed", "evaluations", "seconds", and "sides",
        from a side to its "start", "best" and "end", IoU on scenes held out, "broken",
        "loss_swing" and "mask_swing", mean changes of the generator's loss and of its masks.
    """
    from gecat.training.race.race import race

    races = list((done or {}).get("races", []))
    known = {(each["number"], each["seed"], each["evaluations"]) for each in races}
    wanted = product(range(FIRST_SEED, FIRST_SEED + seeds), NUMBERS)
    missing = [
        (number, seed) for seed, number in wanted if (number, seed, evaluations) not in known
    ]
    result = {"races": races}
    with tempfile.TemporaryDirectory() as scratch:
        for number, seed in with_progress(missing, unit="race"):
            folder = Path(scratch) / f"{seed}-{number:g}"
            race(
                folder,
                number,
                seed=seed,
                evaluations=evaluations,
                changes=changes,
                start_cycles=start_cycles,
                cache=Path(scratch) / "scenes",
            )
            races.append(_told(folder, number, seed, evaluations))
            if films and seed == FIRST_SEED and (film := film_of(folder)):
                write_film(film, films)
            if report is not None:
                report(result)
    return result


def table(result: dict[str, Any]) -> str:
    """Lines of text: how each side ended at each number, and where it broke.

    Args:
        result: of `measure`.
    """
    lines = [f"{'number':>8}" + "".join(f"{side:>12}{'broken':>10}" for side in SIDES)]
    for number in sorted({race["number"] for race in result["races"]}):
        line = f"{number:8g}"
        for side in SIDES:
            told = [race["sides"][side] for race in result["races"] if race["number"] == number]
            broken = sum(each["broken"] for each in told)
            end = sum(each["end"] for each in told) / len(told)
            line += f"{end:12.3f}{f'{broken}/{len(told)}':>10}"
        lines.append(line)
    return "\n".join([*lines, "mean IoU of scenes held out at the end"])


def _told(folder, number, seed, evaluations):
    lines = read_stats(folder)
    sides = {
        side: {
            "start": lines[0]["sides"][side]["iou"],
            "best": best_iou(lines, side),
            "end": lines[-1]["sides"][side]["iou"],
            "broken": is_broken(lines, side),
            "loss_swing": loss_swing(lines, side),
            "mask_swing": mask_swing(lines, side),
        }
        for side in SIDES
    }
    spent = round(lines[-1]["seconds"], 1)
    return {
        "number": number,
        "seed": seed,
        "evaluations": evaluations,
        "seconds": spent,
        "sides": sides,
    }
