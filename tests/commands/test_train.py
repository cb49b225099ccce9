"""`gecat train` as it is typed: what it survives, what it refuses."""

from dataclasses import replace

import numpy as np
import pytest

from gecat.__main__ import main
from gecat.training.cycle import Engine
from gecat.training.folder import read_stats

TINY = (
    "size=32", "generator_widths=4,8", "discriminator_widths=4,8", "batch_size=4",
    "generator_steps=1", "anchor_share=1", "warmup_share=0",
)  # fmt: skip


def words(folder, *more, settings=TINY):
    """The command that trains tiny networks on eight scenes."""
    chosen = [word for setting in settings for word in ("--set", setting)]
    return ["train", "--data", "scenes", "--limit", "8", "--run", str(folder), *chosen, *more]


@pytest.fixture
def breaks_in_its_third_lesson(monkeypatch):
    """Makes the generator's loss NaN, once."""
    taught, lessons = Engine.teach_generator, iter(range(1, 1000))

    def teach(self, *arguments):
        state, terms, records = taught(self, *arguments)
        if next(lessons) == 3:
            records = [replace(record, loss=np.nan) for record in records]
        return state, terms, records

    monkeypatch.setattr(Engine, "teach_generator", teach)


def test_a_break_before_anything_is_judged_is_healed(tmp_path, breaks_in_its_third_lesson):
    assert main(words(tmp_path / "run", "--cycles", "4")) == 0
    healed = [line.get("healed") for line in read_stats(tmp_path / "run")]
    assert healed == [None, None, "nan", None]
