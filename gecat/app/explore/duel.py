"""Beat the generator: paint a mask, and the critic says whose fits better."""

import gradio as gr
import numpy as np

from gecat.app.explore.charts import score_steps
from gecat.app.explore.critic import doubt_figure
from gecat.app.explore.subject import decided, waiting_html
from gecat.app.ui.errors import note_html, told
from gecat.app.ui.events import DRAWING, NETWORK, PRIVATE
from gecat.app.ui.figures import chart_figure
from gecat.app.ui.uploads import uploaded_path
from gecat.errors import UserError
from gecat.images.decoding import read_opacity
from gecat.images.reading import Limits
from gecat.images.sizes import shrink
from gecat.inference.cutout import overlay

COLOUR = (15, 118, 110)
PAINTED = 24  # opacity from which a pixel counts as painted, of 255
LAYER = Limits(max_bytes=2_000_000, max_pixels=4_000_000)
EVEN = 0.005  # scores nearer than this are a draw
STEPS = 6


def title(explore):
    """The view's name."""
    return explore.duel


def painted_layer(payload, blobs):
    """Where an editor's picture was painted.

    Gradio's own reader would open a picture of any size, so the editor hands its payload over raw.

    Args:
        payload: dict of a gr.ImageEditor, or None.
        blobs: the editor's `blob_storage`, where the browser's uploads wait.

    Returns:
        uint8 opacity (H, W), or None where there is no layer.

    Raises:
        ImageError: if the layer is too large, or no picture.
    """
    payload = payload or {}
    sent = blobs.pop(payload["id"], None) if payload.get("id") else None
    if sent is not None:
        layers = [layer for layer in sent.layers or [] if layer]
    else:
        layers = [uploaded_path(layer) for layer in payload.get("layers") or [] if layer]
    return read_opacity(layers[0], LAYER) if layers else None


def build(explorer, ticket, weights):
    """Builds the view inside the open tab.

    Args:
        explorer: an Explorer; ticket: the gr.State of the photo's ticket; weights: not used.
    """
    explore = explorer.explore
    gr.Markdown(explore.duel_intro)
    with gr.Row():
        with gr.Column(scale=4, min_width=280):
            canvas = gr.ImageEditor(
                label=explore.canvas,
                sources=[],
                transforms=[],
                layers=False,
                buttons=[],
                brush=gr.Brush(colors=["#0f766e"], color_mode="fixed", default_size=28),
                eraser=gr.Eraser(default_size=28),
                format="png",
                height=470,
                elem_id="canvas",
            )
            with gr.Row():
                take_mask = gr.Button(explore.take_mask, min_width=130, elem_id="take-mask")
                take_nothing = gr.Button(
                    explore.take_nothing, min_width=130, elem_id="take-nothing"
                )
            with gr.Row():
                ask = gr.Button(explore.ask, variant="primary", min_width=130, elem_id="ask")
                improve = gr.Button(explore.improve, min_width=130, elem_id="improve")
        with gr.Column(scale=5, min_width=280):
            verdict = gr.HTML(waiting_html(explore), elem_id="duel-verdict", container=True)
            with gr.Row():
                with gr.Column(min_width=220):
                    theirs = gr.HTML(elem_id="generator-map", min_height=40)
                with gr.Column(min_width=220):
                    yours = gr.HTML(elem_id="your-map", min_height=40)
    with gr.Row():
        with gr.Column(scale=5, min_width=280):
            gr.Markdown(f"#### {explore.improve_steps}")
            steps = gr.Gallery(
                label=explore.improve_steps,
                show_label=False,
                columns=4,
                height="auto",
                interactive=False,
                object_fit="contain",
                buttons=[],
                elem_id="improve-steps",
                elem_classes="snug",
            )
        with gr.Column(scale=4, min_width=280):
            chart = gr.HTML(elem_id="improve-chart", min_height=40)
    view = DuelView(explorer, canvas.blob_storage)
    results = [verdict, theirs, yours]
    for event in (ticket.change, take_nothing.click):
        event(
            view.empty,
            [ticket],
            [canvas, *results, steps, chart],
            show_progress="hidden",
            **DRAWING,
            **PRIVATE,
        )
    take_mask.click(
        view.generators, [ticket], [canvas], show_progress="hidden", **DRAWING, **PRIVATE
    )
    ask.click(
        view.ask,
        [ticket, canvas],
        results,
        preprocess=False,
        show_progress_on=[verdict],
        **NETWORK,
        **PRIVATE,
    )
    improve.click(
        view.improve,
        [ticket, canvas],
        [steps, chart, *results],
        preprocess=False,
        show_progress_on=[steps],
        **NETWORK,
        **PRIVATE,
    )


