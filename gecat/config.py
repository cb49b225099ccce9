"""Every setting in one place: its default, bounds and choices, and whether a visitor may steer it.

`Config` holds the settings of one model and of its training. What a setting may be stands on its
field, and a wrong one is refused with a SettingError, whoever gave it: a file, the command line, a
page. Nothing here needs TensorFlow.
"""

import reprlib
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from gecat.errors import SettingError

RETIRED = ("maximum_step",)  # settings of files from before 2026-11-28
SHOWN = 40  # characters of a refused value that are told


def _setting(default: Any, description: str, *, steerable: bool = False, **bounds: Any) -> Any:
    """A field of Config; `steerable` is whether a visitor of the page may set it."""
    return Field(
        default, description=description, json_schema_extra={"steerable": steerable}, **bounds
    )


def _parts(value):
    """The parts of a text; what is no text stays as it is."""
    return [part for part in value.split(",") if part] if isinstance(value, str) else value


Share = Annotated[float, Field(ge=0.0, le=1.0)]
Weight = Annotated[float, Field(ge=0.0, le=100.0)]
Rate = Annotated[float, Field(ge=1e-7, le=1.0)]
Side = Annotated[int, Field(ge=4, le=1024)]
Width = Annotated[int, Field(ge=1, le=1024)]
Blocks = Annotated[int, Field(ge=1, le=16)]
# Of each stage; the command line gives them as "16,32,64".
Widths = Annotated[tuple[Width, ...], Field(min_length=2, max_length=6), BeforeValidator(_parts)]
Stages = Annotated[tuple[Blocks, ...], Field(max_length=5), BeforeValidator(_parts)]


