"""Many photos: the critic's scores of their masks, and the photos in that order."""

import functools
from dataclasses import dataclass
from pathlib import Path

import gradio as gr
import numpy as np

from gecat.app.explore.views.many_photos import mask_picture, scores_figure
from gecat.app.ui.errors import errors_become_toasts
from gecat.app.ui.events import BATCHES, DRAWING, NEVER_WAITS, connect
from gecat.app.ui.fragments import photos_html
from gecat.app.ui.uploads import MANY_PHOTOS, checked_files
from gecat.errors import ImageError
from gecat.images.decoding import read_image
from gecat.images.sizes import shrink
from gecat.inference.cutout import object_share

FILTERS = ("all", "empty", "full", "doubtful")
EMPTY, FULL, DOUBTFUL = 0.01, 0.9, 0.5  # shares of the picture; a score
SIDE = 320  # longer side of a photo in the gallery, pixels
PROGRESS = gr.Progress()


@dataclass(frozen=True)
class ScoredPhoto:
    """A photo with its mask as the gallery shows it, and its numbers."""

    name: str
    picture: np.ndarray  # uint8 (h, w, 3), the photo and its mask side by side
    score: float
    share: float


def title(explore):
    """The view's name."""
    return explore.folder


def build(explorer, ticket, weights):
    """Builds the view inside the open tab.

    Args:
        explorer: an Explorer; ticket: the gr.State of the photo's ticket; weights: not used.
    """
    actions = ManyPhotosActions(explorer)
    explore, words = explorer.words.explore, explorer.words.page
    gr.Markdown(explore.folder_intro.format(count=MANY_PHOTOS))
    scored_ticket = gr.State(None)
    with gr.Row():
        with gr.Column(scale=4, min_width=280):
            files = gr.File(
                label=words.many_files, file_count="multiple", height=200, elem_id="photos-files"
            )
            with gr.Row():
                start = gr.Button(
                    explore.folder_run, variant="primary", min_width=130, elem_id="photos-run"
                )
                cancel = gr.Button(words.cancel, min_width=130, elem_id="photos-cancel")
            chosen = gr.Radio(
                list(zip(explore.filters, FILTERS, strict=True)),
                value="all",
                label=explore.folder_show,
                elem_id="photos-filter",
            )
            note = gr.HTML(elem_id="photos-note", min_height=40)
        with gr.Column(scale=5, min_width=280):
            figure = gr.HTML(elem_id="photos-scores", min_height=40)
    gr.Markdown(f"## {explore.folder_photos}")
    gallery = gr.Gallery(
        label=explore.folder_photos,
        show_label=False,
        columns=3,
        height="auto",
        object_fit="contain",
        interactive=False,
        buttons=[],
        elem_id="photos-gallery",
        elem_classes="snug",
    )
    outputs = {"scored": scored_ticket, "figure": figure}
    # The examples first, so that there is something to look at.
    opened = {"ticket": ticket, "scored": scored_ticket}
    without_waiting = {"show_progress": "hidden", **BATCHES, **NEVER_WAITS}
    opening = connect(ticket.change, actions.open, opened, outputs, **without_waiting)
    scored = connect(
        start.click,
        actions.score,
        {"files": files},
        outputs,
        show_progress_on=[gallery],
        **BATCHES,
    )
    cancel.click(None, cancels=[scored])
    for event in (opening.success, scored.success, chosen.change):
        connect(
            event,
            actions.show,
            {"scored": scored_ticket, "chosen": chosen},
            {"gallery": gallery, "note": note},
            show_progress="hidden",
            **DRAWING,
        )


class ManyPhotosActions:
    """The view's actions.

    Args:
        explorer: an Explorer.
    """

    def __init__(self, explorer):
        self.explorer, self.words, self.explore = explorer, explorer.words, explorer.words.explore

    @functools.cached_property
    def examples(self):
        """The example photos, scored."""
        segmenter = self.explorer.loaded_segmenter()
        return in_order(
            score_photo(segmenter, read_image(path), path.name) for path in self.explorer.examples
        )

    @errors_become_toasts
    def open(self, ticket, scored):
        """Shows the examples where nothing else is shown yet."""
        if ticket is None or scored is not None or not self.explorer.examples:
            return {}
        return self._scored(self.examples, [])

    @errors_become_toasts
    def score(self, files, progress=PROGRESS):
        """Scores every photo; the ticket of the results, and their figure, come at the end."""
        files = checked_files(files)
        segmenter = self.explorer.loaded_segmenter()
        scored, skipped = [], []
        for name, path in progress.tqdm(files):
            yield {}  # so that it can be cancelled
            try:
                scored.append(score_photo(segmenter, read_image(path), Path(name).name))
            except ImageError as error:
                skipped.append((Path(name).name, error.bare()))
        yield self._scored(in_order(scored), skipped)

    @errors_become_toasts
    def show(self, scored, chosen):
        """The photos that the filter lets through, best score first, and a note."""
        if scored is None:
            return {"gallery": [], "note": ""}
        photos, skipped = self.explorer.cached(scored)
        shown = [photo for photo in photos if passes(photo, chosen)]
        done = self.explore.folder_done.format(count=len(photos), shown=len(shown))
        return {
            "gallery": [(photo.picture, f"{photo.name} · {self._score(photo)}") for photo in shown],
            "note": photos_html(done, skipped, self.words),
        }

    def _scored(self, scored, skipped):
        size = sum(photo.picture.nbytes for photo in scored) + 1
        ticket = self.explorer.results.put((scored, skipped), size)
        return {"scored": ticket, "figure": scores_figure(scored, self.explore)}

    def _score(self, photo):
        return f"{photo.score:.0%}" if photo.share else self.words.page.no_object


def in_order(scored):
    """ScoredPhotos as a list, best score first: however well an empty mask fits, it comes last."""
    return sorted(scored, key=lambda photo: (photo.share == 0, -photo.score))


def score_photo(segmenter, image, name):
    """Segments one photo for the gallery.

    Args:
        segmenter: a Segmenter; image: uint8 (H, W, 3); name: of its file.

    Returns:
        ScoredPhoto.
    """
    photo = shrink(image, SIDE)
    found = segmenter(photo)
    picture = mask_picture(photo, found.mask)
    return ScoredPhoto(name, picture, found.score, object_share(found.mask))


def passes(photo, chosen):
    """Whether a filter shows a photo.

    Args:
        photo: a ScoredPhoto; chosen: one of FILTERS.
    """
    return {
        "all": True,
        "empty": photo.share < EMPTY,
        "full": photo.share > FULL,
        "doubtful": photo.score < DOUBTFUL,
    }[chosen]
