"""A run from its first cycle to its last, and what is kept of it on the way."""

import json
import time
from contextlib import ExitStack
from pathlib import Path

import keras

from gecat.files import remove_unfinished, write_atomically
from gecat.model.weights import save_weights
from gecat.training.engine import Engine
from gecat.training.rollback import healing_cycles
from gecat.training.run.checkpoint import load_state, save_state
from gecat.training.run.control import Steering, interruptible
from gecat.training.run.folder import control, tell
from gecat.training.run.recorder import Recorder
from gecat.training.run.resume import check_budget, check_folder
from gecat.training.self_training import Renewal


def start_run(
    folder,
    config,
    photos,
    *,
    cycles=None,
    seconds=None,
    resume=False,
    strategy=None,
    start=None,
    source="",
    teacher=None,
    limit=None,
    workers=None,
    checkpoint_seconds=30.0,
    report=None,
):
    """Trains in a folder until the budget is spent, a stop is asked for, or Ctrl-C.

    Args:
        folder: the run's folder; made when missing.
        config: a Config.
        photos: `datasets.Photos` with priors, or `datasets.Growing`.
        cycles, seconds: the budget in all, one of the two; seconds counts time spent in cycles.
        resume: go on from the folder's last checkpoint.
        strategy: of `backend.make_strategy`, or None.
        start: `model.weights.Loaded` to begin from, or None for fresh weights.
        source, teacher, limit: where the photos and their pseudo-masks came from and how many they
            were to be at most, written down to be resumed with.
        workers: as for `train`.
        checkpoint_seconds: the longest time between two checkpoints.
        report: called with the figures of each cycle, or None.

    Returns:
        the State at the end.

    Raises:
        RunError: if neither or both budgets are given, if the folder holds another run and
            `resume` is false, or holds none to resume.
    """
    check_budget(cycles, seconds)
    folder = Path(folder)
    checkpoint = check_folder(folder, resume)
    keras.utils.set_random_seed(config.seed)
    engine = Engine(config, strategy)
    state = engine.initial_state()
    if resume:
        state = load_state(checkpoint, state)
    elif start is not None:
        state = engine.load_start(start.generator, start.discriminator)
    (folder / "pictures").mkdir(parents=True, exist_ok=True)

    known = None  # how many photos were told of

    def describe():
        nonlocal known
        if known == (now := (len(photos.names), len(photos.skipped))):
            return
        known = now
        described = {
            "config": config.to_dict(),
            "source": str(source),
            "teacher": teacher and str(teacher),
            "limit": limit,
            "photos": len(photos.names),
            "skipped": [[name, error.to_dict()] for name, error in photos.skipped],
            "cycles": cycles,
            "seconds": seconds,
            "devices": engine.replicas.device_names(),
        }
        write_atomically(folder / "config.json", json.dumps(described, indent=2).encode())

    describe()
    tell(folder, "preparing")

    def keep(state):
        save_state(checkpoint, state)
        engine.load_average(state)
        facts = {
            "photos": len(photos.names),
            "source": Path(str(source)).name,
            "cycles": state.cycle,
            "seconds": round(state.seconds, 1),
        }
        save_weights(
            folder / "weights.safetensors", config, engine.generator, engine.discriminator, facts
        )

    # A run that was killed as it wrote a checkpoint left half of one.
    remove_unfinished(checkpoint.parent)
    if not resume:
        keep(state)
    recorder = Recorder(folder, engine, photos, state)
    saved = time.monotonic()
    with interruptible() as interrupted, recorder, ExitStack() as stack:
        renewal = None
        if config.renew_from < config.renew_until:
            renewal = stack.enter_context(Renewal(engine, photos, folder / "renewal", workers))
        steering = Steering(folder, interrupted)
        course = healing_cycles(
            engine,
            state,
            photos,
            cycles=cycles,
            seconds=seconds,
            clock=steering.clock,
            steering=steering,
            renewal=renewal,
        )
        try:
            for state, figures in course:  # noqa: B020
                figures = recorder.record(state, figures)
                describe()  # photos may have come since
                if report is not None:
                    report(figures)
                if time.monotonic() - saved > checkpoint_seconds:
                    keep(state)
                    saved = time.monotonic()
                if not steering.obey():
                    break
            recorder.finish(state)
        finally:
            # Whatever ends the run, an error too, what it has learned is kept.
            course.close()
            keep(state)
    # Whoever goes on with this run later means it to run.
    control(folder, "run")
    tell(folder, "ended")
    return state
