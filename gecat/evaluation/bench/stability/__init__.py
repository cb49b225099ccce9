"""Whether the gradient epoch holds: games with a known end and the engine's own, arm by arm.

Every arm gets the same number of evaluations, whatever it spends them on, and the same start and
batches a seed. What is swept is the only number that it has: a rate, or the first radius.
"""

from argparse import ArgumentParser, Namespace
from collections.abc import Callable
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np

from gecat.errors import Status
from gecat.evaluation.bench.stability.figure import draw
from gecat.inference.batch import with_progress
from gecat.options import add_figures, add_json, positive, publish, read_json, write_json
from gecat.overlap import processes

TOYS = ("dirac", "bilinear", "bilinear, curvature 2", "bilinear, curvature 0.5", "ring")
SCENES = {
    "scenes, critic first": {"adversarial_weight": 1.0, "anchor_weight": 0.1},
    "scenes": {},
}
NUMBERS = tuple(10.0 ** (power / 2) for power in range(-10, -1))  # 1e-5 to 1e-1
DECADES = NUMBERS[::2]
BUDGET = {"ring": 4000, **dict.fromkeys(SCENES, 400)}
USUAL_BUDGET = 2000
FIRST_SEED = 2000  # those below were chosen on


def add_options(parser: ArgumentParser) -> None:
    """Adds what `run` takes."""
    parser.add_argument("--game", action="append", choices=[*TOYS, *SCENES], help="default: toys")
    parser.add_argument("--arm", action="append", metavar="NAME", help="default: all")
    parser.add_argument("--seeds", type=positive, default=10, metavar="N", help="default: 10")
    parser.add_argument("--budget", type=positive, metavar="N", help="evaluations of each run")
    parser.add_argument("--workers", type=positive, default=2, metavar="N", help="default: 2")
    add_figures(parser, "stability.json and .png")
    add_json(parser)


def run(options: Namespace) -> Status:
    """Plays what is not in the JSON file yet, and prints the table."""
    games = options.game or list(TOYS)
    result = measure(
        games,
        options.arm,
        options.seeds,
        options.budget,
        options.workers,
        done=read_json(options.json),
        report=lambda result: write_json(result, options.json),
    )
    print(table(result))
    if options.figures:
        publish(_rows(result), options, "stability")
        draw(result["runs"], Path(options.figures) / "stability.png")
    return Status.DONE


def measure(
    games: list[str],
    arms: list[str] | None = None,
    seeds: int = 10,
    budget: int | None = None,
    workers: int = 2,
    *,
    done: dict[str, Any] | None = None,
    report: Callable[[dict[str, Any]], object] | None = None,
) -> dict[str, Any]:
    """Plays every arm at every game, once a number and seed.

    Args:
        games: of TOYS and SCENES; arms: of `arms.ARMS`, or None for all.
        seeds: how many, from FIRST_SEED on; budget: evaluations of each run, or None for the usual.
        workers: processes.
        done: what an earlier call returned, which is not played again.
        report: called now and then with what there is of the result, or None.

    Returns:
        dict: "runs", a list of dicts: "game", "arm", "number", "seed", "budget" and what `play`
        measured.
    """
    from gecat.evaluation.bench.stability.arms import ARMS

    runs = list((done or {}).get("runs", []))
    known = {tuple(run[name] for name in _KEY) for run in runs}
    wanted = [
        (game, arm, number, seed, budget or BUDGET.get(game, USUAL_BUDGET))
        for game, seed, arm in product(games, range(FIRST_SEED, FIRST_SEED + seeds), arms or ARMS)
        for number in (DECADES if game in SCENES or game == "ring" else NUMBERS)
    ]
    missing = [key for key in wanted if key not in known]
    result = {"runs": runs}
    with processes(workers, _alone) as pool:
        told = pool.map(_play, missing, chunksize=1 if len(missing) < 100 else 20)
        for key, found in zip(with_progress(missing, unit="run"), told, strict=True):
            runs.append({**dict(zip(_KEY, key, strict=True)), **found})
            if report is not None and (len(runs) % _REPORT_EVERY == 0 or key == missing[-1]):
                report(result)
    return result


def table(result: dict[str, Any]) -> str:
    """Lines of text: of each arm at each game the runs lost, and the best and the worst number.

    Args:
        result: of `measure`.
    """
    summary = summarise(result)
    lines = []
    for game in dict.fromkeys(game for game, _ in summary):
        lines.append(f"{game:36}{'lost':>10}{'best':>10}{'worst':>10}{'spread':>9}")
        for (of, arm), told in summary.items():
            if of == game:
                lost = f"{told['lost']}/{told['runs']}"
                best, worst = (_short(told[name]) for name in ("best", "worst"))
                lines.append(
                    f"  {arm:34}{lost:>10}{best:>10}{worst:>10}{_short(told['spread']):>9}"
                )
    return "\n".join(lines)


def summarise(result: dict[str, Any]) -> dict[tuple[str, str], dict[str, Any]]:
    """Brings runs together by game and arm.

    Args:
        result: of `measure`.

    Returns:
        dict from (game, arm) to "runs", "lost", "best" and "worst", medians over the seeds of the
        distance, at the best and the worst number, "at", the best number, and "spread", worst over
        best. A run that ended nowhere is infinitely far.
    """
    found: dict[tuple[str, str], dict[float, list[dict[str, Any]]]] = {}
    for each in result["runs"]:
        of = found.setdefault((each["game"], each["arm"]), {})
        of.setdefault(each["number"], []).append(each)
    return {key: _summary(numbers) for key, numbers in found.items()}


def _rows(result):
    """What a summary says, as a list that JSON can hold."""
    return [
        {"game": game, "arm": arm, **{name: _finite(value) for name, value in told.items()}}
        for (game, arm), told in summarise(result).items()
    ]


def _finite(value):
    return None if not np.isfinite(value) else round(value, 5)


_REPORT_EVERY = 20  # runs
_KEY = ("game", "arm", "number", "seed", "budget")


def _summary(numbers):
    medians = {
        number: float(
            np.median([np.inf if run["distance"] is None else run["distance"] for run in runs])
        )
        for number, runs in numbers.items()
    }
    at = min(medians, key=medians.__getitem__)
    best, worst = medians[at], max(medians.values())
    return {
        "runs": sum(map(len, numbers.values())),
        "lost": sum(run["lost"] for runs in numbers.values() for run in runs),
        "best": best,
        "worst": worst,
        "at": at,
        "spread": worst / best if best else np.inf,
    }


def _short(value):
    return f"{value:.3g}" if value < 1e4 else "far"


def _alone():
    """A worker keeps to one thread: there is one for each core."""
    import cv2

    from gecat.inference.runtime import limit_threads

    cv2.setNumThreads(1)
    limit_threads(1)


def _play(key):
    from gecat.evaluation.bench.stability.arms import ARMS
    from gecat.evaluation.bench.stability.games import GAMES
    from gecat.evaluation.bench.stability.play import play

    name, arm, number, seed, budget = key
    arm = ARMS[arm]
    if name in SCENES:
        from gecat.evaluation.bench.stability.scenes import Scenes

        game = Scenes(seed, arm.penalty, **SCENES[name])
        found = play(game, arm, number, budget)
        game.close()
        return found
    return play(GAMES[name](seed, arm.penalty), arm, number, budget)
