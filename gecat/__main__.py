"""The command line: python -m gecat segment | train | calibrate | evaluate | bench."""

import argparse
import json
import os
import sys
from functools import partial
from pathlib import Path


def main(arguments=None):
    """Runs one command.

    Args:
        arguments: list of words, or None for those of the process.

    Returns:
        The exit status: 0 done, 1 done but for some files, 2 not done.
    """
    # Without it every run on a machine without a GPU begins with an error about CUDA.
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    # Without it TensorFlow's convolutions use half of what some processors can do.
    os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "1")
    options = _parser().parse_args(arguments)
    try:
        return options.run(options)
    except (ValueError, OSError) as error:
        print(f"gecat {options.command}: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130


def _parser():
    parser = argparse.ArgumentParser(prog="gecat", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for register in COMMANDS:
        register(commands)
    return parser


def register_segment(commands):
    """Adds `segment` to the parser's commands."""
    parser = commands.add_parser("segment", help="write a mask, cut-out or overlay of each photo")
    parser.add_argument("paths", nargs="+", metavar="PATH", help="photos, or folders of photos")
    parser.add_argument("--out", required=True, metavar="DIR", help="folder for the PNGs")
    parser.add_argument(
        "--what",
        choices=("mask", "cutout", "overlay"),
        default="mask",
        help="mask: probability times 255, 8-bit (default); cutout: transparent; overlay: tinted",
    )
    _add_network_options(parser, refine=True)
    parser.add_argument(
        "--tile", type=_positive, metavar="N", help="add detail from tiles of N pixels, for photos"
        " much larger than the network's input",
    )  # fmt: skip
    parser.add_argument("--threads", type=_positive, metavar="N", help="default: as TensorFlow has")
    parser.set_defaults(run=run_segment)


def run_segment(options):
    """Segments files; status 1 if any of them failed."""
    from gecat.inference.files import segment_files
    from gecat.inference.segmenter import load

    segmenter = load(options.weights, threads=options.threads)
    predict = partial(segmenter.predict, refine=options.refine, tile=options.tile)
    written, failed = segment_files(predict, options.paths, options.out, options.what)
    print(f"{written} written to {options.out}" + (f", {failed} failed" if failed else ""))
    return 1 if failed or not written else 0


def register_train(commands):
    """Adds `train` to the parser's commands."""
    parser = commands.add_parser("train", help="learn from photos without labels")
    parser.add_argument(
        "--data", required=True, metavar="DIR|ZIP|NPY|scenes",
        help="photos; or images/ with masks/ beside it, for some or all of them",
    )  # fmt: skip
    parser.add_argument("--run", required=True, dest="folder", metavar="DIR", help="where it goes")
    parser.add_argument("--preset", default="small", metavar="NAME", help="small, base or article")
    budget = parser.add_mutually_exclusive_group(required=True)
    budget.add_argument("--seconds", type=_positive, metavar="S", help="time to learn in all")
    budget.add_argument("--cycles", type=_positive, metavar="N", help="cycles in all")
    parser.add_argument("--resume", action="store_true", help="go on with the run in the folder")
    parser.add_argument("--start", metavar="FILE", help="weights to begin from")
    parser.add_argument("--teacher", metavar="FILE", help="weights that make the pseudo-masks")
    parser.add_argument("--limit", type=_positive, metavar="N", help="take N photos at most")
    parser.add_argument("--cache", metavar="DIR", help="where pseudo-masks are kept")
    parser.add_argument(
        "--strategy", choices=("none", "mirrored", "multiworker"), default="none",
        help="mirrored: all GPUs of this machine; multiworker: machines named in TF_CONFIG",
    )  # fmt: skip
    parser.add_argument(
        "--set", action="append", default=[], metavar="KEY=VALUE", help="a setting of config.py"
    )
    parser.set_defaults(run=run_train)


def run_train(options):
    """Trains; status 1 if some of the photos were left out."""
    from tqdm import tqdm

    from gecat.training.run import train
    from gecat.training.strategies import make_strategy, worker_folder

    changes = {}
    for setting in options.set:
        key, equals, value = setting.partition("=")
        if not equals:
            raise ValueError(f"--set takes KEY=VALUE, received {setting!r}")
        changes[key] = value
    if options.strategy == "multiworker" and options.seconds:
        raise ValueError(
            "several machines need --cycles, since their clocks differ; received "
            f"--seconds {options.seconds}"
        )
    strategy = make_strategy(options.strategy)
    folder = worker_folder(strategy, options.folder)
    reading = tqdm(unit=" photos", delay=2, desc="reading")
    learning = tqdm(total=100, unit="%", delay=2, desc="learning",
                    bar_format="{l_bar}{bar}| {elapsed}<{remaining}{postfix}")  # fmt: skip

    def on_photo(done, total):
        reading.total = total
        reading.update(done - reading.n)

    def on_cycle(figures):
        reading.close()
        learning.update(100 * figures["progress"] - learning.n)
        loss = figures.get("generator_loss") or figures.get("discriminator_loss")
        learning.set_postfix_str(f"{figures['stage']}, cycle {figures['cycle']}, loss {loss:.3f}")

    weights = train(
        options.data, folder, preset_name=options.preset, changes=changes,
        cycles=options.cycles, seconds=options.seconds, resume=options.resume,
        start=options.start, teacher=options.teacher, cache=options.cache, limit=options.limit,
        strategy=strategy, progress=on_photo, report=on_cycle,
    )  # fmt: skip
    learning.close()
    skipped = json.loads((folder / "config.json").read_text())["skipped"]
    for name, reason in skipped:
        print(f"{name}: left out: {reason}", file=sys.stderr)
    print(f"weights written to {weights}")
    return 1 if skipped else 0


def register_calibrate(commands):
    """Adds `calibrate` to the parser's commands."""
    parser = commands.add_parser("calibrate", help="give masks the size of a teacher's cuts")
    parser.add_argument("--weights", required=True, metavar="FILE", help="what to calibrate")
    parser.add_argument("--teacher", required=True, metavar="FILE", help="weights that teach")
    parser.add_argument("--data", required=True, metavar="DIR|ZIP|NPY", help="photos to look at")
    parser.add_argument("--out", required=True, metavar="FILE", help="the weights file to write")
    parser.add_argument("--limit", type=_positive, default=400, metavar="N", help="default: 400")
    parser.add_argument(
        "--size", type=_positive, metavar="N", help="longer side at prediction; default: as it was"
    )
    parser.set_defaults(run=run_calibrate)


def run_calibrate(options):
    """Calibrates weights and says by how much."""
    from gecat.inference.calibrate import calibrate

    shift = calibrate(
        options.weights, options.teacher, options.data, options.out, options.limit, options.size
    )
    print(f"{shift:+.2f} taken off every logit; weights written to {options.out}")
    return 0


def register_evaluate(commands):
    """Adds `evaluate` to the parser's commands."""
    parser = commands.add_parser("evaluate", help="score masks against true ones")
    _add_folder_options(parser)
    _add_network_options(parser, refine=False)
    parser.add_argument("--method", metavar="NAME", help="a classical method, not the networks")
    parser.add_argument("--threads", type=_positive, default=1, metavar="N", help="default: 1")
    parser.set_defaults(run=run_evaluate)


def run_evaluate(options):
    """Scores the networks, or one classical method, on a folder."""
    from gecat.evaluation.baselines import method
    from gecat.evaluation.quality import evaluate, opencv_threads
    from gecat.inference.segmenter import load

    if options.method:
        if options.weights or options.refine:
            raise ValueError("--method takes neither --weights nor --refine.")
        name, predict = options.method, method(options.method)
    else:
        name = Path(options.weights).stem if options.weights else "gecat"
        segmenter = load(options.weights, threads=options.threads)
        predict = partial(segmenter.predict, refine=options.refine)
    with opencv_threads(options.threads):
        result = evaluate(predict, *_folders(options), label=name)
    _report({name: result}, options.json)
    return 0


def register_bench(commands):
    """Adds `bench` with its kinds to the parser's commands."""
    parser = commands.add_parser("bench", help="compare methods side by side")
    kinds = parser.add_subparsers(dest="kind", required=True, metavar="KIND")
    for register in BENCHES:
        register(kinds)


def register_bench_quality(kinds):
    """Adds `bench quality`."""
    parser = kinds.add_parser("quality", help="every classical rival and the networks, one thread")
    _add_folder_options(parser, required=False)
    parser.add_argument("--weights", metavar="FILE", help="default: those that ship")
    parser.add_argument(
        "--discriminator", action="store_true", help="ask instead whether it can tell wrong masks"
    )
    parser.add_argument(
        "--scale", metavar="FILE", help="with --discriminator: write what its scores mean, which"
        " the app looks for beside the weights as <weights>.scale.json",
    )  # fmt: skip
    parser.add_argument("--sheet", metavar="FILE", help="draw the networks' ten best and ten worst")
    parser.add_argument(
        "--empty", action="store_true", help="ask the networks instead for masks of pictures that"
        " show nothing",
    )  # fmt: skip
    parser.add_argument(
        "--scenes", action="store_true", help="train preset small on drawn scenes instead, once a"
        " seed, and score it on scenes held out",
    )  # fmt: skip
    parser.add_argument("--seeds", type=_positive, metavar="N", help="with --scenes (default: 10)")
    budget = parser.add_mutually_exclusive_group()
    budget.add_argument("--seconds", type=_positive, metavar="S", help="with --scenes, each seed"
                        " (default: 60)")  # fmt: skip
    budget.add_argument("--cycles", type=_positive, metavar="N", help="with --scenes, each seed")
    parser.set_defaults(run=run_bench_quality)


def run_bench_quality(options):
    """Scores all rivals on a folder, the discriminator, or what drawn scenes teach."""
    from gecat.evaluation.quality import bench

    if options.scenes:
        return _run_bench_scenes(options)
    if options.seeds or options.seconds or options.cycles:
        raise ValueError("--seeds, --seconds and --cycles go with --scenes.")
    if options.empty:
        return _run_bench_empty(options)
    if not (options.images and options.masks):
        raise ValueError("--images and --masks are needed, or --scenes, or --empty.")
    if options.discriminator:
        return _run_bench_discriminator(options)
    results = bench(*_folders(options), weights=options.weights)
    _report(results, options.json)
    if options.sheet:
        _draw_sheet(results["gecat"]["images"], options)
    return 0


def _draw_sheet(rows, options):
    from PIL import Image

    from gecat.evaluation.sheet import draw_sheet
    from gecat.inference.segmenter import load

    predict = load(options.weights, threads=1).predict
    Path(options.sheet).parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(draw_sheet(predict, rows, options.images, options.masks)).save(options.sheet)
    print(f"drawn in {options.sheet}")


def _run_bench_empty(options):
    from gecat.evaluation.empty import LEAST_SHARE, count_empty
    from gecat.inference.segmenter import load

    result = count_empty(load(options.weights).predict)
    by_kind = ", ".join(f"{kind} {share:.0%}" for kind, share in result["kinds"].items())
    print(f"{result['empty']:.0%} of {result['count']} pictures without an object have less than "
          f"{LEAST_SHARE:.0%} foreground ({by_kind})")  # fmt: skip
    if options.json:
        Path(options.json).write_text(json.dumps(result) + "\n")
    return 0


def _run_bench_scenes(options):
    others = ("images", "masks", "ignore", "weights", "discriminator", "scale", "sheet", "empty")
    given = [f"--{name}" for name in others if getattr(options, name)]
    if given:
        raise ValueError(f"--scenes takes no {', '.join(given)}.")
    from gecat.evaluation import scenes

    seconds = None if options.cycles else options.seconds or 60
    result = scenes.learn_scenes(
        options.seeds or 10, seconds, options.cycles, held_out=options.limit or scenes.HELD_OUT
    )
    print(scenes.table(result))
    if options.json:
        Path(options.json).write_text(json.dumps(result, indent=1) + "\n")
    return 0


def register_bench_pictures(kinds):
    """Adds `bench pictures`."""
    parser = kinds.add_parser("pictures", help="draw the README's picture with the networks")
    parser.add_argument("--out", required=True, metavar="FILE", help="a PNG")
    parser.add_argument("--weights", metavar="FILE", help="default: those that ship")
    parser.set_defaults(run=run_bench_pictures)


def run_bench_pictures(options):
    """Draws photos that come with scikit-image, their masks, score maps and cut-outs."""
    from PIL import Image

    from gecat.evaluation.pictures import overview
    from gecat.inference.segmenter import load

    Path(options.out).parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(overview(load(options.weights))).save(options.out)
    print(f"drawn in {options.out}")
    return 0


def register_bench_explore(kinds):
    """Adds `bench explore`."""
    parser = kinds.add_parser("explore", help="how long the Explore tab lets people wait")
    parser.add_argument("--weights", metavar="FILE", help="default: those that ship")
    parser.add_argument("--json", metavar="FILE", help="write the milliseconds")
    parser.set_defaults(run=run_bench_explore)


def run_bench_explore(options):
    """Times the answers of the Explore tab."""
    from gecat.app.explore.timing import time_views
    from gecat.inference.segmenter import SHIPPED_WEIGHTS, load

    weights = options.weights or SHIPPED_WEIGHTS
    result = time_views(load(weights), weights)
    for name, milliseconds in result.items():
        print(f"{name:16}{milliseconds:7.0f} ms")
    if options.json:
        Path(options.json).write_text(json.dumps(result) + "\n")
    return 0


def _run_bench_discriminator(options):
    from gecat.evaluation import verdicts
    from gecat.inference.segmenter import load

    result = verdicts.examine(
        load(options.weights), options.images, options.masks, limit=options.limit
    )
    print(verdicts.table(result))
    print(f"{result['count']} photos")
    for name, reason in result["skipped"]:
        print(f"{name}: left out: {reason}", file=sys.stderr)
    if options.json:
        Path(options.json).write_text(json.dumps(result) + "\n")
    if options.scale:
        from gecat.evaluation.calibration import save_calibration

        save_calibration(result, options.scale)
    return 0


def _add_network_options(parser, refine):
    parser.add_argument("--weights", metavar="FILE", help="default: those that ship")
    parser.add_argument(
        "--refine", action=argparse.BooleanOptionalAction, default=refine,
        help=f"draw edges along the photo's edges (default: {'yes' if refine else 'no'})",
    )  # fmt: skip


def _add_folder_options(parser, required=True):
    parser.add_argument("--images", required=required, metavar="DIR", help="photos")
    parser.add_argument(
        "--masks", required=required, metavar="DIR", help="true masks, of equal names"
    )
    parser.add_argument("--ignore", metavar="DIR", help="maps of what is undecided, white")
    parser.add_argument(
        "--limit", type=_positive, metavar="N", help="score N photos, spread evenly"
    )
    parser.add_argument("--json", metavar="FILE", help="write all scores, photo by photo")


def _folders(options):
    return options.images, options.masks, options.ignore, options.limit


def _report(results, json_path):
    """Prints the table, tells what was left out, and writes the JSON file if asked for."""
    from gecat.evaluation.quality import table

    first = next(iter(results.values()))
    print(table(results))
    print(f"{first['count']} photos, threshold 0.5, median ms a photo")
    for name, reason in first["skipped"]:
        print(f"{name}: left out: {reason}", file=sys.stderr)
    if first["without_partner"]:
        print(f"without a partner: {', '.join(first['without_partner'])}", file=sys.stderr)
    if json_path:
        Path(json_path).write_text(json.dumps(results, indent=1) + "\n")


def _positive(text):
    try:
        value = int(text)
    except ValueError:
        value = 0
    if value < 1:
        raise argparse.ArgumentTypeError(f"must be a whole number of 1 or more, received {text}")
    return value


BENCHES = (register_bench_quality, register_bench_explore, register_bench_pictures)
COMMANDS = (
    register_segment,
    register_train,
    register_calibrate,
    register_evaluate,
    register_bench,
)


if __name__ == "__main__":
    sys.exit(main())
