"""One gradient epoch on the weights in use: what G walks over, and what stands still."""

import functools

import gradio as gr

from gecat.app.explore.charts import gradient_angles, line_search, plane
from gecat.app.explore.subject import reference_photos, waiting_html
from gecat.app.ui.errors import told
from gecat.app.ui.events import NETWORK, PRIVATE
from gecat.app.ui.figures import chart_figure

SIDE = 96  # of the pictures of the batch, pixels: small, so that it takes seconds
BATCH = 8
PROGRESS = gr.Progress()


def title(explore):
    """The view's name."""
    return explore.cycle


def build(explorer, ticket, weights):
    """Builds the view inside the open tab.

    Args:
        explorer: an Explorer; ticket: the gr.State of the photo's ticket; weights: not used.
    """
    view = CycleView(explorer)
    explore = explorer.explore
    gr.Markdown(explore.cycle_intro)
    start = gr.Button(explore.cycle_run, variant="primary", elem_id="cycle-run")
    with gr.Row():
        with gr.Column(min_width=280):
            line = gr.HTML(elem_id="cycle-line", min_height=60)
            turns = gr.HTML(elem_id="cycle-angles")
        with gr.Column(min_width=280):
            ground = gr.HTML(elem_id="cycle-plane", min_height=60)
            prints = gr.HTML(elem_id="fingerprints")
    start.click(
        view.run,
        [ticket],
        [prints, line, ground, turns],
        show_progress_on=[line],
        **NETWORK,
        **PRIVATE,
    )


class CycleView:
    """The view's actions.

    Args:
        explorer: an Explorer.
    """

    def __init__(self, explorer):
        self.explorer, self.words, self.explore = explorer, explorer.words, explorer.explore

    @functools.cached_property
    def engine(self):
        """The engine of a training, begun from the weights in use, and its State."""
        from gecat.training.epoch import Engine

        models = self.explorer.networks().networks.models
        engine = Engine(models.config)
        return engine, engine.load_start(models.generator, models.discriminator)

    @functools.cached_property
    def references(self):
        """The other photos of the batch, and their pseudo-masks."""
        from gecat.images.scenes import draw_scenes

        photos = reference_photos()
        scenes, _ = draw_scenes(BATCH - 1 - len(photos), 192, seed=1)
        return [*photos, *scenes]

    @told
    def run(self, ticket, progress=PROGRESS):
        """Runs one cycle and shows what it walked over.

        Returns:
            the fingerprints, and the figures of the line, of the plane and of the angles.
        """
        from gecat.inspection.landscape import tell_cycle

        subject = self.explorer.subject(ticket)
        if subject is None:
            return waiting_html(self.explore), "", "", ""
        progress(0)
        engine, state = self.engine
        batch = make_batch([subject.image, *self.references], self._side(), engine.config.prior)
        story = tell_cycle(engine, state, batch, progress)
        return (
            fingerprints_html(story, self.explore),
            self._line(story),
            self._plane(story),
            self._angles(story),
        )

    def _side(self):
        # The article's discriminator ends in Flatten and takes one size only.
        config = self.engine[0].config
        return config.size if config.architecture == "article" else SIDE

    def _line(self, story):
        heading, how = self.explore.line_figure
        conjugate, steepest = story.conjugate, story.steepest
        return chart_figure(
            "cycle-line",
            heading.format(step=story.step + 1),
            how,
            self.explore,
            line_search(conjugate, steepest, story.least, story.accepted),
            {
                "distance": conjugate.distance,
                "conjugate": conjugate.loss,
                "steepest": steepest.loss,
                "armijo": conjugate.armijo(story.least),
                "accepted distance": [story.accepted[0]],
                "accepted loss": [story.accepted[1]],
            },
            self.explore.chart,
        )

    def _plane(self, story):
        cut = story.plane
        columns = {
            "x": [x for _ in cut.y for x in cut.x],
            "y": [y for y in cut.y for _ in cut.x],
            "loss": cut.loss.ravel(),
            "path x": cut.path[:, 0],
            "path y": cut.path[:, 1],
            "path loss": cut.path_loss,
        }
        return chart_figure(
            "cycle-plane",
            *self.explore.plane_figure,
            self.explore,
            plane(cut),
            columns,
            self.explore.chart,
        )

    def _angles(self, story):
        columns = {"after step": list(range(1, len(story.angles) + 1)), "degrees": story.angles}
        return chart_figure(
            "cycle-angles",
            *self.explore.angles_figure,
            self.explore,
            gradient_angles(story.angles),
            columns,
            self.explore.chart,
        )


def make_batch(photos, side, prior):
    """A batch as a training draws it, of photos without masks.

    Args:
        photos: uint8 (h, w, 3) each.
        side: of the square that each becomes, in pixels.
        prior: which label-free teachers are asked; see `images.prior.pseudo_mask`.

    Returns:
        dict of uint8 arrays "image" (N, S, S, 3), "prior" and "mask" (N, S, S, 1), and bool
        "has_mask" (N,).
    """
    import cv2
    import numpy as np

    from gecat.images.pseudo_masks import pseudo_mask
    from gecat.images.sizes import shrink

    size = (side, side)
    images = [cv2.resize(photo, size, interpolation=cv2.INTER_AREA) for photo in photos]
    masks = [pseudo_mask(shrink(photo, 192), prior) for photo in photos]
    priors = [cv2.resize(mask, size, interpolation=cv2.INTER_AREA) for mask in masks]
    return {
        "image": np.stack(images),
        "prior": np.rint(np.stack(priors)[..., None] * 255).astype(np.uint8),
        "mask": np.zeros((len(photos), side, side, 1), np.uint8),
        "has_mask": np.zeros(len(photos), bool),
    }


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
