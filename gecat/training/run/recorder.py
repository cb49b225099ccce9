"""What a run writes while it learns: figures a cycle, events for TensorBoard, pictures."""

import json
import time

import numpy as np
from keras import ops
from tensorboard.summary import Writer

from gecat.files import write_png
from gecat.images.batches import sample
from gecat.training import pairs
from gecat.training.backend import compiled
from gecat.training.run.folder import read_stats, write_stats
from gecat.training.run.pictures import drop_pictures_after, thin_out
from gecat.training.vectors import call

PROBES = 8  # photos whose masks are drawn as the run goes on
PAIRS_SHOWN = 4  # of them, as D sees them
PICTURES_KEPT = 240  # from then on their times are twice as far apart
LEAST_SECONDS = 1.0  # between two looks
SHARE = 0.07  # of the time at most that looking takes


class Recorder:
    """Writes a run's figures and pictures."""

    def __init__(self, folder, engine, photos, state):
        self._folder = folder
        self._engine = engine
        first = sample(photos, PROBES, engine.config.size)
        learned = sample(photos, engine.config.batch_size, engine.config.size)
        self._probes = first["image"].astype(np.float32) / 127.5 - 1.0
        self._truth = first["mask"][..., 0] if photos.masks is not None else None
        self._pairs = _draw_pairs(engine, learned)
        # One compiled call: layer by layer, a look would take longer than a cycle.
        self._judge = compiled(self._judge_traced)
        self._last = None
        self._next_look = 0.0
        self._first = state
        self._looked = None  # the cycle of the last look
        _drop_after(folder, state.cycle)
        self._stats = (folder / "stats.jsonl").open("a")
        drop_pictures_after(folder, state.cycle)
        self._events = Writer(str(folder))

    def __enter__(self):
        # What the weights see before they learn, random ones nothing. It compiles the look, too,
        # which would else put off the next one for long.
        self._look(self._first)
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
        for name, value in figures.items():
            if isinstance(value, float):
                self._events.add_scalar(name, value, state.cycle)
        return figures

    def finish(self, state):
        """Looks at the end of a run, which is taken home, if its last cycle was not looked at."""
        if self._looked == state.cycle:
            return
        lines = read_stats(self._folder)
        lines[-1] |= self._look(state)
        write_stats(self._folder, lines)

    def _look(self, state):
        self._looked = state.cycle
        generator = state.average, state.average_statistics
        critic = state.discriminator, state.discriminator_statistics
        probed, *judged = (
            [np.asarray(part) for part in seen] for seen in self._judge(generator, critic)
        )
        masks, scores, maps = probed
        found = {"probe_area": float(masks.mean()), "probe_scores": _rounded(scores)}
        if self._last is not None:
            found["probe_drift"] = float(np.abs(masks - self._last).mean())
        if self._truth is not None:
            # Never used in learning: it only tells whoever watches how far the run is.
            found["probe_iou"] = mean_iou(masks[..., 0] > 0.5, self._truth > 127)
        self._last = masks
        sheet = _contact_sheet(self._probes, masks, maps)
        write_png(self._folder / "pictures" / f"{state.cycle:06d}.png", sheet)
        thin_out(self._folder, PICTURES_KEPT)
        kinds = dict(zip(("real", "generated", "spoiled"), judged, strict=True))
        self._draw_verdicts(kinds)
        return found | {"pair_scores": {kind: _rounded(seen[1]) for kind, seen in kinds.items()}}

    def _judge_traced(self, generator, critic):
        """(masks, scores, score maps) of the probes, and of fitting, own and spoiled pairs.

        Args:
            generator, critic: (weights, statistics) of each.
        """
        pictures, fitting, spoiled = self._pairs
        both = ops.concatenate([self._probes, pictures])
        logits, _ = call(self._engine.generator, *generator, both, training=False)
        own = ops.sigmoid(logits)
        masks, generated = own[: len(self._probes)], own[len(self._probes) :]
        kinds = [
            (self._probes, masks),
            (pictures, fitting),
            (pictures, generated),
            (pictures, spoiled),
        ]
        shown = [ops.concatenate(parts) for parts in zip(*kinds, strict=True)]
        verdicts, _ = call(self._engine.discriminator, *critic, shown, training=False)
        scores, maps = (ops.sigmoid(logits) for logits in verdicts)
        ends = np.cumsum([part.shape[0] for part, _ in kinds])[:-1].tolist()
        judged = zip(ops.split(scores, ends), ops.split(maps, ends), strict=True)
        return [(part, *seen) for (_, part), seen in zip(kinds, judged, strict=True)]

    def _draw_verdicts(self, kinds):
        """Draws what D sees of fitting, generated and spoiled masks, side by side."""
        sheets = [
            _contact_sheet(*(part[:PAIRS_SHOWN] for part in (self._pairs[0], masks, maps)))
            for masks, _, maps in kinds.values()
        ]
        write_png(self._folder / "pictures" / "pairs.png", np.concatenate(sheets, axis=1))


def _draw_pairs(engine, first):
    """Pictures with fitting and with spoiled masks, the same for the whole run: (N, S, S, C).

    They are of a batch as learning takes it, so that nothing is compiled for them alone.
    """
    count = len(first["image"])
    unlabelled = {**first, "has_mask": np.zeros(count, bool)}
    frozen = engine.freeze(unlabelled, (engine.config.seed, 0))
    fitting = pairs.soften(ops.cast(frozen["target"] > 0.5, "float32"))
    spoiled = pairs.spoil(frozen["target"], frozen)
    # The first photos, and the first composites after them.
    places = [*range(count)][: PROBES // 2] + [*range(count // 2, count)][: PROBES // 2]
    return tuple(np.asarray(part)[places] for part in (frozen["pictures"], fitting, spoiled))


def _rounded(scores):
    return scores[:, 0].round(4).tolist()


def _contact_sheet(photos, masks, maps):
    """Three rows: photos, masks, score maps; uint8 (3 S, N S, 3)."""
    rows = [(photos + 1.0) / 2.0, np.repeat(masks, 3, -1), np.repeat(maps, 3, -1)]
    sheet = np.concatenate([np.concatenate(list(row), axis=1) for row in rows], axis=0)
    return np.round(np.clip(sheet, 0.0, 1.0) * 255.0).astype(np.uint8)


def mean_iou(masks, truths):
    """Mean intersection over union of masks with true ones, bool (N, H, W) both."""
    intersections = (masks & truths).sum((1, 2))
    unions = (masks | truths).sum((1, 2))
    return float(np.mean(np.where(unions > 0, intersections / np.maximum(unions, 1), 1.0)))


def _drop_after(folder, cycle):
    """Cuts lines of cycles that a killed run had written after its last checkpoint."""
    write_stats(folder, [line for line in read_stats(folder) if line["cycle"] <= cycle])
