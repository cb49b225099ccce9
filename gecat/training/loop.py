"""The course of a run: pretraining, anchored start, D's warm-up, gradient epochs.

There is one record a cycle.
"""

import math
import threading
import time
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from itertools import accumulate

import numpy as np

from gecat.training import radius
from gecat.training.losses import GENERATOR_TERMS, full_weights
from gecat.training.pretraining import Pretraining
from gecat.training.pretraining import end as end_pretraining
from gecat.training.run.resume import check_budget
from gecat.training.state import SCHOOLED
from gecat.training.supply import Supply
from gecat.training.vectors import norm

STAGES = ("pretraining", "anchor", "warm-up", "adversarial")


def stage_at(config, progress):
    """The stage that a run is in.

    Args:
        config: a Config.
        progress: share of the budget that is spent, in [0, 1].

    Returns:
        one of STAGES.
    """
    shares = config.pretraining_share, config.anchor_share, config.warmup_share
    for stage, end in zip(STAGES, accumulate(shares), strict=False):
        if progress < end:
            return stage
    return "adversarial"


def pace_at(config, progress):
    """Share of Adam's learning rate: half a cosine from 1 to a twentieth, restarted once.

    Pretraining has one of its own, all that follows has another (Loshchilov and Hutter 2017,
    "SGDR", equation 5).
    """
    share = config.pretraining_share
    if progress < share:
        progress = progress / share
    elif share < 1.0:
        progress = (progress - share) / (1.0 - share)
    return 0.05 + 0.95 * 0.5 * (1.0 + math.cos(math.pi * progress))


def weights_at(config, progress):
    """What the terms of G's loss count at this point of a run.

    A term that decays falls evenly from full to `anchor_floor` over the gradient epochs; one that
    asks D counts in gradient epochs alone.

    Returns:
        dict like that of `losses.full_weights`.
    """
    start = config.pretraining_share + config.anchor_share + config.warmup_share
    through = float(np.clip((progress - start) / max(1.0 - start, 1e-6), 0.0, 1.0))
    decay = 1.0 - (1.0 - config.anchor_floor) * through
    has_epochs = stage_at(config, progress) == "adversarial"
    weights = full_weights(config)
    for name, term in GENERATOR_TERMS.items():
        weights[name] *= decay if term.decays else 1.0
        weights[name] *= 0.0 if term.asks and not has_epochs else 1.0
    return weights


def meets_generator(config, progress, judged):
    """Whether D sees G's masks besides spoiled ones: after a quarter of its warm-up, once trained.

    Args:
        config: a Config.
        progress: share of the budget that is spent, in [0, 1].
        judged: steps of D so far.
    """
    begins = config.pretraining_share + config.anchor_share
    return judged >= SCHOOLED or progress >= begins + 0.25 * config.warmup_share


def run_cycles(
    engine,
    state,
    photos,
    *,
    cycles=None,
    seconds=None,
    clock=time.monotonic,
    steering=None,
    renewal=None,
):
    """Runs cycles until the budget is spent.

    Args:
        engine: an `Engine`.
        state: the State to go on from.
        photos: `datasets.Photos` with priors.
        cycles: total cycles of the run, or None.
        seconds: total seconds of the run, or None; one of the two is needed.
        clock: a function that tells the seconds.
        steering: a `run.control.Steering` that says which network learns, or None for both.
        renewal: a `self_training.Renewal` of the photos' pseudo-masks, or None.

    Yields:
        (State, dict of the cycle's figures) after each cycle.

    Raises:
        RunError: when neither or both budgets are given.
    """
    check_budget(cycles, seconds)
    with Supply(engine, photos, state.batch) as supply, ExitStack() as stack:
        encoder, rehearsing = None, not seconds or stage_at(engine.config, 1.0) != "adversarial"
        while True:
            progress = state.cycle / cycles if cycles else state.seconds / seconds
            if progress >= 1.0:
                return
            started = clock()
            if renewal is not None:
                renewal.look(state, progress)
            if stage_at(engine.config, progress) == "pretraining":
                if encoder is None:
                    encoder = Pretraining(engine, photos)
                    stack.callback(encoder.close)
                state, figures = _teach_encoder(engine, state, encoder, progress, steering)
            else:
                state = end_pretraining(state) if state.pretraining else state
                state, figures = _cycle(engine, state, supply, progress, steering)
            if renewal is not None:
                figures |= {"renewed": renewal.rounds}
            spent = state.seconds + clock() - started
            state = replace(state, cycle=state.cycle + 1, seconds=spent, batch=supply.number)
            done = state.cycle / cycles if cycles else min(1.0, spent / seconds)
            if not rehearsing and done < 1.0 and engine.replicas.count == 1:
                rehearsing = stack.enter_context(_rehearsal(engine, state, supply))
            yield state, {"cycle": state.cycle, "seconds": spent, "progress": done, **figures}


