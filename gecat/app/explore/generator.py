"""Inside the generator: every stage from the photo to the mask, and what decides a pixel."""

import gradio as gr
import numpy as np

from gecat.app.explore.subject import waiting_html
from gecat.app.ui.errors import told
from gecat.app.ui.events import DRAWING, LIVE, NETWORK, PRIVATE
from gecat.app.ui.figures import PROBABILITY, SIGNED, Scale, lay_over, map_figure, paint
from gecat.images.sizes import shrink
from gecat.inspection.features import MAPS, lab_colours

THUMBNAIL = 160  # longer side, pixels
LAST_VIEWS = ("logits", "mask", "refined")
# What is to be read as it is, and its word.
WORDS = {"compare_ratio": "likeness", **{name: name for name in LAST_VIEWS}}


def title(explore):
    """The view's name."""
    return explore.generator


def build(explorer, ticket, weights):
    """Builds the view inside the open tab.

    Args:
        explorer: an Explorer; ticket: the gr.State of the photo's ticket; weights: not used.
    """
    view = GeneratorView(explorer)
    explore = explorer.explore
    gr.Markdown(explore.generator_intro)
    stage = gr.State(None)
    stages = gr.Gallery(
        label=explore.stages,
        show_label=False,
        columns=7,
        height="auto",
        object_fit="contain",
        allow_preview=False,
        interactive=False,
        buttons=[],
        elem_id="stages",
        elem_classes="snug",
    )
    with gr.Row():
        with gr.Column(min_width=280):
            figure = gr.HTML(waiting_html(explore), elem_id="stage", container=True)
        with gr.Column(min_width=280):
            photo = gr.Image(
                label=explore.click_here,
                interactive=False,
                height=260,
                format="jpeg",
                buttons=[],
                elem_id="occlusion-photo",
            )
            occlusion = gr.HTML(explore.occlusion_waiting, elem_id="occlusion", container=True)
    ticket.change(
        view.open,
        [ticket],
        [stages, figure, photo, occlusion],
        show_progress="hidden",
        **DRAWING,
        **PRIVATE,
    )
    stages.select(view.pick, None, [stage], show_progress="hidden", queue=False, **PRIVATE).then(
        view.show, [ticket, stage], [figure], **LIVE, **DRAWING, **PRIVATE
    )
    photo.select(
        view.occlude, [ticket], [occlusion], show_progress_on=[occlusion], **NETWORK, **PRIVATE
    )


class GeneratorView:
    """The view's actions.

    Args:
        explorer: an Explorer.
    """

    def __init__(self, explorer):
        self.explorer, self.words, self.explore = explorer, explorer.words, explorer.explore

    @told
    def open(self, ticket):
        """Shows a new photo: thumbnails of all stages, the mask large, and the photo to click."""
        subject = self.explorer.subject(ticket)
        if subject is None:
            return [], waiting_html(self.explore), None, self.explore.occlusion_waiting
        palettes = self.explorer.probe().palettes
        thumbnails = []
        for name in [*subject.features, *LAST_VIEWS]:
            if name in WORDS:
                values, scale = self._map(subject, name)
                picture = paint(shrink(values, THUMBNAIL), scale)
            else:
                picture = enlarge(palettes[name].colours(subject.features[name]))
            thumbnails.append((picture, self.name(name, subject)))
        figure = self._figure(subject, "mask")
        return thumbnails, figure, subject.image, self.explore.occlusion_waiting

    def pick(self, event: gr.SelectData):
        """Remembers which stage was clicked."""
        return event.index

    @told
    def show(self, ticket, index):
        """Draws the stage that was clicked."""
        subject = self.explorer.subject(ticket)
        if subject is None or index is None:
            return waiting_html(self.explore)
        names = [*subject.features, *LAST_VIEWS]
        return self._figure(subject, names[min(int(index), len(names) - 1)])

    @told
    def occlude(self, ticket, event: gr.SelectData):
        """Shows which parts of the photo decide the place that was clicked."""
        subject = self.explorer.subject(ticket)
        if subject is None:
            return self.explore.occlusion_waiting
        height, width = subject.image.shape[:2]
        x, y = event.index[0] / width, event.index[1] / height
        return self.occlusion_figure(subject, x, y)

    def occlusion_figure(self, subject, x, y):
        """The figure for a place, x and y in [0, 1]."""
        change = subject.occlusions.of_pixel(x, y)
        largest = max(float(np.abs(change).max()), 1e-3)
        scale = Scale(SIGNED, -largest, largest, self.explore.occlusion_scale)
        values = resize(change, subject.image.shape)
        opacity = 0.25 + 0.65 * np.abs(values) / largest
        picture = lay_over(subject.image, values, scale, np.clip(opacity, 0, 1))
        return map_figure(
            f"{subject.stem}-occlusion",
            *self.explore.occlusion_figure,
            self.explore,
            picture,
            values,
            scale,
            mark=(x, y),
        )

    def name(self, name, subject):
        """A stage's name in the page's language."""
        explore = self.explore
        if name in WORDS:
            return getattr(explore, WORDS[name])
        if name.startswith("bottleneck"):
            return explore.bottleneck
        kind = "decode" if name.startswith("decode") else ""
        same = [
            each
            for each in subject.features
            if each not in MAPS
            and not each.startswith("bottleneck")
            and each.startswith("decode") == bool(kind)
        ]
        return (explore.decoder if kind else explore.encoder).format(number=same.index(name) + 1)

    def _figure(self, subject, name):
        explore = self.explore
        file = f"{subject.stem}-{name.replace('_relu', '').replace('_mix', '')}"
        if name in WORDS:
            values, scale = self._map(subject, name)
            picture = paint(values, scale)
            caption = getattr(explore, f"{WORDS[name]}_figure")
            return map_figure(file, *caption, explore, picture, values, scale)
        features, palette = subject.features[name], self.explorer.probe().palettes[name]
        height, width, channels = features.shape
        heading, how = explore.stage_figure
        facts = {
            "stage": self.name(name, subject),
            "channels": channels,
            "width": width,
            "height": height,
            "explained": f"{palette.explained.sum():.0%}",
        }
        return map_figure(
            file,
            heading.format(**facts),
            how.format(**facts),
            explore,
            enlarge(palette.colours(features), 480),
            palette.components(features),
            component_scales(explore.stage_scale),
        )

    def _map(self, subject, name):
        signed = {"compare_ratio": self.explore.log_ratio, "logits": self.explore.logit}
        if name in signed:
            values = subject.features[name][..., 0] if name in MAPS else subject.logits
            largest = max(float(np.abs(values).max()), 1e-3)
            return values, Scale(SIGNED, -largest, largest, signed[name])
        values = subject.mask if name == "mask" else subject.refined
        return values, Scale(PROBABILITY, 0.0, 1.0, self.explore.probability)


def component_scales(labels):
    """What the colours of principal components mean: one ramp a component."""
    scales = []
    for index, label in enumerate(labels):
        parts = np.full((64, 3), 0.5)
        parts[:, index] = np.linspace(0, 1, 64)
        scales.append((label, lab_colours(parts)))
    return scales


def enlarge(picture, side=THUMBNAIL):
    """Repeats pixels until the longer side is about `side`: a stage's places stay to be seen."""
    times = max(1, side // max(picture.shape[:2]))
    return picture.repeat(times, axis=0).repeat(times, axis=1)


def resize(values, shape):
    """Interpolates a float map to (H, W, ...)."""
    import cv2

    return cv2.resize(values, (shape[1], shape[0]), interpolation=cv2.INTER_CUBIC)
