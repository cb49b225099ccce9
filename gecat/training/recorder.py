"""What a run writes while it learns: figures a cycle, events for TensorBoard, pictures."""

import io
import json
import time

import numpy as np
import tensorflow as tf
from PIL import Image

from gecat.files import write_atomically
from gecat.training import pairs
from gecat.training.pictures import drop_pictures_after, thin_out

PROBES = 8  # photos whose masks are drawn as the run goes on
PAIRS_SHOWN = 4  # of them, as D sees them
PICTURES_KEPT = 240  # from then on their times are twice as far apart
LEAST_SECONDS = 1.0  # between two looks
SHARE = 0.1  # of the time at most that looking takes


class Recorder:
    """Writes a run's figures and pictures."""

    def __init__(self, folder, engine, photos, state):
        self._folder = folder
        self._engine = engine
        self._probes = tf.constant(photos.images[:PROBES].astype(np.float32) / 127.5 - 1.0)
        self._truth = photos.masks[:PROBES] if photos.masks is not None else None
        self._pairs = _draw_pairs(engine, photos)
        self._last = None
        self._next_look = 0.0
        self._first = state if state.cycle == 0 else None
        self._stats = (folder / "stats.jsonl").open("a")
        _drop_after(folder / "stats.jsonl", state.cycle)
        drop_pictures_after(folder, state.cycle)
        self._events = tf.summary.create_file_writer(str(folder))

    def __enter__(self):
        if self._first is not None:
            self._look(self._first)  # what random weights see: nothing
        return self

    def __exit__(self, *_):
        self._stats.close()
        self._events.close()

    def record(self, state, figures):
        """Adds the probes' figures where it is their turn, and writes all."""
        started = time.monotonic()
        if started >= self._next_look:
            figures = figures | self._look(state)
            ended = time.monotonic()
            self._next_look = ended + max(LEAST_SECONDS, (ended - started) / SHARE)
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
        _write_picture(self._folder / "pictures" / f"{state.cycle:06d}.png", sheet)
        thin_out(self._folder, PICTURES_KEPT)
        return found | {"pair_scores": self._look_at_pairs()}

    def _look_at_pairs(self):
        """Draws what D sees of fitting, generated and spoiled masks; returns its scores."""
        pictures, fitting, spoiled = self._pairs
        generated = tf.sigmoid(self._engine.generator(pictures, training=False))
        columns, found = [], {}
        for kind, masks in (("real", fitting), ("generated", generated), ("spoiled", spoiled)):
            scores, maps = self._engine.discriminator([pictures, masks], training=False)
            found[kind] = tf.sigmoid(scores)[:, 0].numpy().round(4).tolist()
            shown = (pictures, masks, tf.sigmoid(maps))
            columns.append(_contact_sheet(*(np.asarray(part)[:PAIRS_SHOWN] for part in shown)))
        _write_picture(self._folder / "pictures" / "pairs.png", np.concatenate(columns, axis=1))
        return found


def _draw_pairs(engine, photos):
    """Pictures with fitting and with spoiled masks, the same for the whole run: (N, S, S, C)."""
    first = slice(0, PROBES)
    batch = {
        "image": photos.images[first],
        "prior": photos.priors[first, ..., None],
        "mask": np.zeros_like(photos.priors[first, ..., None]),
        "has_mask": np.zeros(PROBES, bool),
    }
    frozen = engine.freeze(batch, (engine.config.seed, 0))
    fitting = pairs.soften(tf.cast(frozen["target"] > 0.5, tf.float32))
    return frozen["pictures"], fitting, pairs.spoil(frozen["target"], frozen)


def _write_picture(path, pixels):
    """Writes a PNG that whoever watches never sees half of."""
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "PNG")
    write_atomically(path, buffer.getvalue())


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