@contextmanager
def _rehearsal(engine, state, supply):
    """Compiles for gradient epochs on a thread of its own, while the anchor is learned from.

    It takes seconds, and the cores are not all at work meanwhile. A run of so many cycles is in no
    hurry, and replicas must do the same in the same order.
    """
    thread = threading.Thread(
        target=engine.rehearse, args=(state, supply.show()), name="rehearsal", daemon=True
    )
    thread.start()
    try:
        yield True
    finally:
        thread.join()


def _teach_encoder(engine, state, encoder, progress, steering):
    figures = {"stage": "pretraining"}
    if steering:
        steering.enter("generator")
    if not steering or steering.part != "discriminator":
        state, told = encoder.cycle(state, pace_at(engine.config, progress))
        figures |= {f"encoder_{name}": float(value) for name, value in told.items()}
    return state, figures


def _cycle(engine, state, supply, progress, steering):
    config = engine.config
    stage, pace = stage_at(config, progress), pace_at(config, progress)
    part = steering.part if steering else "both"
    figures = {"stage": stage}
    if stage == "adversarial" and config.update_rule == "conjugate":
        if steering:
            steering.enter("generator" if part == "generator" else "discriminator")
        state, told = _play(engine, state, supply, progress, part)
        return state, figures | told
    if part == "discriminator" or (part == "both" and stage != "anchor"):
        if steering:
            steering.enter("discriminator")
        alone = not meets_generator(config, progress, state.judged)
        for _ in range(max(1, config.discriminator_steps)):
            state, scores = engine.teach_discriminator(
                state, supply.take(state, progress), alone, pace
            )
        figures |= {f"discriminator_{name}": float(value) for name, value in scores.items()}
    if part == "generator" or (part == "both" and stage != "warm-up"):
        if steering:
            steering.enter("generator")
        state, terms, records = _teach_generator(engine, state, supply, progress, pace)
        figures |= _generator_figures(terms, records)
    return state, figures


def _play(engine, state, supply, progress, part):
    """One gradient epoch: (State, its figures)."""
    config = engine.config
    begins = config.pretraining_share + config.anchor_share + config.warmup_share
    state, epoch = engine.play(
        state,
        lambda: supply.take(state, progress),
        weights_at(config, progress),
        (1.0 - progress) / (1.0 - begins),
        part,
    )
    figures = {}
    if epoch.judged is not None:
        told = {"loss": epoch.judged.loss, "gradient_norm": norm(epoch.judged.gradient)}
        told |= epoch.judged.terms
        figures |= {f"discriminator_{name}": float(value) for name, value in told.items()}
    if epoch.walked is not None:
        figures |= _generator_figures(epoch.walked.point.terms, epoch.walked.steps)
    for name, memory in (
        ("generator", state.generator_memory),
        ("discriminator", state.discriminator_memory),
    ):
        figures[f"{name}_radius"] = radius.Memory(*memory).radius
    return state, figures


def _teach_generator(engine, state, supply, progress, pace):
    weights = weights_at(engine.config, progress)
    # Nothing need stand still: fresh batches teach more.
    records = []
    for _ in range(engine.config.generator_steps):
        state, terms, record = engine.teach_generator(
            state, supply.take(state, progress), weights, pace
        )
        records.append(record)
    return state, terms, records


def _generator_figures(terms, records):
    return {
        **{f"generator_{name}": float(value) for name, value in terms.items()},
        "generator_loss": float(records[-1].loss) if records else None,
        "gradient_norm": float(records[0].gradient_norm) if records else 0.0,
        "step_lengths": [float(record.length) for record in records],
        "betas": [record.beta for record in records],
        "restarts": sum(record.restart for record in records),
        "evaluations": sum(record.evaluations for record in records),
    }
