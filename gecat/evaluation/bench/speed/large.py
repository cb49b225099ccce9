"""Large pictures: time a pixel, and the memory of the command line, as sides grow."""

import tempfile
from functools import partial
from pathlib import Path

import cv2
import numpy as np
from PIL import Image

from gecat.evaluation.bench.speed.comparison import Figures, in_turn, processor_milliseconds
from gecat.evaluation.bench.speed.photo import run_process
from gecat.files import asset
from gecat.inference.segmenter import load

SIDES = (1000, 4000, 8000)  # pixels; the last has 64 million, the most that is read unasked
LARGEST = 13_300  # 177 million: what `--max-megapixels` goes to


def measure(figures: Figures, repeats: int) -> None:
    """Compares the time a pixel with that of the smallest side, and tells memory over its own."""
    segmenter = load(threads=1)
    photos = {side: large_photo(side) for side in SIDES}
    for refine, kind in ((False, "plain"), (True, "refined")):
        predict = partial(segmenter.predict, refine=refine)
        spent = in_turn(
            1,
            *(
                partial(_nanoseconds_a_pixel, partial(predict, photo), photo)
                for photo in photos.values()
            ),
        )
        for side, each in list(zip(SIDES, spent, strict=True))[1:]:
            name = f"{side} x {side} px, {kind}"
            figures.compare(name, each, f"{SIDES[0]} px", spent[0], "ns a pixel")
    memory = {side: _command(side) for side in (*SIDES, LARGEST)}
    for side, megabytes in memory.items():
        figures.tell(f"`segment` of {side} x {side} px takes", megabytes, "MB")


def large_photo(side: int) -> np.ndarray:
    """Enlarges a photo that ships to a square, with some grain: uint8 (side, side, 3)."""
    photo = np.asarray(Image.open(next(asset("examples").glob("*.jpg"))).convert("RGB"))
    large = cv2.resize(photo, (side, side), interpolation=cv2.INTER_LINEAR)
    grain = np.random.default_rng(0).integers(0, 8, (64, 64, 1), np.uint8)
    for top in range(0, side, 64):
        strip = large[top : top + 64]
        tiles = np.tile(grain, (1, -(-side // 64), 1))[: len(strip), :side]
        np.minimum(strip, 247, out=strip)
        strip += tiles
    return large


def _nanoseconds_a_pixel(predict, photo):
    return 1e6 * processor_milliseconds(predict) / (photo.shape[0] * photo.shape[1])


def _command(side):
    """The most memory that `segment --what mask` had for a JPEG, in MB."""
    with tempfile.TemporaryDirectory() as place:
        path = Path(place) / "photo.jpg"
        Image.fromarray(large_photo(side)).save(path, quality=80)
        words = ["-m", "gecat", "segment", str(path), "--out", place]
        return run_process([*words, "--what", "mask", "--max-megapixels", "178"])[2]
