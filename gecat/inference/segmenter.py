"""Trained networks behind one call: a photo in; its mask, score, score map and boxes out."""

import functools
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np

from gecat.config import Config
from gecat.errors import UserError, WeightsError, name_of
from gecat.files import AnyPath, asset
from gecat.images.reading import read_photo
from gecat.images.sizes import ROUNDING, enlarged
from gecat.images.transparency import as_networks_see, without_transparent
from gecat.inference.litert import shipped_litert
from gecat.inference.objects import Box, boxes
from gecat.inference.refinement import refine as refine_mask
from gecat.inference.refinement import store
from gecat.inference.strokes import Stroke
from gecat.inference.tiling import predict_tiled
from gecat.inference.touch_up import touch_up

if TYPE_CHECKING:
    from gecat.inference.runtime import Networks

SHIPPED_WEIGHTS = asset("weights", "base.safetensors")


@dataclass(frozen=True, eq=False)
class Segmentation:
    """What the networks say about one photo.

    Attributes:
        image: uint8 array (H, W, 3), RGB, the right way up; (H, W, 4), RGBA with unmixed colours,
            where one can see through the photo.
        mask: float32 array (H, W), each pixel's probability to be object; or uint8, times 255.
        score: the discriminator's probability that this mask fits this photo.
        score_map_logits: float32 array (h, w), the score map as the discriminator gives it.
    """

    image: np.ndarray
    mask: np.ndarray
    score: float
    score_map_logits: np.ndarray = field(repr=False)

    # Of the photo's size, so they are made where somebody looks at them.
    @functools.cached_property
    def score_map(self) -> np.ndarray:
        """float32 array (H, W), the score of each pixel of the mask."""
        return full_size_map(self.score_map_logits, self.image)

    @functools.cached_property
    def boxes(self) -> tuple[Box, ...]:
        """The connected objects, largest first."""
        return boxes(self.mask)


def load(weights: AnyPath | None = None, *, threads: int | None = None) -> "Segmenter":
    """Makes a Segmenter; the weights are read when the first photo comes.

    Args:
        weights: path of a .safetensors file of this project, or None for the shipped one.
        threads: how many threads the networks may use for one photo, or None for the runtime's own
            choice. Where TensorFlow computes, it holds for the whole process, and can be chosen
            only before TensorFlow has run anything.

    Returns:
        A Segmenter, safe to call from several threads.

    Raises:
        WeightsError: if there is no such file.
        UserError: if threads is below 1, or TensorFlow already runs with another number of them.
    """
    path = SHIPPED_WEIGHTS if weights is None else Path(weights)
    if not path.is_file():
        raise WeightsError("weights.missing", received=name_of(path))
    if threads is not None and threads < 1:
        raise UserError("segment.threads", received=threads)
    if threads is not None and shipped_litert(path) is None:
        from gecat.inference.runtime import limit_threads

        limit_threads(threads)
    return Segmenter(path, threads)


