"""`gecat bench`: compares methods, times the app's views, draws the README's picture."""

from gecat.commands import bench_learning, bench_quality
from gecat.commands.options import new_file, new_picture, write_json, write_picture


def register(commands):
    """Adds `bench` with its kinds to the parser's commands."""
    parser = commands.add_parser("bench", help="compare methods side by side")
    kinds = parser.add_subparsers(dest="kind", required=True, metavar="KIND")
    for register_kind in (
        bench_quality.register,
        bench_learning.register_ablation,
        bench_learning.register_semisupervised,
        register_explore,
        register_pictures,
    ):
        register_kind(kinds)


def register_explore(kinds):
    """Adds `bench explore`."""
    parser = kinds.add_parser("explore", help="how long the Explore tab lets people wait")
    parser.add_argument("--weights", metavar="FILE", help="default: those that ship")
    parser.add_argument("--json", type=new_file, metavar="FILE", help="write the milliseconds")
    parser.set_defaults(run=run_explore)


def run_explore(options):
    """Times the answers of the Explore tab."""
    from gecat.app.explore.timing import time_views
    from gecat.inference.segmenter import SHIPPED_WEIGHTS, load

    weights = options.weights or SHIPPED_WEIGHTS
    result = time_views(load(weights), weights)
    for name, milliseconds in result.items():
        print(f"{name:16}{milliseconds:7.0f} ms")
    write_json(result, options.json)
    return 0


def register_pictures(kinds):
    """Adds `bench pictures`."""
    parser = kinds.add_parser("pictures", help="draw the README's picture with the networks")
    parser.add_argument(
        "--out", required=True, type=new_picture, metavar="FILE", help="the picture to write"
    )
    parser.add_argument("--weights", metavar="FILE", help="default: those that ship")
    parser.set_defaults(run=run_pictures)


def run_pictures(options):
    """Draws photos that come with scikit-image, their masks, score maps and cut-outs."""
    from gecat.evaluation.bench.pictures import overview
    from gecat.inference.segmenter import load

    write_picture(overview(load(options.weights)), options.out)
    return 0
