"""Every default of the project in one place, validated, with the presets that ship."""

import dataclasses
from dataclasses import dataclass
from pathlib import Path

from gecat.errors import SettingError

WEIGHTS_DIR = Path(__file__).resolve().parent.parent / "assets" / "weights"

BETA_RULES = ("FR", "PR+", "HS", "DY", "HZ")
UPDATE_RULES = ("conjugate", "adam")
PRECONDITIONERS = ("second_moment", "identity")
PRIORS = ("barrier", "texture", "agreement")
COMPOSITES = ("object", "region")
ARCHITECTURES = ("unet", "article")


@dataclass(frozen=True)
class Config:
    """The settings of one model and of its training.

    Raises:
        ValueError: where a value is outside its range; the message names the field, what is
            allowed and what was received.
    """

    preset: str = "base"

    # The pictures.
    size: int = 160  # side of a training picture, pixels
    inference_size: int = 256  # longer side of a photo at prediction, pixels
    prior: str = "agreement"  # the label-free teacher: one of PRIORS

    # The networks: channels of each encoder stage, from half of the resolution downwards.
    architecture: str = "unet"
    generator_widths: tuple[int, ...] = (16, 32, 64, 128, 192)
    generator_blocks: tuple[int, ...] = ()  # residual blocks from 1/4 downwards; 1 if not given
    generator_attention: int = 0  # 1: at 1/8 of the resolution every pixel looks at its likes
    generator_mixture: int = 0  # 1: the head compares the looks of object and ground
    # Where they begin as the generator's do, the discriminator starts from what those have learned.
    discriminator_widths: tuple[int, ...] = (16, 32, 64, 128)

    # The course of a run, as shares of its budget; the rest is gradient epochs.
    anchor_share: float = 0.6  # the generator learns from its teachers, the discriminator rests
    warmup_share: float = 0.1  # the discriminator learns on spoiled masks, the generator rests
    relabel_from: float = 1.0  # from here on G's moving average labels the photos; 1 = never
    composites: str = "object"  # what is pasted: an object, or a region of any outline
    batch_size: int = 16
    seed: int = 0

    # The gradient epoch.
    update_rule: str = "conjugate"
    discriminator_steps: int = 2
    generator_steps: int = 4  # K, all on one frozen batch and one frozen discriminator
    beta_rule: str = "PR+"
    preconditioner: str = "second_moment"
    armijo: float = 0.1  # least share of the decrease that the slope promises
    maximum_step: float = 0.01  # longest step, as a share of the length of the weight vector
    average_decay: float = 0.998  # of the moving average that predicts, per generator step
    learning_rate: float = 1e-3  # Adam: the anchored start and the plain rival
    discriminator_learning_rate: float = 1e-3

    # The terms of the losses; a weight of 0 leaves the term out.
    adversarial_weight: float = 0.2
    score_map_weight: float = 0.5  # of the adversarial term, the part judged pixel by pixel
    ranking_weight: float = 1.0  # of the discriminator's loss, the order of its two verdicts
    anchor_weight: float = 1.0
    anchor_floor: float = 0.5  # what is left of the anchor's weight at the end of the run
    self_training_weight: float = 0.3
    overlap_share: float = 0.1  # of the fit to a target, the part that is overlap, not entropy
    supervised_weight: float = 1.0  # where a photo comes with a mask of its own
    area_weight: float = 1.0
    area_minimum: float = 0.01
    area_maximum: float = 0.85
    binary_weight: float = 0.02

    def __post_init__(self):
        _check_choice("architecture", self.architecture, ARCHITECTURES)
        _check_choice("prior", self.prior, PRIORS)
        _check_choice("composites", self.composites, COMPOSITES)
        _check_choice("update_rule", self.update_rule, UPDATE_RULES)
        _check_choice("beta_rule", self.beta_rule, BETA_RULES)
        _check_choice("preconditioner", self.preconditioner, PRECONDITIONERS)
        for name in ("size", "inference_size"):
            value = getattr(self, name)
            _check_range(name, value, self.stride, 1024)
            if value % self.stride:
                raise SettingError("setting.multiple", name=name, step=self.stride, received=value)
        for name in ("generator_widths", "discriminator_widths"):
            widths = getattr(self, name)
            if not 2 <= len(widths) <= 6 or any(not 1 <= width <= 1024 for width in widths):
                bounds = {"least": 2, "most": 6, "low": 1, "high": 1024}
                raise SettingError("setting.list", name=name, **bounds, received=widths)
            if self.architecture == "article" and len(widths) != _ARTICLE_STAGES[name]:
                count = _ARTICLE_STAGES[name]
                raise SettingError("setting.article", name=name, count=count, received=widths)
        blocks, stages = self.generator_blocks, len(self.generator_widths) - 1
        if len(blocks) > stages or any(not 1 <= count <= 16 for count in blocks):
            bounds = {"least": 0, "most": stages, "low": 1, "high": 16}
            raise SettingError("setting.list", name="generator_blocks", **bounds, received=blocks)
        if self.generator_attention and (stages < 3 or self.generator_widths[2] < 2):
            widths = self.generator_widths
            raise SettingError("setting.attention", name="generator_widths", received=widths)
        for name, (low, high) in _RANGES.items():
            _check_range(name, getattr(self, name), low, high)
        if self.batch_size % 2:
            # Half of a batch is photos, half is composites.
            raise SettingError(
                "setting.multiple", name="batch_size", step=2, received=self.batch_size
            )
        if self.anchor_share + self.warmup_share > 1.0:
            shares = self.anchor_share, self.warmup_share
            raise SettingError("setting.shares", received=shares)

    @property
    def stride(self):
        """Sides of a picture at the networks must be multiples of this, in pixels."""
        if self.architecture == "article":
            return 4
        return 2 ** max(len(self.generator_widths), len(self.discriminator_widths))

    def to_dict(self):
        """Returns the settings as plain values that JSON can hold."""
        values = dataclasses.asdict(self)
        return {
            key: list(value) if isinstance(value, tuple) else value for key, value in values.items()
        }

    @classmethod
    def from_dict(cls, values):
        """Builds a Config from `to_dict`'s values.

        Args:
            values: dict of field names and values; lists may stand for tuples.

        Raises:
            ValueError: for an unknown name, a wrong type or a value outside its range.
        """
        fields = {field.name: field for field in dataclasses.fields(cls)}
        unknown = sorted(set(values) - set(fields))
        if unknown:
            raise SettingError("setting.unknown", received=unknown, allowed=sorted(fields))
        return cls(
            **{name: _coerce(name, value, fields[name].default) for name, value in values.items()}
        )


