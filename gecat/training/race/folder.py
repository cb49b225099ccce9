"""What a race leaves in its folder, for whoever looks on; needs no TensorFlow."""

from pathlib import Path

from gecat.training.race.entries import SIDES

SCENES_PICTURE = "scenes.png"
CURVES = ("generator_loss", "discriminator_loss", "score_real", "score_wrong")  # a value a cycle
BROKEN = 0.1  # of IoU below a side's own best


def checkpoint_of(folder, side):
    """Returns the path of one side's checkpoint."""
    return Path(folder) / "checkpoints" / f"{side}.safetensors"


def has_checkpoint(folder):
    """Returns whether a race can be gone on with."""
    return all(checkpoint_of(folder, side).exists() for side in SIDES)


def curve(lines, side, name):
    """One side's figure as it went.

    Args:
        lines: of `run.folder.read_stats`; side: one of SIDES.
        name: "iou" or "change", of each look, or one of CURVES, of each cycle.

    Returns:
        (evaluations asked for, values), two lists; a value is None where it was no number, and a
        change where the side had not moved since the look before.
    """
    asked, values, before = [], [], 0
    for line in lines:
        told = line["sides"][side]
        found = told[name] if isinstance(told[name], list) else [told[name]]
        # A long cycle may fill the other's next round as well: that look has no change to tell.
        if name == "change" and told["asked"] == before:
            found = [None]
        step = (told["asked"] - before) / max(1, len(found))
        asked += [before + step * (place + 1) for place in range(len(found))]
        values += found
        before = told["asked"]
    return asked, values


def score_gap(lines, side):
    """How far a critic sets fitting masks apart from wrong ones.

    Args:
        lines, side: as for `curve`.

    Returns:
        (evaluations asked for, mean differences of its scores since the last look), two lists.
    """
    asked, gaps = [], []
    for line in lines:
        told = line["sides"][side]
        pairs = zip(told["score_real"], told["score_wrong"], strict=True)
        known = [real - wrong for real, wrong in pairs if None not in (real, wrong)]
        asked.append(told["asked"])
        gaps.append(sum(known) / len(known) if known else None)
    return asked, gaps


def best_iou(lines, side):
    """The best of a side's looks."""
    return max(line["sides"][side]["iou"] for line in lines)


def below_best(lines, side):
    """How far the last of a side's looks lies below its best."""
    return best_iou(lines, side) - lines[-1]["sides"][side]["iou"]


def is_lost(lines, side):
    """Whether a side's weights are no numbers any more; it never moves again."""
    return not lines[-1]["sides"][side]["stands"]


def is_broken(lines, side):
    """Whether a side ended lost, or far below its own best."""
    return is_lost(lines, side) or below_best(lines, side) > BROKEN


def loss_swing(lines, side):
    """Mean change of the generator's loss from cycle to cycle, or None before the second."""
    losses = [value for value in curve(lines, side, "generator_loss")[1] if value is not None]
    steps = [abs(after - before) for before, after in zip(losses, losses[1:], strict=False)]
    return sum(steps) / len(steps) if steps else None


def mask_swing(lines, side):
    """Mean change of a pixel of the masks from look to look, in [0, 1]."""
    changes = [value for value in curve(lines, side, "change")[1] if value is not None]
    return sum(changes) / len(changes) if changes else 0.0


def told(lines):
    """Lines of text: how each side began, stood at its best, and ended."""
    rows = [f"{'':8}{'start':>8}{'best':>8}{'end':>8}{'evaluations':>13}"]
    for side in SIDES:
        first, last = lines[0]["sides"][side], lines[-1]["sides"][side]
        rows.append(
            f"{side:8}{first['iou']:8.3f}{best_iou(lines, side):8.3f}{last['iou']:8.3f}"
            f"{last['asked']:13}{'  broken' if is_broken(lines, side) else ''}"
        )
    return "\n".join([*rows, "IoU of scenes held out"])
