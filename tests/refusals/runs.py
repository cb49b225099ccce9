"""How each refusal of a training is provoked, and of what the system keeps from a command."""

import errno
from dataclasses import replace
from types import SimpleNamespace

import numpy as np

from gecat.config import preset
from gecat.errors import told_of
from gecat.jobs.store import check_root
from gecat.training import rollback
from gecat.training.backend import jax as under_jax
from gecat.training.engine import Engine
from gecat.training.loop import check_budget
from gecat.training.pretraining import Pretraining
from gecat.training.race.entries import check_number
from gecat.training.rollback import healing_cycles
from gecat.training.run.checkpoint import load_state
from gecat.training.run.folder import hold, read_description
from gecat.training.run.resume import check_there, refuse
from gecat.training.state import State
from gecat.training.train import check_folder, settle, train


def run_in_the_folder(tools):
    checkpoint = tools.place / "given" / "checkpoints" / "state.safetensors"
    checkpoint.parent.mkdir(parents=True)
    checkpoint.touch()
    check_folder(tools.place / "given", resume=False)


def no_place_for_runs(tools):
    (tools.place / "file").touch()
    check_root(tools.place / "file" / "given")


def bad_checkpoint(tools):
    path = tools.place / "given.safetensors"
    path.write_bytes(b"only words")
    load_state(path, None)


def two_at_once(tools):
    with hold(tools.place / "given"), hold(tools.place / "given"):
        pass


def broken_again_and_again(tools):
    """Every cycle's weights are NaN, so going back never helps."""
    state = State(*[np.zeros(2)] * 6, (), (), np.zeros(2))

    def one_cycle(engine, state, photos):
        yield replace(state, cycle=state.cycle + 1), {"generator_loss": np.nan}

    tools.patch.setattr(rollback, "run_cycles", one_cycle)
    list(healing_cycles(None, state, None))


def uneven_replicas(tools):
    Engine(preset("small", batch_size=6), SimpleNamespace(num_replicas_in_sync=4))


def refused_by_the_system(act):
    """Raises what is told of an OSError, or of too little memory."""

    def provoke(tools):
        try:
            act(tools)
        except (OSError, MemoryError) as error:
            raise told_of(error) from error

    return provoke


def fail(error):
    raise error


def turning(place):
    """A link to itself."""
    (place / "given").symlink_to(place / "given")
    return place / "given"


RECIPES = {
    "run.budget": lambda tools: check_budget(None, None),
    "run.no_place": no_place_for_runs,
    "run.no_data": lambda tools: train(None, tools.place / "given", cycles=1),
    "run.photos_gone": lambda tools: check_there(tools.place / "given"),
    "run.own_preset": lambda tools: settle("scenes", object(), preset_name="given"),
    "run.taken": run_in_the_folder,
    "run.no_checkpoint": lambda tools: check_folder(tools.place / "given", resume=True),
    "run.checkpoint_damaged": bad_checkpoint,
    "run.none_here": lambda tools: read_description(tools.place / "given"),
    "run.under_way": two_at_once,
    "run.leave_out": lambda tools: refuse({"--data": "somewhere/given"}),
    "run.race_number": lambda tools: check_number("given"),
    "run.broken": broken_again_and_again,
    "run.replicas": uneven_replicas,
    "run.one_encoder": lambda tools: Pretraining(
        SimpleNamespace(replicas=SimpleNamespace(count=2)), None
    ),
    "run.one_device": lambda tools: under_jax.make_strategy("given"),
    "file.missing": refused_by_the_system(lambda tools: (tools.place / "given").read_bytes()),
    "file.folder": refused_by_the_system(
        lambda tools: ((tools.place / "given").mkdir(), (tools.place / "given").write_bytes(b""))
    ),
    "file.no_folder": refused_by_the_system(
        lambda tools: ((tools.place / "given").touch(), (tools.place / "given").mkdir())
    ),
    "file.failed": refused_by_the_system(lambda tools: turning(tools.place).read_bytes()),
    # Whoever runs the tests may be let in everywhere, and have room.
    "file.forbidden": refused_by_the_system(
        lambda tools: fail(PermissionError(errno.EACCES, "no", "somewhere/given"))
    ),
    "file.full": refused_by_the_system(lambda tools: fail(OSError(errno.ENOSPC, "no room"))),
    "system.out_of_memory": refused_by_the_system(lambda tools: np.empty(1 << 45)),
}
