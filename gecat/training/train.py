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

import time
from pathlib import Path

from gecat.config import new_course, preset
from gecat.errors import RunError
from gecat.images.datasets import MINIMUM_PHOTOS
from gecat.images.sources import kind_of
from gecat.model.registry import check
from gecat.model.weights import load_weights
from gecat.training.arriving import Arriving
from gecat.training.run.folder import hold, read_description, tell
from gecat.training.run.resume import (
    check_budget,
    check_folder,
    check_there,
    longer,
    refuse,
    taken_up,
)
from gecat.training.teacher import network_teacher
from gecat.training.unused import refuse_unused

BATCHES_AT_FIRST = 2  # of photos, that learning waits for where it need not wait for all


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
        progress: called with (photos done, photos in all) until learning begins.
        loaded: called with the `datasets.Photos` when they are read. With a budget in seconds
            learning has begun by then, and goes on with those that are there.
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
    if origin["teacher"]:
        network_teacher(origin["teacher"])  # one that cannot be read is refused now
    reading = _Reading(run, progress, loaded)
    with (
        hold(run),
        Arriving(
            origin["source"],
            config.kept_size,
            prior=config.prior,
            teacher=origin["teacher"],
            cache=cache or run / "priors",
            limit=origin["limit"],
            seed=config.seed,
            progress=reading.on_photo,
        ) as arriving,
    ):
        from gecat.training.start import start_run  # TensorFlow, while photos are read

        if seconds and not resume and _may_grow(config):
            photos = arriving.first(max(MINIMUM_PHOTOS, BATCHES_AT_FIRST * config.batch_size))
        else:
            photos = arriving.photos()

        def on_cycle(figures):
            arriving.check()
            if arriving.complete:
                reading.tell_loaded(photos)
            if report is not None:
                report(figures)

        reading.end()
        if arriving.complete:
            reading.tell_loaded(photos)
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
            report=on_cycle,
            **origin,
        )
        reading.tell_loaded(photos)
    return run / "weights.safetensors"


def _placed(path):
    """Where something lies wherever the run is resumed from; None and "scenes" as they are."""
    return path if path in (None, "scenes") else str(Path(path).absolute())


def _may_grow(config):
    """Whether learning may begin before all photos are there: nothing looks at all of them."""
    return not config.pretraining_share and config.renew_from >= config.renew_until


class _Reading:
    """Tells whoever looks how many photos are read, until learning begins."""

    def __init__(self, run, progress, loaded):
        self._run, self._progress, self._loaded = run, progress, loaded
        self._told, self._ended = float("-inf"), False

    def on_photo(self, done, total):
        if self._ended:
            return
        if time.monotonic() - self._told > 0.5 or done == total:
            self._told = time.monotonic()
            tell(self._run, "reading", done=done, total=total)
        if self._progress is not None:
            self._progress(done, total)

    def end(self):
        self._ended = True

    def tell_loaded(self, photos):
        if self._loaded is not None:
            self._loaded(photos)
        self._loaded = None


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
