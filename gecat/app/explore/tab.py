"""The Explore tab: what the generator and the discriminator see, one view a file."""

import gradio as gr

from gecat.app.explore import critic, cycle, duel, folder, generator
from gecat.app.explore.subject import make_explorer
from gecat.app.ui.errors import note_html, told
from gecat.app.ui.events import NETWORK, PRIVATE
from gecat.app.ui.sentences import error_html
from gecat.errors import WeightsError


class Entry:
    """The photo that all views look at.

    Args:
        explorer: an Explorer.
    """

    def __init__(self, explorer):
        self.explorer = explorer
        self.words = explorer.words

    @told
    def look(self, photo):
        """Returns the ticket of a photo's Subject and what is said of it."""
        ticket = self.explorer.look(photo)
        return ticket, note_html(self.explorer.explore.intro) if ticket else self.empty()

    def empty(self):
        """What stands where there is no photo: that one is awaited, or that weights are missing."""
        try:
            self.explorer.networks()
        except WeightsError as error:
            return note_html(error_html(error, self.words))
        return note_html(self.explorer.explore.waiting)

    def reset(self):
        """Empties the page after a photo that cannot be used, or where there are no weights."""
        # Without the photo the page asks `look` again; both answers must be the same.
        return None, None, self.empty()


def build_tab(words, segmenter, shelf, examples, weights, opened):
    """Builds the tab inside the open `gr.Blocks`.

    Args:
        words: of the page, in its language.
        segmenter: returns the Segmenter; called when a photo comes.
        shelf: the Shelf that keeps what was found out about photos.
        examples: paths of example photos; the first is shown when the tab is opened.
        weights: path of the weights in use.
        opened: the event of the tab's being opened.
    """
    explorer = make_explorer(words, segmenter, shelf)
    entry = Entry(explorer)
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
            note = gr.HTML(
                note_html(explorer.explore.waiting), elem_id="explore-note", padding=False
            )
            gr.Examples(
                [[str(path)] for path in examples],
                inputs=[photo],
                label=words.page.examples,
                api_visibility="private",
                elem_id="explore-examples",
            )
    looked = photo.change(
        entry.look,
        [photo],
        [ticket, note],
        preprocess=False,
        show_progress_on=[note],
        **NETWORK,
        **PRIVATE,
    )
    looked.failure(entry.reset, None, [photo, ticket, note], **PRIVATE)
    # The first example is shown once somebody looks; a photo that is there stays.
    opened(
        lambda given: given or str(examples[0]),
        [photo],
        [photo],
        preprocess=False,
        postprocess=True,
        show_progress="hidden",
        **PRIVATE,
    )
    with gr.Tabs(elem_id="explore-views", overflow_behavior="wrap"):
        for view in (generator, critic, duel, cycle, folder):
            with gr.Tab(view.title(explorer.explore)):
                view.build(explorer, ticket, weights)
