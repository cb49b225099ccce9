"""The Explore tab: what the generator and the discriminator see, one view a file."""

import gradio as gr

from gecat.app.explore import critic, duel, generator, gradient_epoch, many_photos
from gecat.app.explore.explorer import make_explorer
from gecat.app.ui.errors import errors_become_toasts
from gecat.app.ui.events import PHOTOS, connect
from gecat.app.ui.fragments import note_html
from gecat.app.ui.sentences import error_html
from gecat.errors import WeightsError

VIEWS = (generator, critic, duel, gradient_epoch, many_photos)


def title(words):
    """The tab's name in the language of the page."""
    return words.explore.tab


def build(page, tab):
    """Builds the tab inside the open `gr.Tab`.

    Args:
        page: the Page.
        tab: the gr.Tab, for the event of its being opened.
    """
    words = page.words
    explorer = make_explorer(words, page.segmenter, page.results)
    actions = PhotoActions(explorer)
    ticket = gr.State(None)
    with gr.Row():
        with gr.Column(scale=3, min_width=280):
            photo = gr.Image(
                label=words.page.photo,
                placeholder=words.page.photo_prompt,
                sources=["upload", "webcam", "clipboard"],
                type="filepath",
                image_mode=None,
                height=210,
                buttons=[],
                elem_id="explore-photo",
            )
        with gr.Column(scale=5, min_width=280):
            note = gr.HTML(note_html(words.explore.waiting), elem_id="explore-note", padding=False)
            gr.Examples(
                [[str(path)] for path in page.examples],
                inputs=[photo],
                label=words.page.examples,
                api_visibility="private",
                elem_id="explore-examples",
            )
    inspected = connect(
        photo.change,
        actions.inspect,
        {"photo": photo},
        {"ticket": ticket, "note": note},
        show_progress_on=[note],
        **PHOTOS,
    )
    connect(
        inspected.failure, actions.reset, None, {"photo": photo, "ticket": ticket, "note": note}
    )
    # The first example is shown once somebody looks; a photo that is there stays.
    connect(
        tab.select,
        lambda photo: {} if photo else {"photo": str(page.examples[0])},
        {"photo": photo},
        {"photo": photo},
        show_progress="hidden",
    )
    with gr.Tabs(elem_id="explore-views", overflow_behavior="wrap"):
        for view in VIEWS:
            with gr.Tab(view.title(words.explore)):
                view.build(explorer, ticket, page.weights)


class PhotoActions:
    """The actions of the photo that all views look at.

    Args:
        explorer: an Explorer.
    """

    def __init__(self, explorer):
        self.explorer = explorer
        self.words = explorer.words

    @errors_become_toasts
    def inspect(self, photo):
        """Takes a photo in, and says what the views show."""
        ticket = self.explorer.inspect(photo)
        return {
            "ticket": ticket,
            "note": note_html(self.words.explore.intro) if ticket else self._empty(),
        }

    def reset(self):
        """Empties the page after a photo that cannot be used, or where there are no weights."""
        # Without the photo the page asks again; both answers must be the same.
        return {"photo": None, "ticket": None, "note": self._empty()}

    def _empty(self):
        """What stands where there is no photo: that one is awaited, or that weights are missing."""
        try:
            self.explorer.loaded_segmenter()
        except WeightsError as error:
            return note_html(error_html(error, self.words))
        return note_html(self.words.explore.waiting)
