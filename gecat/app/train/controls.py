"""What a visitor may do with a run, by its state."""


def possible(state):
    """Returns which of "pause", "resume" and "stop" make sense, a dict of bools.

    Args:
        state: as `Jobs.state` tells it, or "" for no run.
    """
    return {
        "pause": state == "running",
        "resume": state in ("paused", "stopped", "interrupted", "failed"),
        "stop": state in ("queued", "running", "paused"),
    }