class Segmenter:
    """Segments photos with one pair of networks; made by `load`."""

    def __init__(self, weights: Path, threads: int | None = None) -> None:
        self._weights = weights
        self._threads = threads
        self._networks = None
        self._lock = threading.Lock()

    @property
    def config(self) -> Config:
        """The Config that the networks were trained with."""
        return self._loaded().config

    def __call__(self, image, *, refine=False, tile=None, kind=np.float32):
        """Segments one photo.

        Args:
            image: path, bytes, file object, PIL image or uint8 array.
            refine: draw the mask's edge along the photo's edges, at full resolution.
            tile: side of a tile in pixels, for photos much larger than the networks' input: tiles
                at full resolution add detail to the mask of the whole photo.
            kind: of the mask, np.float32, or np.uint8: a quarter of the memory.

        Returns:
            A Segmentation at the photo's own size.

        Raises:
            ImageError: if the image cannot be read.
            WeightsError: if the weights cannot be read.
            UserError: if tile is below the networks' stride.
        """
        photo = read_photo(image)
        seen = as_networks_see(photo)
        mask = without_transparent(self._predict(seen, refine, tile, kind), photo)
        return self._judged(photo, seen, mask)

    def predict(
        self, image: np.ndarray, *, refine: bool = False, tile: int | None = None
    ) -> np.ndarray:
        """The mask alone, without asking the discriminator; arguments as for a call.

        Returns:
            float32 array (H, W) in [0, 1].
        """
        photo = read_photo(image)
        return without_transparent(self._predict(as_networks_see(photo), refine, tile), photo)

    def touch_up(self, result: Segmentation, strokes: Sequence[Stroke]) -> Segmentation:
        """Mends a mask by hand.

        Args:
            result: of this photo, as a call returned it.
            strokes: what to keep and what to remove, in the order in which they were made.

        Returns:
            A Segmentation with the mended mask, and what the discriminator says of it.

        Raises:
            UserError: if the strokes cannot be drawn on this photo.
        """
        seen = as_networks_see(result.image)
        mask = without_transparent(touch_up(seen, result.mask, strokes), result.image)
        return self._judged(result.image, seen, mask)

    def judge(
        self, image: np.ndarray, mask: np.ndarray, kind: type[np.generic] = np.float32
    ) -> tuple[float, np.ndarray]:
        """Asks the discriminator how well any mask fits a photo.

        Args:
            image: path, bytes, file object, PIL image or uint8 array.
            mask: array (H, W) of the photo's size, bool, probabilities in [0, 1], or uint8,
                probability times 255.
            kind: of the score map, np.float32, or np.uint8: a quarter of the memory.

        Returns:
            (score, score map): a float, and an array (H, W), float32 or uint8, times 255: the
            probabilities that the mask fits the photo, and that it is right at each pixel.

        Raises:
            ImageError: if the image cannot be read.
            ValueError: if the mask has another size or values leave [0, 1].
        """
        (score,), (score_map,) = self.judge_all(image, np.asarray(mask)[None], kind)
        return float(score), score_map

    def judge_all(
        self, image: np.ndarray, masks: np.ndarray, kind: type[np.generic] = np.float32
    ) -> tuple[np.ndarray, np.ndarray]:
        """Asks the discriminator about several masks of one photo at once.

        Args:
            image: as for `judge`.
            masks: array (N, H, W), each as for `judge`; kind: as for `judge`.

        Returns:
            (scores, score maps): arrays (N,) and (N, H, W), as of `judge`.

        Raises:
            ImageError: if the image cannot be read.
            ValueError: if the masks have another size or values leave [0, 1].
        """
        image = as_networks_see(read_photo(image))
        if masks.dtype != np.uint8:
            masks = np.asarray(masks, np.float32)
        if masks.shape[1:] != image.shape[:2]:
            raise ValueError(
                f"The masks must be of the photo's size {image.shape[:2]}, "
                f"received {masks.shape[1:]}."
            )
        low, high = masks.min(), masks.max()  # NaN if any is
        if masks.dtype != np.uint8 and not (low >= -ROUNDING and high <= 1.0 + ROUNDING):
            raise ValueError(f"The masks' values must lie in [0, 1], received {low:g} to {high:g}.")
        scores, maps = self._loaded().verdicts(image, masks)
        return _sigmoid(scores), np.stack([full_size_map(logits, image, kind) for logits in maps])

    @property
    def networks(self) -> "Networks":
        """The Networks themselves, for whoever wants to look inside."""
        return self._loaded()

    def _judged(self, photo, seen, mask):
        (score,), (score_map_logits,) = self._loaded().verdicts(seen, mask[None])
        return Segmentation(photo, mask, float(_sigmoid(score)), score_map_logits)

    def _predict(self, image, refine, tile, kind=np.float32):
        networks = self._loaded()
        logits = networks.logits(image, networks.config.inference_size)  # (h, w)
        if tile is not None:
            if tile < networks.stride:
                raise UserError("segment.tile", least=networks.stride, received=tile)
            logits = predict_tiled(networks.tile_logits, image, tile, guide=logits)
        if refine:
            return refine_mask(image, _sigmoid(logits), kind)
        return full_size_map(logits, image, kind)

    def _loaded(self):
        with self._lock:
            if self._networks is None:
                from gecat.inference.runtime import Networks

                self._networks = Networks(self._weights, self._threads)
            return self._networks


def full_size_map(
    logits: np.ndarray, image: np.ndarray, kind: type[np.generic] = np.float32
) -> np.ndarray:
    """The probabilities (H, W), float32 or uint8, that logits (h, w) say of a photo (H, W, 3)."""
    height, width = image.shape[:2]
    if logits.shape[0] >= height or logits.shape[1] >= width:
        logits = cv2.resize(logits, (width, height), interpolation=cv2.INTER_LINEAR)
    result = np.empty((height, width), kind)
    for rows, (band,) in enlarged([logits], height, width):
        store(result, rows, _sigmoid(band))
    return result


def _sigmoid(logits):
    result = np.asarray(0.5 * logits)
    np.tanh(result, out=result)  # unlike 1 / (1 + exp(-x)), it never overflows
    result *= 0.5
    result += 0.5
    return result
