"""What a run may be asked for: a budget, a folder; resumed, what it began with, for longer."""

from pathlib import Path

from gecat.config import Config
from gecat.errors import RunError, name_of

_SHARES = ("pretraining_share", "anchor_share", "warmup_share")
_TIMES = ("relabel_from", "renew_from", "renew_until")
_OPTIONS = {"source": "--data", "teacher": "--teacher", "limit": "--limit"}


def check_budget(cycles, seconds):
    """Sees to it that a run has one budget.

    Args:
        cycles, seconds: the budget, one of the two; the other is None.

    Raises:
        RunError: when neither or both are given.
    """
    if (cycles is None) == (seconds is None):
        raise RunError("run.budget", cycles=cycles, seconds=seconds)


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


def refuse(given):
    """Refuses what a run that is resumed has already.

    Args:
        given: dict of options and what was given for them, None or empty where nothing was.

    Raises:
        RunError: if anything was given.
    """
    for option, value in given.items():
        if value:
            received = name_of(value) if isinstance(value, (str, Path)) else str(value)
            raise RunError("run.leave_out", option=option, received=received)


def taken_up(description, given):
    """Returns where a run's photos and its teacher lie, and the limit that it began with.

    Args:
        description: what `read_description` returned; one of an older version knows the source
            alone, and takes what is given for the rest.
        given: dict of "source", "teacher" and "limit", None where nothing is said.

    Returns:
        dict like `given`.

    Raises:
        RunError: if another one is given than the run began with.
    """
    another = {
        option: given[name]
        for name, option in _OPTIONS.items()
        if given[name] is not None and _differs(given[name], description.get(name, ""))
    }
    refuse(another)
    return {
        name: description.get(name) if value is None else value for name, value in given.items()
    }


def check_there(source):
    """Checks that a run's photos lie where it began with them.

    Raises:
        RunError: if they have moved or are gone.
    """
    if source != "scenes" and not Path(source).exists():
        raise RunError("run.photos_gone", received=name_of(source))


def longer(description, cycles=None, seconds=None):
    """Returns the Config to resume with where the budget may have grown since.

    What a run has left behind stays as long as it was, so that a run that is continued does not
    begin again with its hints.

    Args:
        description: what `read_description` returned.
        cycles, seconds: the new budget, one of the two.
    """
    config = Config.from_dict(description["config"])
    before, now = (description["cycles"], cycles) if cycles else (description["seconds"], seconds)
    if not before or not now or now <= before:
        return config
    shorter = {name: getattr(config, name) * before / now for name in _SHARES}
    for name in _TIMES:  # where 1 is never
        time = getattr(config, name)
        shorter[name] = time if time == 1.0 else time * before / now
    return config.replace(**shorter)


def _differs(given, began):
    """Whether what is given is surely not what a run began with; "" is what nobody wrote down."""
    if began == "" or given == began:
        return False
    if began is None or isinstance(began, int) or "scenes" in (given, began):
        return True
    # What lies elsewhere now may be named anew.
    return Path(began).exists() and Path(given).resolve() != Path(began).resolve()