_ARTICLE_STAGES = {"generator_widths": 3, "discriminator_widths": 2}

_RANGES = {
    "anchor_share": (0.0, 1.0),
    "warmup_share": (0.0, 1.0),
    "generator_attention": (0, 1),
    "generator_mixture": (0, 1),
    "relabel_from": (0.0, 1.0),
    "batch_size": (2, 512),
    "seed": (0, 2**31 - 1),
    "discriminator_steps": (0, 64),
    "generator_steps": (1, 64),
    "armijo": (1e-6, 0.5),
    "maximum_step": (1e-6, 1.0),
    "average_decay": (0.0, 0.99999),
    "learning_rate": (1e-7, 1.0),
    "discriminator_learning_rate": (1e-7, 1.0),
    "adversarial_weight": (0.0, 100.0),
    "score_map_weight": (0.0, 1.0),
    "ranking_weight": (0.0, 100.0),
    "anchor_weight": (0.0, 100.0),
    "anchor_floor": (0.0, 1.0),
    "self_training_weight": (0.0, 100.0),
    "overlap_share": (0.0, 1.0),
    "supervised_weight": (0.0, 100.0),
    "area_weight": (0.0, 100.0),
    "area_minimum": (0.0, 1.0),
    "area_maximum": (0.0, 1.0),
    "binary_weight": (0.0, 100.0),
}

PRESETS = {
    "base": {},
    "small": {
        "size": 64,
        "inference_size": 64,
        "prior": "barrier",
        "generator_widths": (24, 32, 48, 64),
        "discriminator_widths": (24, 32, 48),
        "anchor_share": 0.8,
        "relabel_from": 0.4,
        "composites": "region",
        "average_decay": 0.98,
        "learning_rate": 1e-2,
        "self_training_weight": 1.0,
        "overlap_share": 0.5,
    },
    "article": {
        "size": 64,
        "inference_size": 64,
        "prior": "barrier",
        "architecture": "article",
        "generator_widths": (128, 64, 3),
        "discriminator_widths": (128, 128),
        "batch_size": 32,
        "score_map_weight": 0.0,
        "average_decay": 0.98,
    },
}


def preset(name, **changes):
    """Returns a preset's Config with some settings changed.

    Args:
        name: "small" (64 px, trains live on two cores), "base" (what ships) or "article".
        **changes: settings by name.

    Raises:
        ValueError: for an unknown preset or a setting that is not allowed.
    """
    if name not in PRESETS:
        raise SettingError("setting.choice", name="preset", allowed=list(PRESETS), received=name)
    return Config.from_dict({"preset": name, **PRESETS[name], **changes})


def new_course(config, **changes):
    """Returns the settings of a run that begins from trained weights.

    The networks, the pictures' sides and the teacher are those of the weights; the course is that
    of their preset, whatever course they went through: they may come from a run of D alone.

    Args:
        config: the Config that the weights were saved with.
        **changes: settings by name.

    Raises:
        ValueError: for an unknown preset or a setting that is not allowed.
    """
    kept = {name: getattr(config, name) for name in _OF_WEIGHTS}
    return preset(config.preset, **{**kept, **changes})


_OF_WEIGHTS = (
    "size",
    "inference_size",
    "prior",
    "architecture",
    "generator_widths",
    "generator_blocks",
    "generator_attention",
    "generator_mixture",
    "discriminator_widths",
)


def _check_choice(name, value, allowed):
    if value not in allowed:
        raise SettingError("setting.choice", name=name, allowed=allowed, received=value)


def _check_range(name, value, low, high):
    if not low <= value <= high:
        raise SettingError("setting.number", name=name, low=low, high=high, received=value)


def _coerce(name, value, default):
    """Gives a value, perhaps from JSON or a command line, the type of its default."""
    try:
        if isinstance(default, tuple):
            parts = value.split(",") if isinstance(value, str) else value
            return tuple(int(part) for part in parts)
        if isinstance(default, int) and float(value) != int(float(value)):
            raise ValueError
        return type(default)(float(value)) if isinstance(default, int) else type(default)(value)
    except (TypeError, ValueError, OverflowError):
        raise SettingError("setting.text", name=name, received=value) from None
