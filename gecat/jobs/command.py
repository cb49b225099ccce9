"""The command lines of a run: what its process is started with, and what repeats it by hand."""

import shlex
from collections.abc import Mapping
from pathlib import Path

from gecat.files import AnyPath
from gecat.jobs.job import ERROR, START, Job
from gecat.jobs.limits import JobLimits
from gecat.jobs.requests import find_photos
from gecat.jobs.spare import COMMAND
from gecat.training.race.folder import has_checkpoint


def _options(job: Job, data: AnyPath, folder: AnyPath, limit: int) -> list[str]:
    """Returns the arguments of `gecat train` that repeat a job.

    Args:
        job: Job; data: photos; folder: where the run goes; limit: photos at most.
    """
    words = ["--data", str(data), "--run", str(folder)]
    # Weights bring their preset; in what else the page shows all presets are alike.
    words += ["--preset", job.preset] if job.start == "random" else []
    words += ["--seconds", str(job.seconds), "--limit", str(limit)]
    for name, value in job.changes.items():
        value = ",".join(map(str, value)) if isinstance(value, (list, tuple)) else value
        words += ["--set", f"{name}={value}"]
    return words


def _race_options(job, folder, limit):
    """The arguments of `gecat race` that begin a job."""
    words = ["--run", str(folder), "--number", f"{job.race:g}", "--seconds", str(job.seconds)]
    words += ["--seed", str(job.changes["seed"])] if "seed" in job.changes else []
    return [*words, "--limit", str(limit)]


def command_to_repeat(job: Job, folder: Path, limit: int) -> str:
    """Returns the command line that repeats a run where its photos and weights lie at hand.

    Args:
        job: Job; folder: the run's folder, for the kind of its photos; limit: photos at most.
    """
    if job.race is not None:
        return shlex.join(
            ["python", "-m", "gecat", "race", *_race_options(job, f"runs/{job.name}", limit)]
        )
    data = {"scenes": "scenes", "photos": find_photos(folder).name}.get(job.data, job.data)
    words = ["python", "-m", "gecat", "train", *_options(job, data, f"runs/{job.name}", limit)]
    if job.start == "shipped":
        shipped = "assets/weights/base.safetensors"
        words += ["--start", shipped, *_teacher(job, shipped)]
    elif job.start != "random":
        words += ["--start", START]
    return shlex.join(words)


def data_of(job: Job, folder: Path, folders: Mapping[str, AnyPath]) -> AnyPath:
    """Returns what a job learns from: "scenes", or a path."""
    if job.data == "scenes":
        return "scenes"
    # A folder that is no longer allowed is no source: the training says so.
    return find_photos(folder) if job.data == "photos" else folders.get(job.data, job.data)


def command_to_train(job: Job, folder: Path, data: AnyPath, limits: JobLimits) -> list[str]:
    """Returns the words that start or resume the training of a job within JobLimits."""
    bounds = ["--error-file", str(folder / ERROR)]
    bounds += ["--deadline", str(limits.wall_clock)]  # it holds where no app is left to look
    if job.data == "scenes":
        bounds += ["--cache", str(folder.parent / "scenes")]  # the same scenes for everybody
    if job.race is not None:
        words = [*COMMAND, "race", *bounds]
        if has_checkpoint(folder):
            return [*words, "--run", str(folder), "--seconds", str(job.seconds), "--resume"]
        return [*words, *_race_options(job, folder, limits.photos)]
    words = [*COMMAND, "train", *bounds, *_teacher(job, str(folder / START))]
    if (folder / "checkpoints" / "state.safetensors").exists():
        # Its settings the run has; its --data tells where the folder is no longer allowed.
        words += ["--data", str(data), "--run", str(folder), "--seconds", str(job.seconds)]
        return [*words, "--resume"]
    words += _options(job, data, folder, limits.photos)
    return words if job.start == "random" else [*words, "--start", str(folder / START)]


def _teacher(job, weights):
    """The shipped weights know photos: their masks along edges teach better than a photo alone."""
    return ["--teacher", weights] if job.start == "shipped" and job.data != "scenes" else []
