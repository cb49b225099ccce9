"""An animated picture of the two networks: whoever learns right now is lit."""

BOTH, GENERATOR, CRITIC = "both", "generator", "discriminator"
OF_STAGE = {"anchor": GENERATOR, "warm-up": CRITIC, "adversarial": BOTH}


def networks_html(learning, train, frozen=False):
    """Generator and critic, with what they hand each other.

    Args:
        learning: GENERATOR or CRITIC, BOTH where they take quick turns, or None.
        train: the words of the tab.
        frozen: whether the critic stands still while the generator learns.

    Returns:
        HTML of an SVG, one line of text high.
    """
    generator, critic = train.lines.generator, train.lines.discriminator
    told = {GENERATOR: generator, CRITIC: critic}.get(learning, f"{generator}, {critic}")
    return (
        f'<svg class="networks{" frozen" if frozen else ""}" data-learning="{learning or ""}" '
        f'viewBox="0 0 300 44" role="img" aria-label="{told}">'
        '<g class="generator"><path d="M2,2L62,10L122,2V42L62,34L2,42z"/>'
        f'<text x="62" y="26">{generator}</text></g>'
        '<path class="masks" d="M128,15H170m-6,-5l6,5l-6,5"/>'
        '<path class="verdicts" d="M172,30H130m6,-5l-6,5l6,5"/>'
        '<g class="critic"><path d="M178,2L298,12V32L178,42z"/>'
        f'<text x="236" y="26">{critic}</text></g></svg>'
    )