class DuelView:
    """The view's actions.

    Args:
        explorer: an Explorer.
        blobs: the editor's `blob_storage`.
    """

    def __init__(self, explorer, blobs):
        self.explorer, self.words, self.explore = explorer, explorer.words, explorer.explore
        self._blobs = blobs

    @told
    def empty(self, ticket):
        """An empty canvas on the photo, and no results."""
        subject = self.explorer.subject(ticket)
        if subject is None:
            return None, waiting_html(self.explore), "", "", [], ""
        return fresh_canvas(subject.image), note_html(self.explore.duel_waiting), "", "", [], ""

    @told
    def generators(self, ticket):
        """The canvas with the generator's mask painted on it."""
        subject = self.explorer.subject(ticket)
        if subject is None:
            return None
        layer = np.zeros((*subject.mask.shape, 4), np.uint8)
        layer[subject.mask > 0.5] = (*COLOUR, 170)
        return fresh_canvas(subject.image, layer)

    @told
    def ask(self, ticket, painted):
        """Both masks' scores, the better one named, and both score maps."""
        subject = self.explorer.subject(ticket)
        if subject is None:
            return waiting_html(self.explore), "", ""
        mask = self._mask(subject, painted)
        return self._compare(subject, *self.explorer.networks().judge(subject.image, mask))

    @told
    def improve(self, ticket, painted):
        """Follows the critic's gradient from the painted mask, and compares where it ends."""
        from gecat.inspection.improvement import improve

        subject = self.explorer.subject(ticket)
        if subject is None:
            return [], "", waiting_html(self.explore), "", ""
        explore = self.explore
        networks = self.explorer.networks().networks
        path = improve(networks, subject.image, self._mask(subject, painted), STEPS)
        pictures = []
        for step, attempt in enumerate(path):
            mask = fit(attempt.mask, subject.image.shape)
            caption = explore.improve_step.format(step=step, score=f"{attempt.score:.0%}")
            pictures.append((overlay(shrink(subject.image, 320), shrink(mask, 320)), caption))
        scores = [attempt.score for attempt in path]
        theirs, _ = subject.decided
        chart = chart_figure(
            f"{subject.stem}-improve",
            *explore.improve_figure,
            explore,
            score_steps(scores, theirs),
            {"step": list(range(len(scores))), "score": scores, "generator": [theirs]},
            explore.chart,
        )
        doubts = fit(path[-1].score_map, subject.image.shape)
        return pictures, chart, *self._compare(subject, path[-1].score, doubts)

    def _mask(self, subject, painted):
        painted = painted_layer(painted, self._blobs)
        mask = None if painted is None else decided(fit(painted >= PAINTED, subject.image.shape))
        if mask is None or not mask.any():
            raise UserError("page.nothing_painted")
        return mask

    def _compare(self, subject, score, score_map):
        explore = self.explore
        _, how = explore.map_figure
        theirs, their_map = subject.decided
        return (
            duel_html(theirs, score, explore),
            doubt_figure(
                subject, "generator-map", (explore.generator_map, how), their_map, explore
            ),
            doubt_figure(subject, "your-map", (explore.your_map, how), score_map, explore),
        )


def fresh_canvas(image, *layers):
    """The editor with a photo, and layers on it; its canvas has the photo's size."""
    height, width = image.shape[:2]
    value = {"background": image, "layers": list(layers), "composite": None}
    return gr.ImageEditor(value=value, canvas_size=(width, height))


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


def fit(mask, shape):
    """A mask or map at a picture's size, float32 (H, W)."""
    import cv2

    size = shape[1], shape[0]
    return cv2.resize(np.asarray(mask, np.float32), size, interpolation=cv2.INTER_LINEAR)
