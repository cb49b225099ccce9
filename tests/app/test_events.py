from collections import Counter

from gecat.app.page import build


def test_of_what_one_event_calls_one_action_at_most_waits_for_its_turn(tmp_path):
    config = build(tmp_path).get_config_file()
    named = {part["id"]: part["props"].get("elem_id") for part in config["components"]}
    waiting = Counter(
        target
        for called in config["dependencies"]
        if called["backend_fn"] and called["trigger_mode"] == "always_last"
        for target in map(tuple, called["targets"])
        if target[0] is not None  # of a chain each begins by itself
    )
    assert {named[part] for (part, _), count in waiting.items() if count > 1} == set()
