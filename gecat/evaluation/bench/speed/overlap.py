"""A folder on the command line with all cores, beside one photo at a time."""

import shutil
import tempfile
from pathlib import Path

from gecat.evaluation.bench.speed.comparison import Figures, in_turn, seconds
from gecat.files import asset
from gecat.inference.batch import carry_out
from gecat.inference.products import ENDINGS, Product
from gecat.inference.segmenter import load
from gecat.inference.targets import plan
from gecat.overlap import usable_cores

COPIES = 10  # of each example photo


def measure(figures: Figures, repeats: int) -> None:
    """Times cut-outs of a folder, refined as the command does."""
    product = Product("cutout")
    with tempfile.TemporaryDirectory() as place:
        photos = Path(place) / "photos"
        photos.mkdir()
        for photo in asset("examples").glob("*.jpg"):
            for number in range(COPIES):
                shutil.copy(photo, photos / f"{photo.stem}-{number}.jpg")
        count = len(list(photos.iterdir()))
        segmenter = load()

        def segment(workers):
            out = Path(tempfile.mkdtemp(dir=place))
            work = plan([photos], out, ENDINGS[product.kind])
            predict = lambda image: segmenter.predict(image, refine=True)  # noqa: E731
            return seconds(lambda: carry_out(predict, work, product, workers))

        one, all_cores = in_turn(repeats, lambda: segment(1), lambda: segment(None))
    name = f"{count} photos, one at a time"
    figures.compare(name, one, f"{usable_cores()} at a time", all_cores, "s")
