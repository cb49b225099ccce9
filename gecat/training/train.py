"""A run's folder: what is written while it learns, and how it is stopped and resumed.

config.json                the settings and where the photos came from
stats.jsonl                one line a cycle
events.*                   the same for TensorBoard
pictures/000123.png        fixed photos with their masks and D's score maps, as cycles pass
checkpoints/state.safetensors    everything needed to go on
weights.safetensors        the moving average and D, ready for `gecat.load`
now.json                   what is being done right now
control                    a command and who learns, written by whoever steers the run
lock                       held by the process that runs
"""

import json
import time
from contextlib import ExitStack
from pathlib import Path

import keras

from gecat.config import new_course, preset
from gecat.errors import RunError, name_of
from gecat.files import remove_unfinished, write_atomically
from gecat.images.datasets import load_photos
from gecat.images.sources import kind_of
from gecat.model.registry import check
from gecat.model.weights import load_weights, save_weights
from gecat.training.engine import Engine
from gecat.training.loop import check_budget
from gecat.training.rollback import healing_cycles
from gecat.training.run.checkpoint import load_state, save_state
from gecat.training.run.control import Steering, interruptible
from gecat.training.run.folder import control, hold, read_description, tell
from gecat.training.run.recorder import Recorder
from gecat.training.run.resume import check_there, longer, refuse, taken_up
from gecat.training.self_training import Renewal
from gecat.training.teacher import network_teacher
from gecat.training.unused import refuse_unused


def train(
    data,
    run,
    *,
    preset_name=None,
    changes=None,
    cycles=None,
    seconds=None,
    resume=False,
    start=None,
    teacher=None,
    cache=None,
    limit=None,
    strategy=None,
    workers=None,
    progress=None,
    loaded=None,
    report=None,
):
    """Trains on a folder, an archive, an array or drawn scenes, without labels.

    Args:
        data: a folder, .zip or .npy of photos, or "scenes"; None to resume with those of the run.
        run: the run's folder.
        preset_name: "small", "base" or "article"; None for "small", or for that of `start`.
        changes: dict of settings that differ from the preset's.
        cycles, seconds: the budget, one of the two.
        resume: go on with the run in the folder, with its own settings, photos and teacher.
        start: a weights file to begin from, with its own networks and its preset's course, or None.
        teacher: a weights file whose generator teaches this one, or None for the config's prior.
        cache: folder where pseudo-masks are kept; inside the run's folder by default.
        limit: photos at most.
        strategy: of `backend.make_strategy`, or None.
        workers: processes that run GrabCut where pseudo-masks are renewed, or None for all cores
            but two.
        progress: called with (photos done, photos in all) while they are read.
        loaded: called with the `datasets.Photos` before anything is learned from them.
        report: called with the figures of each cycle.

    Returns:
        pathlib.Path of the weights, ready for `gecat.load`.

    Raises:
        UserError: for settings, photos or weights that do not work; the message says which.
    """
    # All that can be refused is, before anything is read at length or written.
    check_budget(cycles, seconds)
    run = Path(run)
    check_folder(run, resume)
    origin = {"source": _placed(data), "teacher": _placed(teacher), "limit": limit}
    beginning = None
    if resume:
        refuse({"--preset": preset_name, "--set": changes, "--start": start})
        description = read_description(run)
        config = longer(description, cycles, seconds)
        check(config)
        origin = taken_up(description, origin)
    else:
        beginning = load_weights(start) if start is not None else None
        config = settle(data, beginning, changes, preset_name)
        refuse_unused(config, changes or {})
    if not origin["source"]:
        raise RunError("run.no_data")
    if resume and data is None:
        check_there(origin["source"])
    kind_of(origin["source"])
    prior = network_teacher(origin["teacher"]) if origin["teacher"] else config.prior
    with hold(run):
        photos = load_photos(
            origin["source"],
            config.kept_size,
            prior=prior,
            cache=cache or run / "priors",
            limit=origin["limit"],
            seed=config.seed,
            progress=_teller(run, progress),
        )
        if loaded is not None:
            loaded(photos)
        start_run(
            run,
            config,
            photos,
            cycles=cycles,
            seconds=seconds,
            resume=resume,
            start=beginning,
            strategy=strategy,
            workers=workers,
            report=report,
            **origin,
        )
    return run / "weights.safetensors"


def _placed(path):
    """Where something lies wherever the run is resumed from; None and "scenes" as they are."""
    return path if path in (None, "scenes") else str(Path(path).absolute())


def _teller(run, progress):
    """A function that writes down how many photos are read, now and then."""
    told = float("-inf")

    def on_photo(done, total):
        nonlocal told
        if time.monotonic() - told > 0.5 or done == total:
            told = time.monotonic()
            tell(run, "reading", done=done, total=total)
        if progress is not None:
            progress(done, total)

    return on_photo


def settle(data, loaded=None, changes=None, preset_name=None):
    """Returns the Config that a new run on this data has.

    Args:
        data: as for `train`.
        loaded: `model.weights.Loaded` to begin from, or None for fresh weights.
        changes: dict of settings that differ.
        preset_name: the preset of fresh weights, "small" by default.

    Raises:
        UserError: for an unknown preset, one beside weights that bring their own, or a setting
            that is not allowed.
    """
    changes = changes or {}
    if loaded is not None:
        if preset_name is not None:
            raise RunError("run.own_preset", received=preset_name)
        config = new_course(loaded.config, **changes)
    else:
        preset_name = preset_name or "small"
        # Things and grounds of drawn scenes differ in texture alone.
        hints = {"prior": "texture"} if data == "scenes" and preset_name == "small" else {}
        config = preset(preset_name, **{**hints, **changes})
    check(config)
    return config


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
        photos: `datasets.Photos` with priors.
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


def check_folder(folder, resume):
    """Returns the path of a run's checkpoint, there if it is to be resumed, else not.

    Args:
        folder: the run's folder; resume: whether the run in it is to go on.

    Raises:
        RunError: if the folder holds another run, or none to resume.
    """
    checkpoint = Path(folder) / "checkpoints" / "state.safetensors"
    if checkpoint.exists() and not resume:
        raise RunError("run.taken", received=name_of(folder))
    if resume and not checkpoint.exists():
        raise RunError("run.no_checkpoint", received=name_of(folder))
    return checkpoint
