"""Who looks: a visitor is known by a key that lies in the browser, `{"key": ..., "run": ...}`."""


def key_of(visitor):
    """Returns the key that a browser sent, or None."""
    return visitor.get("key") if isinstance(visitor, dict) else None
