"""Draws the duel between a visitor's mask and the generator's."""

from gecat.app.explore.views.charts import score_steps
from gecat.app.explore.views.critic import doubt_figure
from gecat.app.ui.figures import chart_figure
from gecat.images.sizes import resized, shrink
from gecat.inference.cutout import overlay

EVEN = 0.005  # scores nearer than this are a draw
STEP_SIDE = 320  # longer side of the picture of a step, pixels


def duel_html(theirs, yours, explore):
    """Both scores side by side, and who won."""
    if abs(theirs - yours) < EVEN:
        sentence = explore.duel_even
    else:
        sentence = explore.duel_won if yours > theirs else explore.duel_lost
    sides = "".join(
        f'<div><span>{label}</span><b>{score:.1%}</b><div class="meter">'
        f'<i style="width: {score:.1%}"></i></div></div>'
        for label, score in ((explore.generator_score, theirs), (explore.your_score, yours))
    )
    return f'<div class="duel"><p>{sentence}</p>{sides}</div>'


def doubt_figures(photo, score_map, explore):
    """Where the critic doubts the generator's mask, and where the visitor's."""
    _, how = explore.map_figure
    _, their_map = photo.binary_judgement
    return (
        doubt_figure(photo, "generator-map", (explore.generator_map, how), their_map, explore),
        doubt_figure(photo, "your-map", (explore.your_map, how), score_map, explore),
    )


def improvement_pictures(photo, attempts, explore):
    """The mask after each step, on the photo: [(picture, caption)].

    Args:
        photo: an InspectedPhoto.
        attempts: of `inspection.improvement.improve`.
        explore: the language of the page.
    """
    small = shrink(photo.image, STEP_SIDE)
    pictures = []
    for step, attempt in enumerate(attempts):
        caption = explore.improve_step.format(step=step, score=f"{attempt.score:.0%}")
        pictures.append((overlay(small, resized(attempt.mask, *small.shape[:2])), caption))
    return pictures


def improvement_figure(photo, attempts, explore):
    """The score after each step, beside the generator's."""
    scores = [attempt.score for attempt in attempts]
    theirs, _ = photo.binary_judgement
    return chart_figure(
        f"{photo.name}-improve",
        *explore.improve_figure,
        explore,
        score_steps(scores, theirs),
        {"step": list(range(len(scores))), "score": scores, "generator": [theirs]},
        explore.chart,
    )