class Config(BaseModel):
    """The settings of one model and of its training; a value that is never changed.

    What an architecture asks of them beyond that, `model.registry.check` knows.

    Raises:
        SettingError: where a value is not allowed; the message names the setting, what is allowed
            and what was received.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    preset: str = _setting("base", "what the other settings began from: one of PRESETS")

    # The pictures.
    size: Side = _setting(160, "side of a training picture, pixels", steerable=True)
    photo_size: int = _setting(
        0, "side of the photos that crops are cut from, pixels; 0 = size", ge=0, le=512
    )
    inference_size: Side = _setting(256, "longer side of a photo at prediction, pixels")
    prior: Literal["barrier", "texture", "agreement"] = _setting(
        "agreement", "the label-free teacher of each photo alone"
    )

    # The networks.
    # Each is a file of gecat/model.
    architecture: Literal["unet", "article"] = _setting("unet", "the kind of both networks")
    generator_widths: Widths = _setting(
        (16, 32, 64, 128, 192),
        "channels of each encoder stage, from half of the resolution downwards",
        steerable=True,
    )
    generator_blocks: Stages = _setting((), "residual blocks from 1/4 downwards; 1 if not given")
    generator_attention: bool = _setting(
        False, "at 1/8 of the resolution every pixel looks at its likes"
    )
    generator_mixture: bool = _setting(False, "the head compares the colours of object and ground")
    # Where they begin as the generator's do, the discriminator starts from what those have learned.
    discriminator_widths: Widths = _setting(
        (16, 32, 64, 128), "as of the generator's encoder", steerable=True
    )

    # The course of a run, as shares of its budget; the rest is gradient epochs.
    pretraining_share: Share = _setting(
        0.0, "the encoder alone learns to tell object and ground of each photo from all others"
    )
    anchor_share: Share = _setting(
        0.6, "the generator learns from its teachers, the discriminator rests", steerable=True
    )
    warmup_share: Share = _setting(
        0.1, "the discriminator learns on spoiled masks, the generator rests", steerable=True
    )
    relabel_from: Share = _setting(
        1.0, "from here on the generator's moving average labels the photos; 1 = never"
    )
    renew_from: Share = _setting(
        1.0, "from here on it labels all photos anew, with GrabCut beside it; 1 = never"
    )
    renew_until: Share = _setting(1.0, "from here on no such round begins")
    pretraining_size: Side = _setting(160, "side of the encoder's views, pixels")
    pretraining_batch: int = _setting(512, "the encoder's views a step", ge=2, le=4096)
    composites: Literal["object", "region"] = _setting(
        "object", "what is pasted: an object, or a region of any outline"
    )
    composite_share: float = _setting(
        0.5, "of a batch, the pictures that something is pasted into", ge=0.0, le=0.5
    )
    crop_smallest: float = _setting(
        0.75, "least usual side of a crop, as a share of the photo's", ge=0.1, le=1.0
    )
    crop_largest: float = _setting(
        1.0, "largest side of a crop; beyond 1 the photo's border goes on", ge=1.0, le=2.0
    )
    recolouring: float = _setting(
        1.0, "how far light and colours go, in units of what ships", ge=0.0, le=2.0
    )
    painted_over: Share = _setting(0.0, "of the pictures, those that lose a rectangle")
    batch_size: int = _setting(
        16, "pictures a step, photos and composites", ge=2, le=512, multiple_of=2, steerable=True
    )
    seed: int = _setting(0, "of every random draw", ge=0, le=2**31 - 1, steerable=True)

    # The gradient epoch.
    update_rule: Literal["conjugate", "adam"] = _setting(
        "conjugate", "how the generator steps; adam is the plain rival", steerable=True
    )
    discriminator_steps: int = _setting(2, "of a cycle", ge=0, le=64, steerable=True)
    generator_steps: int = _setting(
        4, "K, all on one frozen batch and one frozen discriminator", ge=1, le=64, steerable=True
    )
    frozen_batches: int = _setting(
        1, "of which the generator's frozen batch of a cycle is made", ge=1, le=16
    )
    first_radius: float = _setting(
        1e-3,
        "how far a network may go at first, as a share of its weights' length; tried up to 0.03",
        ge=1e-7,
        le=1.0,
        steerable=True,
    )
    extrapolation: float = _setting(
        1.0, "how far ahead each network sees the other, in moves of its last cycle", ge=0, le=4
    )
    radius_tried: bool = _setting(True, "whether the first radius is tried before it counts")
    radius_grows: bool = _setting(True, "whether it grows with the way that a network has come")
    anneal: bool = _setting(True, "whether steps shorten evenly to nothing as the budget ends")
    beta_rule: Literal["FR", "PR+", "HS", "DY", "HZ"] = _setting(
        "PR+", "how much of the last direction is kept", steerable=True
    )
    preconditioner: Literal["second_moment", "identity"] = _setting(
        "second_moment", "what the gradient is scaled by", steerable=True
    )
    armijo: float = _setting(
        0.1, "least share of the decrease that the slope promises", ge=1e-6, le=0.5
    )
    average_decay: float = _setting(
        0.998, "of the moving average that predicts, per generator step", ge=0.0, le=0.99999
    )
    learning_rate: Rate = _setting(
        1e-3, "Adam's: the anchored start and the plain rival", steerable=True
    )
    discriminator_learning_rate: Rate = _setting(1e-3, "Adam's, of the discriminator")
    weight_decay: Share = _setting(0.0, "of kernels, in units of Adam's learning rate")

    # The terms of the losses; a weight of 0 leaves the term out.
    adversarial_weight: Weight = _setting(0.2, "of the discriminator's verdict", steerable=True)
    gradient_penalty: Weight = _setting(
        0.0, "R1: of the discriminator's steepness about real masks, by their pixels"
    )
    judged_every: int = _setting(
        1, "of so many pictures of a batch the discriminator judges one", ge=1, le=8
    )
    score_map_weight: Share = _setting(
        0.5, "of the adversarial term, the part judged pixel by pixel"
    )
    ranking_weight: Weight = _setting(
        1.0, "of the discriminator's loss, the order of its two verdicts"
    )
    anchor_weight: Weight = _setting(1.0, "of the pseudo-masks", steerable=True)
    anchor_floor: Share = _setting(0.5, "what is left of the anchor's weight at the end of the run")
    self_training_weight: Weight = _setting(0.3, "of the composites' exact masks", steerable=True)
    overlap_share: Share = _setting(
        0.1, "of the fit to a target, the part that is overlap, not entropy"
    )
    supervised_weight: Weight = _setting(1.0, "where a photo comes with a mask of its own")
    area_weight: Weight = _setting(1.0, "against masks that are too small or large", steerable=True)
    area_minimum: Share = _setting(0.01, "share of the picture below which a mask is too small")
    area_maximum: Share = _setting(0.85, "share of the picture above which a mask is too large")
    binary_weight: Weight = _setting(0.02, "against masks that are undecided", steerable=True)

    def __init__(self, **values: Any) -> None:
        try:
            super().__init__(**values)
        except ValidationError as refused:
            first = refused.errors()[0]
            # What was raised below is told as it is; the rest gets words of ours.
            own = first.get("ctx", {}).get("error")
            raise own or _fault(first["loc"][0], first["type"], values) from None

    @model_validator(mode="after")
    def _fit_together(self) -> Self:
        deeper = len(self.generator_widths) - 1
        if len(self.generator_blocks) > deeper:
            allowed = {**_allowed("generator_blocks"), "most": deeper}
            raise refuse("list", "generator_blocks", self.generator_blocks, **allowed)
        if self.generator_attention and (deeper < 3 or self.generator_widths[2] < 2):
            raise refuse("attention", "generator_widths", self.generator_widths)
        shares = [self.pretraining_share, self.anchor_share, self.warmup_share]
        if sum(shares) > 1.0:
            raise SettingError("setting.shares", received=shares)
        return self

    @property
    def kept_size(self) -> int:
        """Side at which photos are kept in memory, pixels."""
        return self.photo_size or self.size

    def replace(self, **changes: Any) -> "Config":
        """Returns these settings with some of them changed.

        Raises:
            SettingError: for a setting that is not allowed.
        """
        return Config(**{**dict(self), **changes})

    def to_dict(self) -> dict[str, Any]:
        """Returns the settings as plain values that JSON can hold."""
        return self.model_dump(mode="json")

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> "Config":
        """Builds a Config from `to_dict`'s values.

        Args:
            values: dict of field names and values; lists may stand for tuples, texts for numbers;
                settings that no longer exist are passed over.

        Raises:
            SettingError: for an unknown name, a wrong type or a value that is not allowed.
        """
        return cls(**{name: value for name, value in values.items() if name not in RETIRED})


PRESETS = {
    "base": {},
    "small": {
        "size": 64,
        "inference_size": 64,
        "prior": "barrier",
        "generator_widths": (24, 32, 48, 64),
        "discriminator_widths": (24, 32, 48),
        "anchor_share": 0.56,
        "warmup_share": 0.02,
        "anchor_floor": 1.0,
        "relabel_from": 0.4,
        "composites": "region",
        "average_decay": 0.98,
        "learning_rate": 1e-2,
        "self_training_weight": 1.0,
        "overlap_share": 0.5,
        "discriminator_steps": 1,
        "adversarial_weight": 0.15,
        "judged_every": 2,
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


def preset(name: str, **changes: Any) -> Config:
    """Returns a preset's Config with some settings changed.

    Args:
        name: "small" (64 px, trains live on two cores), "base" (what ships) or "article".
        **changes: settings by name.

    Raises:
        SettingError: for an unknown preset or a setting that is not allowed.
    """
    if name not in list(PRESETS):
        raise refuse("choice", "preset", name, allowed=list(PRESETS))
    return Config(**{"preset": name, **PRESETS[name], **changes})


def new_course(config: Config, **changes: Any) -> Config:
    """Returns the settings of a run that begins from trained weights.

    The networks, the pictures' sides and the teacher are those of the weights; the course is that
    of their preset, whatever course they went through: they may come from a run of D alone.

    Args:
        config: the Config that the weights were saved with.
        **changes: settings by name.

    Raises:
        SettingError: for an unknown preset or a setting that is not allowed.
    """
    kept = {name: getattr(config, name) for name in _OF_WEIGHTS}
    return preset(config.preset, **{**kept, **changes})


def refuse(code: str, name: str, received: Any, **allowed: Any) -> SettingError:
    """Returns the SettingError for a value; what was received is shown in short.

    Args:
        code: of the sentence, without "setting."; name: the setting's.
        received: its value; **allowed: what may be, as the sentence takes it.
    """
    return SettingError(f"setting.{code}", name=name, received=_short(received), **allowed)


# What each setting may be, as JSON schema has it: "type", "minimum", "maximum", "enum",
# "default", "description" and "steerable".
SETTINGS: dict[str, dict[str, Any]] = Config.model_json_schema()["properties"]

STEERABLE = frozenset(name for name, facts in SETTINGS.items() if facts["steerable"])


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


def _fault(name, fault, values):
    """The SettingError for what pydantic refused: its kind of fault, and all values given."""
    if name not in SETTINGS:
        return SettingError("setting.unknown", allowed=sorted(SETTINGS), received=_short(name))
    facts = SETTINGS[name]
    code = "choice" if "enum" in facts else _CODES[facts["type"]]
    if fault == "multiple_of":
        return refuse("multiple", name, values[name], step=facts["multipleOf"])
    return refuse(code, name, values[name], **_allowed(name))


_CODES = {
    "boolean": "yes_or_no",
    "integer": "whole",
    "number": "number",
    "array": "list",
    "string": "text",
}


def _allowed(name):
    """What a setting may be, as the sentences of a SettingError take it."""
    facts = SETTINGS[name]
    if "enum" in facts:
        return {"allowed": facts["enum"]}
    if facts["type"] == "array":
        counts = {"least": facts.get("minItems", 0), "most": facts["maxItems"]}
        return {**counts, "low": facts["items"]["minimum"], "high": facts["items"]["maximum"]}
    return {"low": facts["minimum"], "high": facts["maximum"]} if "minimum" in facts else {}


def _short(value):
    value = list(value) if isinstance(value, tuple) else value
    text = value if isinstance(value, str) else reprlib.repr(value)
    return text if len(text) <= SHOWN else text[:SHOWN] + "..."
