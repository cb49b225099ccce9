"""Many photos: the critic's scores of their masks, and the photos in that order."""

from dataclasses import dataclass
from pathlib import Path

import gradio as gr
import numpy as np

from gecat.app.explore.charts import score_histogram
from gecat.app.ui.errors import told
from gecat.app.ui.events import DRAWING, NETWORK, PRIVATE
from gecat.app.ui.figures import chart_figure
from gecat.app.ui.sentences import skipped_html
from gecat.app.ui.uploads import MANY_PHOTOS, checked_files
from gecat.errors import ImageError
from gecat.images.decoding import read_image
from gecat.images.sizes import shrink
from gecat.inference.cutout import overlay

FILTERS = ("all", "empty", "full", "doubtful")
EMPTY, FULL, DOUBTFUL = 0.01, 0.9, 0.5  # shares of the picture; a score
SIDE = 320  # longer side of a photo in the gallery, pixels
PROGRESS = gr.Progress()


@dataclass(frozen=True)
class Entry:
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
        explorer: an Explorer; ticket, weights: not used.
    """
    view = FolderView(explorer)
    explore, words = explorer.explore, explorer.words
    gr.Markdown(explore.folder_intro.format(count=MANY_PHOTOS))
    kept = gr.State(None)
    with gr.Row():
        with gr.Column(scale=4, min_width=280):
            files = gr.File(
                label=words.page.many_files,
                file_count="multiple",
                height=200,
                elem_id="folder-files",
            )
            start = gr.Button(explore.folder_run, variant="primary", elem_id="folder-run")
            chosen = gr.Radio(
                list(zip(explore.filters, FILTERS, strict=True)),
                value="all",
                label=explore.folder_show,
                elem_id="folder-filter",
            )
            note = gr.HTML(elem_id="folder-note", min_height=40)
        with gr.Column(scale=5, min_width=280):
            chart = gr.HTML(elem_id="folder-chart", min_height=40)
    gr.Markdown(f"#### {explore.folder_photos}")
    gallery = gr.Gallery(
        label=explore.folder_photos,
        show_label=False,
        columns=3,
        height="auto",
        object_fit="contain",
        interactive=False,
        buttons=[],
        elem_id="folder-gallery",
        elem_classes="snug",
    )
    scored = start.click(
        view.score,
        [files],
        [kept, chart],
        preprocess=False,
        show_progress_on=[gallery],
        **NETWORK,
        **PRIVATE,
    )
    for event in (scored.success, chosen.change):
        event(
            view.show, [kept, chosen], [gallery, note], show_progress="hidden", **DRAWING, **PRIVATE
        )


class FolderView:
    """The view's actions.

    Args:
        explorer: an Explorer.
    """

    def __init__(self, explorer):
        self.explorer, self.words, self.explore = explorer, explorer.words, explorer.explore

    @told
    def score(self, files, progress=PROGRESS):
        """Scores every photo; returns the ticket of the results, and their chart."""
        files = checked_files(files)
        segmenter = self.explorer.networks()
        entries, skipped = [], []
        for name, path in progress.tqdm(files):
            try:
                entries.append(look(segmenter, read_image(path), Path(name).name))
            except ImageError as error:
                skipped.append((Path(name).name, error.bare()))
        # However well an empty mask fits, nothing was found there.
        entries.sort(key=lambda entry: (entry.share == 0, -entry.score))
        size = sum(entry.picture.nbytes for entry in entries) + 1
        return self.explorer.shelf.put((entries, skipped), size), self._chart(entries)

    @told
    def show(self, ticket, chosen):
        """The photos that the filter lets through, best score first, and a note."""
        if ticket is None:
            return [], ""
        entries, skipped = self.explorer.subject(ticket)
        shown = [entry for entry in entries if passes(entry, chosen)]
        gallery = [(entry.picture, f"{entry.name} · {self._verdict(entry)}") for entry in shown]
        done = self.explore.folder_done.format(count=len(entries), shown=len(shown))
        rows = skipped_html(skipped, self.words.language)
        left_out = self.words.page.many_skipped if rows else ""
        return gallery, f"<p>{done} {left_out}</p><ul>{rows}</ul>"

    def _verdict(self, entry):
        return f"{entry.score:.0%}" if entry.share else self.words.page.no_object

    def _chart(self, entries):
        if not entries:
            return ""
        scores = [entry.score for entry in entries]
        columns = {
            "photo": [entry.name for entry in entries],
            "score": scores,
            "object share": [entry.share for entry in entries],
        }
        return chart_figure(
            "folder-scores",
            *self.explore.folder_figure,
            self.explore,
            score_histogram(scores),
            columns,
            self.explore.chart,
        )


def look(segmenter, image, name):
    """Segments one photo for the gallery.

    Args:
        segmenter: a Segmenter; image: uint8 (H, W, 3); name: of its file.

    Returns:
        Entry.
    """
    photo = shrink(image, SIDE)
    result = segmenter(photo)
    both = np.concatenate([overlay(photo, result.mask), grey(result.mask)], axis=1)
    return Entry(name, both, result.score, float((result.mask > 0.5).mean()))


def grey(mask):
    """A mask as a grey picture, uint8 (H, W, 3)."""
    return np.rint(mask * 255).astype(np.uint8)[..., None].repeat(3, axis=-1)


def passes(entry, chosen):
    """Whether a filter shows an entry.

    Args:
        entry: an Entry; chosen: "all", "empty", "full" or "doubtful".
    """
    return {
        "all": True,
        "empty": entry.share < EMPTY,
        "full": entry.share > FULL,
        "doubtful": entry.score < DOUBTFUL,
    }[chosen]
