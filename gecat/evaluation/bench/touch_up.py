"""How few clicks mend a mask, and how fast: a simulated person clicks, and the mask answers.

As the field simulates it: each click falls where the largest connected wrong region is deepest
(Xu et al. 2016, "Deep Interactive Object Selection"). True masks tell where to click and how good
the answer is; nothing learns from them.
"""

import time
from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Sequence
from typing import Any

import cv2
import numpy as np

from gecat.errors import Status
from gecat.evaluation.metrics import iou
from gecat.evaluation.quality import opencv_threads, pair_files, read_triple
from gecat.files import AnyPath
from gecat.images.pseudo_masks import grabcut
from gecat.images.sizes import shrink
from gecat.images.sources import spread
from gecat.inference.batch import with_progress
from gecat.inference.segmenter import Segmenter, load
from gecat.inference.strokes import Stroke, click, drawn
from gecat.options import add_folder_options, add_weights, write_json

CLICKS = 5
GRABCUT_SIDE = 256
MARGIN = 0.05  # of GrabCut's rectangle
# A first mask, and a function from all strokes so far to the mended one.
Opened = tuple[np.ndarray, Callable[[Sequence[Stroke]], np.ndarray]]
Rival = Callable[[np.ndarray], Opened]  # from a photo


def add_options(parser: ArgumentParser) -> None:
    """Adds what `run` takes."""
    add_folder_options(parser, ignore=False)
    add_weights(parser)


def run(options: Namespace) -> Status:
    """Lets the simulated person click on a folder of photos; returns the Status."""
    segmenter = load(options.weights, threads=1)
    results = compare(segmenter, options.images, options.masks, options.limit)
    print(table(results))
    count = next(iter(results.values()))["count"]
    print(f"{count} photos, mean IoU at 0.5 after so many clicks; ms an answer, one thread")
    write_json(results, options.json)
    return Status.DONE


def compare(
    segmenter: Segmenter,
    images_dir: AnyPath,
    masks_dir: AnyPath,
    limit: int | None = None,
    clicks: int = CLICKS,
) -> dict[str, dict[str, Any]]:
    """Mends the masks of a folder of photos click by click, OpenCV on one thread.

    Args:
        segmenter: whose masks are mended, beside GrabCut's.
        images_dir, masks_dir, limit: as for `evaluation.quality.evaluate`.
        clicks: that the simulated person makes.

    Returns:
        A dict from a rival's name to a dict: "iou", the mean after 0 to `clicks` clicks; "ms" and
        "ms_95", the median and the 95th percentile of an answer's time, score included; "count";
        "images", a dict a photo.

    Raises:
        UserError: if a folder is missing, or nothing pairs.
    """

    def ours(image):
        first = segmenter(image, refine=True)
        return first.mask, lambda strokes: segmenter.touch_up(first, strokes).mask

    triples = spread(pair_files(images_dir, masks_dir)[0], limit)
    rivals: dict[str, Rival] = {"grabcut": grabcut_rival, "gecat": ours}
    rows: dict[str, list[dict[str, Any]]] = {name: [] for name in rivals}
    with opencv_threads(1):
        for photo, mask, _ in with_progress(triples):
            image, truth, _ = read_triple(photo, mask)
            for name, rival in rivals.items():
                rows[name].append({"image": photo.name, **mend(rival, image, truth, clicks)})
    return {name: _summary(images) for name, images in rows.items()}


def grabcut_rival(image: np.ndarray) -> Opened:
    """GrabCut alone from a centred rectangle, what is clicked being certain; see `Rival`."""
    small = shrink(image, GRABCUT_SIDE)
    height, width = small.shape[:2]

    def answer(strokes):
        start = np.full((height, width), cv2.GC_BGD, np.uint8)
        left, top = max(1, round(width * MARGIN)), max(1, round(height * MARGIN))
        start[top : height - top, left : width - left] = cv2.GC_PR_FGD
        said = drawn(strokes, (height, width), image.shape)
        start[said > 0], start[said < 0] = cv2.GC_FGD, cv2.GC_BGD
        mask = grabcut(small, iterations=5, start=start).astype(np.float32)
        return cv2.resize(mask, image.shape[1::-1], interpolation=cv2.INTER_LINEAR)

    return answer(()), answer


def mend(rival: Rival, image: np.ndarray, truth: np.ndarray, clicks: int) -> dict[str, Any]:
    """Mends one mask click by click.

    Args:
        rival: see `Rival`; image: uint8 (H, W, 3); truth: bool (H, W).
        clicks: how many at most; a mask without a fault gets none.

    Returns:
        dict: "iou", a list of `clicks` + 1 numbers, and "ms", of each answer.
    """
    mask, answer = rival(image)
    scores, times = [iou(mask, truth)], []
    strokes: list[Stroke] = []
    for _ in range(clicks):
        stroke = next_click(mask > 0.5, truth, strokes)
        if stroke is not None:
            strokes.append(stroke)
            start = time.perf_counter()
            mask = answer(strokes)
            times.append(1000 * (time.perf_counter() - start))
        scores.append(iou(mask, truth))
    return {"iou": scores, "ms": times}


def next_click(
    mask: np.ndarray, truth: np.ndarray, earlier: Sequence[Stroke] = ()
) -> Stroke | None:
    """Where the simulated person clicks: at the deepest place of the largest wrong region.

    Args:
        mask, truth: bool arrays (H, W).
        earlier: clicks so far; nobody clicks the same place twice.

    Returns:
        a click, or None where nothing is wrong.
    """
    wrong = (mask != truth).astype(np.uint8)
    _, labels, regions, _ = cv2.connectedComponentsWithStats(wrong, connectivity=8)
    if len(regions) == 1:
        return None
    largest = 1 + int(regions[1:, cv2.CC_STAT_AREA].argmax())
    region = np.pad(labels == largest, 1).astype(np.uint8)  # the frame is an edge, too
    depth = cv2.distanceTransform(region, cv2.DIST_L2, cv2.DIST_MASK_5)[1:-1, 1:-1]
    for stroke in earlier:
        for x, y in stroke.points:
            depth[int(y), int(x)] = 0
    y, x = np.unravel_index(depth.argmax(), depth.shape)
    return click(int(x), int(y), bool(truth[y, x]))


def table(results: dict[str, dict[str, Any]]) -> str:
    """Lines of text: a row a rival, a column a number of clicks, and the times.

    Args:
        results: what `compare` returns.
    """
    count = max(len(result["iou"]) for result in results.values())
    heads = "".join(f"{number:>7}" for number in range(count))
    lines = [f"{'clicks':10}{heads}{'ms':>7}{'95%':>7}"]
    for name, result in results.items():
        scores = "".join(f"{score:7.3f}" for score in result["iou"])
        lines.append(f"{name:10}{scores}{result['ms']:7.0f}{result['ms_95']:7.0f}")
    return "\n".join(lines)


def _summary(images):
    times = [ms for row in images for ms in row["ms"]] or [0.0]
    return {
        "count": len(images),
        "iou": np.mean([row["iou"] for row in images], axis=0).tolist(),
        "ms": float(np.median(times)),
        "ms_95": float(np.percentile(times, 95)),
        "images": images,
    }
