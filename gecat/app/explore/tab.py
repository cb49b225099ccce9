"""The Explore tab: what the generator and the discriminator see, one view a file."""

import gradio as gr

from gecat.app.explore import critic, duel, generator, gradient_epoch, many_photos
from gecat.app.explore.explorer import make_explorer
from gecat.app.ui.errors import errors_become_toasts
from gecat.app.ui.events import AT_ONCE, NEVER_WAITS, PHOTOS, connect
from gecat.app.ui.fragments import note_html
from gecat.app.ui.photo_input import photo_input
from gecat.app.ui.sentences import error_html
from gecat.app.ui.uploads import path_of
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
    explorer = make_explorer(words, page.segmenter, page.results, page.examples)
    actions = PhotoActions(explorer)
    ticket = gr.State(None)
    with gr.Row():
        with gr.Column(scale=3, min_width=280):
            photo = photo_input(words, "explore-photo", 210)
        with gr.Column(scale=5, min_width=280):
            note = gr.HTML(note_html(words.explore.looking), elem_id="explore-note", padding=False)
            gr.Examples(
                [[str(path)] for path in page.examples],
                inputs=[photo],
                label=words.page.examples,
                api_visibility="private",
                elem_id="explore-examples",
            )
    both = {"photo": photo, "chosen": page.photo}
    # First: what an event calls is called one after the other, each after the last one's answer.
    photo.change(None, [*both.values()], js=_script("exploreChanges"))
    inspected = connect(
        photo.change,
        actions.inspect,
        {"photo": photo},
        {"ticket": ticket, "note": note},
        show_progress_on=[note],
        **PHOTOS,
    )
    # One photo for the whole page: what is chosen in another tab is shown here, and the other way
    # round; the page's script knows which was chosen last. What is refused takes no good one away.
    for event in (tab.select, page.photo.change):
        followed = {"photo": photo, "note": note}
        following = {"js": _script("exploreFollows"), **AT_ONCE, **NEVER_WAITS}
        connect(event, actions.follow, both, followed, **following)
    led = {"chosen": page.photo}
    connect(inspected.success, actions.lead, both, led, js=_script("exploreLeads"), **AT_ONCE)
    connect(
        inspected.failure, actions.reset, both, {"photo": photo, "ticket": ticket, "note": note}
    )
    with gr.Tabs(elem_id="explore-views", overflow_behavior="wrap"):
        for view in VIEWS:
            name = view.__name__.rpartition(".")[2].replace("_", "-")
            with gr.Tab(view.title(words.explore), id=name):
                view.build(explorer, ticket, page.weights)


def _script(name):
    """Calls a function of the page's script with Explore's photo and the page's."""
    return f"(photo, chosen) => gecat.{name}(photo, chosen)"


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

    def follow(self, photo, chosen):
        """Shows the page's photo, unless it is shown already, or says what is awaited."""
        path = path_of(chosen)
        if path is None and photo is None:
            return {"note": self._empty()}
        if path in (None, path_of(photo)):
            return {}
        return {"photo": path, "note": note_html(self.words.explore.looking)}

    def lead(self, photo, chosen):
        """Makes a photo that could be read the page's."""
        path = path_of(photo)
        return {} if path is None or path == path_of(chosen) else {"chosen": path}

    def reset(self, photo, chosen):
        """Goes back to the page's photo from one that cannot be used, or empties the tab."""
        if path_of(chosen) not in (None, path_of(photo)):
            return {"photo": path_of(chosen)}
        # Without the photo the page asks again; both answers must be the same.
        return {"photo": None, "ticket": None, "note": self._empty()}

    def _empty(self):
        """What stands where there is no photo: that one is awaited, or that weights are missing."""
        try:
            self.explorer.loaded_segmenter()
        except WeightsError as error:
            return note_html(error_html(error, self.words))
        return note_html(self.words.explore.waiting)
