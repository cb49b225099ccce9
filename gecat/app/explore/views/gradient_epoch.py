"""Draws one gradient epoch: what the generator walked over, and what stood still."""

from gecat.app.explore.views.charts import gradient_angles, line_search, loss_plane
from gecat.app.ui.figures import chart_figure


def line_figure(story, explore):
    """The loss along two directions from one point.

    Args:
        story: a landscape.Story.
        explore: the language of the page.
    """
    heading, how = explore.line_figure
    how = how.format(least=f"{story.least:g}")
    conjugate, steepest = story.conjugate, story.steepest
    return chart_figure(
        "epoch-line",
        heading.format(step=story.step + 1),
        how,
        explore,
        line_search(conjugate, steepest, story.least, story.accepted),
        {
            "distance": conjugate.distance,
            "conjugate": conjugate.loss,
            "steepest": steepest.loss,
            "armijo": conjugate.armijo(story.least),
            "accepted distance": [story.accepted[0]],
            "accepted loss": [story.accepted[1]],
        },
        explore.chart,
    )


def plane_figure(story, explore):
    """The ground that the steps crossed."""
    plane = story.plane
    columns = {
        "x": [x for _ in plane.y for x in plane.x],
        "y": [y for y in plane.y for _ in plane.x],
        "loss": plane.loss.ravel(),
        "path x": plane.path[:, 0],
        "path y": plane.path[:, 1],
        "path loss": plane.path_loss,
    }
    return chart_figure(
        "epoch-plane", *explore.plane_figure, explore, loss_plane(plane), columns, explore.chart
    )


def angles_figure(story, explore):
    """How far each gradient turned from the last."""
    columns = {"after step": list(range(1, len(story.angles) + 1)), "degrees": story.angles}
    return chart_figure(
        "epoch-angles",
        *explore.angles_figure,
        explore,
        gradient_angles(story.angles),
        columns,
        explore.chart,
    )


def fingerprints_html(story, explore):
    """Both networks' fingerprints before and after, and whether they are the same."""
    rows = "".join(
        f"<tr><th>{name}</th><td>{explore.before} <code>{prints[0][:16]}…</code><br>"
        f"{explore.after} <code>{prints[1][:16]}…</code></td>"
        f"<td><b>{explore.same if prints[0] == prints[1] else explore.changed}</b></td></tr>"
        for name, prints in (
            (explore.the_critic, story.critic_prints),
            (explore.the_generator, story.generator_prints),
        )
    )
    return (
        f'<figure class="explained"><figcaption>{explore.fingerprint}</figcaption>'
        f'<table class="prints">{rows}</table>'
        f'<p class="how"><b>{explore.how_to_read}</b> {explore.fingerprint_how}</p></figure>'
    )
