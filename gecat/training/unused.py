"""Settings that a run would never look at, so that nobody believes that they did something."""

from gecat.config import preset
from gecat.errors import Setting, SettingError
from gecat.model.registry import NAMES, architecture

_GENERATOR = (
    "average_decay",
    "generator_steps",
    "anchor_weight",
    "self_training_weight",
    "overlap_share",
    "area_weight",
    "area_minimum",
    "area_maximum",
    "binary_weight",
)
_DISCRIMINATOR = (
    "discriminator_steps",
    "gradient_penalty",
    "judged_every",
    "ranking_weight",
)
_EPOCH = ("update_rule", "adversarial_weight", "anchor_floor")
_CONJUGATE = (
    "beta_rule",
    "preconditioner",
    "armijo",
    "frozen_batches",
    "first_radius",
    "radius_tried",
    "radius_grows",
    "extrapolation",
    "anneal",
)
_PICTURES = ("crop_smallest", "crop_largest", "recolouring", "painted_over")
_PRETRAINING = ("pretraining_size", "pretraining_batch")


def unused_settings(config):
    """Returns the names of the settings that a run of this Config never looks at, a set."""
    before = config.pretraining_share + config.anchor_share
    has_epochs = before + config.warmup_share < 1.0
    generator_learns = config.anchor_share > 0.0 or has_epochs
    conjugate = has_epochs and config.update_rule == "conjugate"
    by_adam = before > 0.0 or (has_epochs and not conjugate)
    judged_by_adam = config.warmup_share > 0.0 or (has_epochs and not conjugate)
    looked_at = {
        _GENERATOR: generator_learns,
        ("average_decay", "generator_steps"): generator_learns or config.pretraining_share > 0.0,
        _DISCRIMINATOR: before < 1.0,
        ("score_map_weight",): before < 1.0,
        _EPOCH: has_epochs,
        _CONJUGATE: conjugate,
        ("learning_rate",): by_adam,
        ("discriminator_learning_rate",): judged_by_adam,
        ("weight_decay",): by_adam or judged_by_adam,
        _PICTURES: config.pretraining_share < 1.0,
        _PRETRAINING: config.pretraining_share > 0.0,
        ("renew_until",): config.renew_from < 1.0,
        ("composites",): config.composite_share > 0.0,
    }
    for name in NAMES:
        looked_at[architecture(name).settings] = name == config.architecture
    used = {name for names, is_used in looked_at.items() if is_used for name in names}
    return {name for names in looked_at for name in names} - used


def refuse_unused(config, changes):
    """Refuses settings that were asked for, other than usual, and would be ignored.

    Args:
        config: a Config; changes: the settings that were asked for, by name.

    Raises:
        SettingError: if there is any; it names them.
    """
    usual = preset(config.preset)
    asked = {name for name in changes if getattr(config, name) != getattr(usual, name)}
    ignored = sorted(asked & unused_settings(config))
    if ignored:
        raise SettingError("setting.unused", received=[Setting(name) for name in ignored])
