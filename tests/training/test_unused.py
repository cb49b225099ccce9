"""A setting that a run would never look at is refused."""

import pytest

from gecat.config import preset
from gecat.training.train import train
from gecat.training.unused import unused_settings


@pytest.mark.parametrize(
    ("course", "unused", "used"),
    [
        ({}, "pretraining_size", "beta_rule"),
        ({"pretraining_share": 0.1, "anchor_share": 0.5}, "renew_until", "pretraining_size"),
        ({"update_rule": "adam"}, "beta_rule", "adversarial_weight"),
        ({"anchor_share": 0.9, "warmup_share": 0.1}, "adversarial_weight", "ranking_weight"),
        ({"anchor_share": 1.0, "warmup_share": 0.0}, "discriminator_steps", "average_decay"),
        ({"anchor_share": 0.0, "warmup_share": 1.0}, "average_decay", "discriminator_steps"),
        ({"anchor_share": 0.0, "warmup_share": 0.1}, "learning_rate", "average_decay"),
        ({"renew_from": 0.1}, "pretraining_batch", "renew_until"),
        ({"composite_share": 0.0}, "composites", "batch_size"),
    ],
)
def test_what_a_course_never_looks_at(course, unused, used):
    found = unused_settings(preset("small", **course))
    assert unused in found and used not in found


def test_a_run_refuses_what_it_would_ignore(tmp_path):
    alone = {"anchor_share": 0.0, "warmup_share": 1.0, "average_decay": 0.5, "beta_rule": "PR+"}
    with pytest.raises(ValueError, match="never looks at average_decay:"):
        train("scenes", tmp_path / "run", cycles=1, limit=8, changes=alone)
    assert not (tmp_path / "run").exists()
