"""What a run writes while it learns: figures a cycle, events for TensorBoard, pictures."""

import json
import time

import numpy as np
import tensorflow as tf
from PIL import Image

PROBES = 8  # photos whose masks are drawn as the run goes on


class Recorder:
    """Writes a run's figures and pictures."""

    def __init__(self, folder, engine, photos, state):
        self._folder = folder
        self._engine = engine
        self._probes = tf.constant(photos.images[:PROBES].astype(np.float32) / 127.5 - 1.0)
        self._truth = photos.masks[:PROBES] if photos.masks is not None else None
        self._last = None
        self._drawn = float("-inf")
        self._stats = (folder / "stats.jsonl").open("a")
        _drop_after(folder / "stats.jsonl", state.cycle)
        self._events = tf.summary.create_file_writer(str(folder))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._stats.close()
        self._events.close()

    def record(self, state, figures, picture_seconds=2.0):
        """Adds the probes' figures where it is their turn, and writes all."""
        if time.monotonic() - self._drawn > picture_seconds:
            self._drawn = time.monotonic()
            figures = figures | self._look(state)
        self._stats.write(json.dumps(figures) + "\n")
        self._stats.flush()
        with self._events.as_default():
            for name, value in figures.items():
                if isinstance(value, float):
                    tf.summary.scalar(name, value, step=state.cycle)
        return figures

    def _look(self, state):
        self._engine.load_average(state)
        masks = tf.sigmoid(self._engine.generator(self._probes, training=False))
        scores, maps = self._engine.discriminator([self._probes, masks], training=False)
        masks = masks.numpy()
        found = {"probe_area": float(masks.mean()),
                 "probe_scores": tf.sigmoid(scores)[:, 0].numpy().round(4).tolist()}  # fmt: skip
        if self._last is not None:
            found["probe_drift"] = float(np.abs(masks - self._last).mean())
        if self._truth is not None:
            # Never used in learning: it only tells whoever watches how far the run is.
            found["probe_iou"] = _mean_iou(masks[..., 0] > 0.5, self._truth > 127)
        self._last = masks
        sheet = _contact_sheet(self._probes.numpy(), masks, tf.sigmoid(maps).numpy())
        Image.fromarray(sheet).save(self._folder / "pictures" / f"{state.cycle:06d}.png")
        return found


def _contact_sheet(photos, masks, maps):
    """Three rows: photos, masks, score maps; uint8 (3 S, N S, 3)."""
    rows = [(photos + 1.0) / 2.0, np.repeat(masks, 3, -1), np.repeat(maps, 3, -1)]
    sheet = np.concatenate([np.concatenate(list(row), axis=1) for row in rows], axis=0)
    return np.round(np.clip(sheet, 0.0, 1.0) * 255.0).astype(np.uint8)


def _mean_iou(masks, truths):
    intersections = (masks & truths).sum((1, 2))
    unions = (masks | truths).sum((1, 2))
    return float(np.mean(np.where(unions > 0, intersections / np.maximum(unions, 1), 1.0)))


def _drop_after(path, cycle):
    """Cuts lines of cycles that a killed run had written after its last checkpoint."""
    lines = [line for line in path.read_text().splitlines() if line.endswith("}")]
    kept = [line for line in lines if json.loads(line)["cycle"] <= cycle]
    path.write_text("".join(line + "\n" for line in kept))
