import json

from gecat.app.explore.critic import UNSPOILED, CriticActions
from gecat.i18n import words

ENGLISH = words("en").explore


def test_without_a_photo_it_waits(explorer, small_weights):
    judged = CriticActions(explorer, small_weights).judge(None, **UNSPOILED)
    assert ENGLISH.to_come in judged["score"]


def test_the_sliders_spoil_the_mask_and_the_critic_is_asked(explorer, ticket, photo, small_weights):
    actions = CriticActions(explorer, small_weights)
    judged = actions.judge(ticket, **UNSPOILED)
    assert f"{photo.score:.0%}" in judged["score"]
    assert ENGLISH.scale_missing in judged["score"]
    assert judged["scale"] == ""
    assert ENGLISH.map_figure[0] in judged["doubts"]
    half = actions.judge(ticket, **{**UNSPOILED, "start": "all", "lost": 50})
    assert half["doubts"] != judged["doubts"]
    moved = actions.judge(ticket, **{**UNSPOILED, "grown": 5, "right": 10})
    assert moved["mask"] != judged["mask"]


def test_a_number_that_is_being_written_changes_nothing(explorer, ticket, small_weights):
    actions = CriticActions(explorer, small_weights)
    assert actions.judge(ticket, **{**UNSPOILED, "right": None}) == {}


def test_the_scale_is_drawn_where_it_lies_beside_the_weights(explorer, ticket, tmp_path):
    scores = {"true": [0.9, 0.8], "spoiled": [0.2, 0.3], "own": [0.5, 0.6], "own_iou": [0.6, 0.7]}
    (tmp_path / "w.scale.json").write_text(json.dumps(scores))
    actions = CriticActions(explorer, tmp_path / "w.safetensors")
    judged = actions.judge(ticket, **UNSPOILED)
    assert "IoU of 0.6" in judged["score"]
    assert "spoiled masks" in judged["scale"]
