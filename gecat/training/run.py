"""A run's folder: what is written while it learns, and how it is stopped and resumed.

    config.json                the settings and where the photos came from
    stats.jsonl                one line a cycle
    events.*                   the same for TensorBoard
    pictures/000123.png        fixed photos with their masks and D's score maps, as cycles pass
    checkpoints/state.safetensors    everything needed to go on
    weights.safetensors        the moving average and D, ready for `gecat.load`
    control                    "run", "pause" or "stop", written by whoever steers the run
"""

import dataclasses
import json
import signal
import threading
import time
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import tensorflow as tf
from PIL import Image
from safetensors import safe_open
from safetensors.numpy import save

from gecat.config import Config
from gecat.model.weights import save_weights, write_atomically
from gecat.training.cycle import Engine, State
from gecat.training.trainer import train

PROBES = 8  # photos whose masks are drawn as the run goes on


class RunError(ValueError):
    """A run cannot be started or resumed; the message says why."""


def start_run(folder, config, photos, *, cycles=None, seconds=None, resume=False, strategy=None,
              start=None, source="", checkpoint_seconds=30.0, report=None):  # fmt: skip
    """Trains in a folder until the budget is spent, a stop is asked for, or Ctrl-C.

    Args:
        folder: the run's folder; made when missing.
        config: a Config.
        photos: `datasets.Photos` with priors.
        cycles, seconds: the budget in all, one of the two; seconds counts time spent in cycles.
        resume: go on from the folder's last checkpoint.
        strategy: a tf.distribute strategy, or None.
        start: `model.weights.Loaded` to begin from, or None for fresh weights.
        source: where the photos came from, written down.
        checkpoint_seconds: the longest time between two checkpoints.
        report: called with the figures of each cycle, or None.

    Returns:
        the State at the end.

    Raises:
        RunError: if the folder holds another run and `resume` is false, or holds none to resume.
    """
    folder = Path(folder)
    checkpoint = folder / "checkpoints" / "state.safetensors"
    if checkpoint.exists() and not resume:
        raise RunError(
            f"there is a run in this folder already: resume it or name another; got {folder}"
        )
    if resume and not checkpoint.exists():
        raise RunError(f"there is no checkpoint to resume from; received {folder}")
    tf.keras.utils.set_random_seed(config.seed)
    engine = Engine(config, strategy)
    state = engine.initial_state()
    if resume:
        state = load_state(checkpoint, state)
    elif start is not None:
        state = engine.load_start(start.generator, start.discriminator)
    (folder / "pictures").mkdir(parents=True, exist_ok=True)
    described = {"config": config.to_dict(), "source": str(source), "photos": len(photos.names),
                 "skipped": [list(pair) for pair in photos.skipped],
                 "cycles": cycles, "seconds": seconds}  # fmt: skip
    write_atomically(folder / "config.json", json.dumps(described, indent=2).encode())
    control(folder, "run")

    def keep(state):
        save_state(checkpoint, state)
        engine.load_average(state)
        facts = {"photos": len(photos.names), "source": Path(str(source)).name,
                 "cycles": state.cycle, "seconds": round(state.seconds, 1)}  # fmt: skip
        save_weights(
            folder / "weights.safetensors", config, engine.generator, engine.discriminator, facts
        )

    if not resume:
        keep(state)
    recorder = _Recorder(folder, engine, photos, state)
    saved = time.monotonic()
    with _interruptible() as interrupted, recorder:
        for state, figures in train(engine, state, photos, cycles=cycles, seconds=seconds):
            figures = recorder.record(state, figures)
            if report is not None:
                report(figures)
            if time.monotonic() - saved > checkpoint_seconds:
                keep(state)
                saved = time.monotonic()
            if _wait_while_paused(folder, interrupted) == "stop" or interrupted.is_set():
                break
    keep(state)
    return state


def control(folder, command):
    """Tells a run to "run", "pause" or "stop"; it obeys after the cycle that it is in.

    Raises:
        ValueError: for another command.
    """
    if command not in ("run", "pause", "stop"):
        raise ValueError(f"command must be run, pause or stop, received {command!r}")
    write_atomically(Path(folder) / "control", command.encode())


def read_stats(folder):
    """Returns the list of figures written so far, one dict a cycle; a torn last line is left out."""
    path = Path(folder) / "stats.jsonl"
    if not path.exists():
        return []
    lines = path.read_text().split("\n")[:-1]
    return [json.loads(line) for line in lines]


def save_state(path, state):
    """Writes a State atomically."""
    arrays, numbers = {}, {}
    for field in dataclasses.fields(State):
        value = getattr(state, field.name)
        if isinstance(value, tuple):
            arrays |= {f"{field.name}/{i}": np.asarray(part) for i, part in enumerate(value)}
        elif isinstance(value, (int, float)):
            numbers[field.name] = value
        else:
            arrays[field.name] = np.asarray(value)
    write_atomically(path, save(arrays, metadata={"gecat": json.dumps(numbers)}))


def load_state(path, like):
    """Reads a State.

    Args:
        path: a file that `save_state` wrote.
        like: a State of the same networks, for the shapes.

    Raises:
        RunError: if the file does not fit.
    """
    try:
        with safe_open(path, framework="numpy") as file:
            values = json.loads(file.metadata()["gecat"])
            for field in dataclasses.fields(State):
                model = getattr(like, field.name)
                if isinstance(model, tuple):
                    values[field.name] = tuple(
                        _fitting(file, f"{field.name}/{i}", part) for i, part in enumerate(model)
                    )
                elif field.name not in values:
                    values[field.name] = _fitting(file, field.name, model)
    except Exception as error:
        raise RunError(f"the checkpoint cannot be read ({error}); received {path}") from error
    return State(**values)


def read_config(folder):
    """Returns the Config of a run's folder.

    Raises:
        RunError: if there is none.
    """
    path = Path(folder) / "config.json"
    if not path.exists():
        raise RunError(f"there is no run in this folder; received {folder}")
    return Config.from_dict(json.loads(path.read_text())["config"])


def _fitting(file, name, model):
    value = file.get_tensor(name)
    if tuple(value.shape) != tuple(model.shape):
        raise ValueError(f"{name} has shape {value.shape}, expected {tuple(model.shape)}")
    return tf.constant(value, dtype=model.dtype)


class _Recorder:
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


def _wait_while_paused(folder, interrupted):
    """Returns the last command; waits as long as it is "pause"."""
    path = folder / "control"
    while True:
        command = path.read_text().strip() if path.exists() else "run"
        if command != "pause" or interrupted.is_set():
            return command
        time.sleep(0.2)


@contextmanager
def _interruptible():
    """An event that Ctrl-C and SIGTERM set, so that the last checkpoint is kept."""
    interrupted = threading.Event()
    if threading.current_thread() is not threading.main_thread():
        yield interrupted
        return
    before = {
        number: signal.signal(number, lambda *_: interrupted.set())
        for number in (signal.SIGINT, signal.SIGTERM)
    }
    try:
        yield interrupted
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
