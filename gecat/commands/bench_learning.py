"""`gecat bench ablation` and `bench semisupervised`: what the parts of learning are worth."""

from functools import partial

from gecat.commands.options import (
    add_budget,
    add_settings,
    new_file,
    positive,
    settings,
    write_json,
)
from gecat.errors import UserError


def register_ablation(kinds):
    """Adds `bench ablation`."""
    parser = kinds.add_parser("ablation", help="what each part of the method is worth")
    parser.add_argument("--data", required=True, metavar="DIR|ZIP|NPY|scenes", help="photos")
    _add_masks(parser, required=False)
    _add_run(parser)
    parser.add_argument("--seeds", type=positive, default=3, metavar="N", help="default: 3")
    parser.add_argument("--cache", metavar="DIR", help="where pseudo-masks are kept")
    parser.add_argument("--limit", type=positive, metavar="N", help="learn from N photos at most")
    parser.add_argument("--scored", type=positive, metavar="N", help="score N photos at most")
    parser.set_defaults(run=run_ablation)


def register_semisupervised(kinds):
    """Adds `bench semisupervised`."""
    parser = kinds.add_parser("semisupervised", help="how far a few masks made by people go")
    _add_masks(parser, required=True)
    _add_run(parser)
    parser.set_defaults(run=run_semisupervised)


def run_ablation(options):
    """Trains each row once a seed; drawn scenes are scored on scenes held out."""
    import tempfile

    from gecat.evaluation.bench.ablation import ablate, table
    from gecat.evaluation.bench.scenes import write_held_out

    drawn = options.data == "scenes"
    if drawn and (options.images or options.masks or options.start):
        raise UserError("command.scenes_alone")
    if not drawn and not (options.images and options.masks and options.start):
        raise UserError("command.ablation_needs")
    with tempfile.TemporaryDirectory() as folder:
        count = {"count": options.scored} if options.scored else {}
        scored = write_held_out(folder, **count) if drawn else (options.images, options.masks)
        result = ablate(
            options.data,
            *scored,
            seconds=options.seconds,
            cycles=options.cycles,
            seeds=options.seeds,
            start=options.start,
            teacher=options.teacher or options.start,
            cache=options.cache,
            limit=options.limit,
            scored=options.scored,
            changes=settings(options),
            report=partial(write_json, path=options.json),
        )
    print(table(result))
    return 0


def run_semisupervised(options):
    """Teaches with 0, 1, 5, 10 and 100% of the masks of every other photo."""
    from gecat.evaluation.bench.semisupervised import learn_from_masks, table
    from gecat.inference.segmenter import SHIPPED_WEIGHTS

    start = options.start or SHIPPED_WEIGHTS
    result = learn_from_masks(
        options.images,
        options.masks,
        start=start,
        teacher=options.teacher or start,
        seconds=options.seconds,
        cycles=options.cycles,
        changes=settings(options),
        report=partial(write_json, path=options.json),
    )
    print(table(result))
    return 0


def _add_masks(parser, required):
    parser.add_argument("--images", required=required, metavar="DIR", help="photos to score on")
    parser.add_argument("--masks", required=required, metavar="DIR", help="their true masks")


def _add_run(parser):
    add_budget(parser, "of each run", "of each run")
    parser.add_argument("--start", metavar="FILE", help="weights to begin from")
    parser.add_argument("--teacher", metavar="FILE", help="default: the weights to begin from")
    parser.add_argument("--json", type=new_file, metavar="FILE", help="write all scores")
    add_settings(parser)
