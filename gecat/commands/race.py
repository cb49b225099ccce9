"""`gecat race`: the method against plain adversarial training, from one start."""

import argparse
from argparse import Namespace

from gecat.commands.child import add_child, as_child
from gecat.errors import Status
from gecat.options import add_settings, positive, settings


def register(commands: argparse._SubParsersAction) -> None:
    """Adds `race` to the parser's commands."""
    parser = commands.add_parser("race", help="race the method against plain adversarial training")
    parser.add_argument("--run", required=True, dest="folder", metavar="DIR", help="where it goes")
    parser.add_argument(
        "--number",
        metavar="X",
        help="the first radius of one, the rate of the other, 1e-5 to 1e-1 (default: 0.01)",
    )
    budget = parser.add_mutually_exclusive_group(required=True)
    budget.add_argument("--seconds", type=positive, metavar="S", help="of both together")
    budget.add_argument("--evaluations", type=positive, metavar="N", help="of each")
    parser.add_argument("--seed", type=int, metavar="N", help="of every draw (default: 0)")
    parser.add_argument(
        "--start-cycles",
        type=positive,
        metavar="N",
        help="that both learn together before (default: 50)",
    )
    parser.add_argument("--resume", action="store_true", help="go on with the race that is there")
    parser.add_argument(
        "--limit", type=positive, metavar="N", help="scenes to learn from (default: 512)"
    )
    parser.add_argument("--cache", metavar="DIR", help="where pseudo-masks are kept")
    add_settings(parser)
    add_child(parser)
    parser.set_defaults(run=run)


def run(options: Namespace) -> Status:
    """Races, and says how it ended."""
    with as_child(options):
        return _race(options)


def _race(options):
    from tqdm import tqdm

    from gecat.training.race.folder import told
    from gecat.training.race.race import race
    from gecat.training.run.folder import read_stats

    with tqdm(total=100, unit="%", delay=2, desc="racing") as bar:
        race(
            options.folder,
            options.number,
            seed=options.seed,
            seconds=options.seconds,
            evaluations=options.evaluations,
            changes=settings(options),
            start_cycles=options.start_cycles,
            resume=options.resume,
            limit=options.limit,
            cache=options.cache,
            report=lambda share: bar.update(round(100 * share) - bar.n),
        )
    print(told(read_stats(options.folder)))
    return Status.DONE
