"""`gecat bench quality`: rivals and networks side by side, and what the networks can tell."""

from gecat.commands.options import (
    add_budget,
    add_folder_options,
    folders,
    new_file,
    new_picture,
    positive,
    report,
    tell_left_out,
    write_json,
    write_picture,
)
from gecat.errors import Status, UserError

# The options that each question makes use of; others are refused, not dropped without a word.
_TAKEN = {
    "scenes": ("limit", "json", "seeds", "seconds", "cycles"),
    "empty": ("weights", "json"),
    "discriminator": ("images", "masks", "limit", "json", "weights", "scale"),
    "": ("images", "masks", "ignore", "limit", "json", "weights", "sheet"),
}


def register(kinds):
    """Adds `bench quality`."""
    parser = kinds.add_parser("quality", help="every classical rival and the networks, one thread")
    add_folder_options(parser, required=False)
    parser.add_argument("--weights", metavar="FILE", help="default: those that ship")
    parser.add_argument(
        "--discriminator", action="store_true", help="ask instead whether it can tell wrong masks"
    )
    parser.add_argument(
        "--scale",
        type=new_file,
        metavar="FILE",
        help="with --discriminator: write what its"
        " scores mean, which the app looks for beside the weights as <weights>.scale.json",
    )
    parser.add_argument(
        "--sheet",
        type=new_picture,
        metavar="FILE",
        help="draw the networks' ten best and ten worst",
    )
    parser.add_argument(
        "--empty",
        action="store_true",
        help="ask the networks instead for masks of pictures that show nothing",
    )
    parser.add_argument(
        "--scenes",
        action="store_true",
        help="train preset small on drawn scenes instead, once a"
        " seed, and score it on scenes held out",
    )
    parser.add_argument("--seeds", type=positive, metavar="N", help="with --scenes (default: 10)")
    each = "with --scenes, each seed"
    add_budget(parser, f"{each} (default: 60)", each, required=False)
    parser.set_defaults(run=run)


def run(options):
    """Scores all rivals on a folder, the discriminator, or what drawn scenes teach."""
    from gecat.evaluation.quality import bench

    _refuse_what_is_not_taken(options)
    if options.scenes:
        return _learn_scenes(options)
    if options.empty:
        return _count_empty(options)
    if not (options.images and options.masks):
        raise UserError("command.bench_folders")
    if options.discriminator:
        return _examine_discriminator(options)
    results = bench(*folders(options), weights=options.weights)
    status = report(results, options.json)
    if options.sheet:
        _draw_sheet(results["gecat"]["images"], options)
    return status


def _refuse_what_is_not_taken(options):
    asked, *others = [name for name in _TAKEN if not name or getattr(options, name)]
    known = dict.fromkeys(name for names in _TAKEN.values() for name in names)
    given = [*filter(None, others), *(name for name in known if getattr(options, name))]
    refused = [f"--{name}" for name in given if name not in _TAKEN[asked]]
    if refused:
        if asked:
            raise UserError("command.bench_takes", question=asked, refused=refused)
        raise UserError("command.bench_needs", refused=refused)


def _draw_sheet(rows, options):
    from gecat.evaluation.bench.sheet import draw_sheet
    from gecat.inference.segmenter import load

    predict = load(options.weights, threads=1).predict
    write_picture(draw_sheet(predict, rows, options.images, options.masks), options.sheet)


def _count_empty(options):
    from gecat.evaluation.bench.empty import LEAST_SHARE, count_empty
    from gecat.inference.segmenter import load

    result = count_empty(load(options.weights).predict)
    by_kind = ", ".join(f"{kind} {share:.0%}" for kind, share in result["kinds"].items())
    print(
        f"{result['empty']:.0%} of {result['count']} pictures without an object have less than "
        f"{LEAST_SHARE:.0%} foreground ({by_kind})"
    )
    write_json(result, options.json)
    return 0


def _learn_scenes(options):
    from gecat.evaluation.bench import scenes

    seconds = None if options.cycles else options.seconds or 60
    result = scenes.learn_scenes(
        options.seeds or 10, seconds, options.cycles, held_out=options.limit or scenes.HELD_OUT
    )
    print(scenes.table(result))
    write_json(result, options.json)
    return 0


def _examine_discriminator(options):
    from gecat.evaluation import discriminator_quality as verdicts
    from gecat.inference.segmenter import load

    result = verdicts.examine(
        load(options.weights), options.images, options.masks, limit=options.limit
    )
    print(verdicts.table(result))
    print(f"{result['count']} photos")
    tell_left_out(result["skipped"])
    write_json(result, options.json)
    if options.scale:
        from gecat.evaluation.score_scale import save_calibration

        save_calibration(result, options.scale)
    return Status.SOME_SKIPPED if result["skipped"] else Status.DONE
