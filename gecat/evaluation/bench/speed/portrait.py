"""The portrait model of the mediapipe wheel on the photos of `bench quality`, beside ours.

It learned from masks of people; only its file is needed, which LiteRT runs.
"""

from typing import Any

import numpy as np

from gecat.evaluation.bench.speed.comparison import Figures
from gecat.evaluation.quality import evaluate, opencv_threads
from gecat.files import AnyPath
from gecat.images.sizes import resized
from gecat.inference.litert import interpreter_of
from gecat.inference.segmenter import load

NAME = "MediaPipe portraits (from masks)"


def measure(
    figures: Figures, model: AnyPath, images: AnyPath, masks: AnyPath, limit: int | None = None
) -> dict[str, Any]:
    """Scores it, and our one pass on the same photos in the same run.

    Args:
        model: path of `selfie_segmentation.tflite`, which we trust.
        images, masks, limit: as for `quality.evaluate`.

    Returns:
        dict of "method", "iou" and "ms", and "gecat_ms", of our one pass beside it.
    """
    interpreter = interpreter_of(model)
    interpreter.allocate_tensors()
    (given,), (told,) = interpreter.get_input_details(), interpreter.get_output_details()
    _, height, width, _ = given["shape"]

    def predict(image: np.ndarray) -> np.ndarray:
        small = resized(image, height, width).astype(np.float32) / 255.0
        interpreter.set_tensor(given["index"], small[None])
        interpreter.invoke()
        return resized(interpreter.get_tensor(told["index"])[0, ..., 0], *image.shape[:2])

    segmenter = load(threads=1)
    with opencv_threads(1):
        ours = evaluate(segmenter.predict, images, masks, None, limit, label="gecat")
        theirs = evaluate(predict, images, masks, None, limit, label="portraits")
    figures.compare("one pass", [ours["ms"]], NAME, [theirs["ms"]], "ms")
    figures.tell(f"IoU of {NAME}", theirs["iou"], "")
    return {"method": NAME, "iou": theirs["iou"], "ms": theirs["ms"], "gecat_ms": ours["ms"]}
