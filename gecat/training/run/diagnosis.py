"""What is going on in a run, as one word that an interface can put in a sentence."""

TOLD_SECONDS = 15.0  # of learning for which a break is spoken of
WINNING = 0.5  # from here on, what separates D's scores of fitting and of wrong masks is a victory
EVEN = 0.08  # below it, D can hardly tell them apart
STILL = 0.002  # mean change of the fixed photos' masks between two looks
LOOKS = 3  # in a row that must be still


def diagnose(history):
    """Says what is going on.

    Args:
        history: a `history.History` that has been read.

    Returns:
        (word, dict of what the sentence needs): "preparing", "anchor", "warm-up", "collapse",
        "nan", "critic_wins", "generator_wins", "settled" or "balanced".
    """
    if not history.cycles:
        return "preparing", {}
    latest = history.breaks[-1] if history.breaks else None
    if latest and history.seconds[-1] - latest.seconds < TOLD_SECONDS:
        return latest.fault, {"cycle": latest.healed_from, "area": latest.area or 0.0}
    stage = history.last["stage"]
    if stage != "adversarial":
        return stage, {}
    drifts = _known(history.curves["drift"])[-LOOKS:]
    if len(drifts) == LOOKS and max(drifts) < STILL:
        return "settled", {}
    gap = score_gap(history.recent)
    if gap is None:
        return "balanced", {}
    if gap > WINNING:
        return "critic_wins", {"gap": gap}
    return ("generator_wins" if gap < EVEN else "balanced"), {"gap": gap}


def score_gap(figures):
    """What D's scores of fitting masks are above those of wrong ones, over some cycles.

    Args:
        figures: dicts of figures, one a cycle.

    Returns:
        float in [-1, 1], or None where D has not learned in any of them.
    """
    pairs = [
        (row["discriminator_score_real"], row["discriminator_score_wrong"])
        for row in figures
        if row.get("discriminator_score_real") is not None
        and row.get("discriminator_score_wrong") is not None
    ]
    return sum(real - wrong for real, wrong in pairs) / len(pairs) if pairs else None


def _known(values):
    # Only the end matters, however long the run is.
    return [value for value in values[-1000:] if value is not None]
