"""What was measured on many photos and in many trainings, from the JSON that the benches wrote."""

import functools
import json

from gecat.files import asset


@functools.cache
def published(bench):
    """What a bench found, as `options.publish` wrote it; None where it was never published.

    Args:
        bench: its name.

    Returns:
        dict: "command", "date", "machine", "rows", and what else the bench says of them.
    """
    path = asset("figures", f"{bench}.json")
    return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else None
