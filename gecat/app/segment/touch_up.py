"""Mend by hand: strokes on the picture keep and remove, and the mask follows."""

from types import SimpleNamespace

import gradio as gr

from gecat.app.segment.actions import SegmentActions
from gecat.app.segment.mended import Mended, mend, strokes_of, strokes_of_page, without_last
from gecat.app.segment.result import Result
from gecat.app.ui.errors import errors_become_toasts
from gecat.app.ui.events import (
    AT_ONCE_QUEUED,
    DRAWING,
    LIVE,
    NEVER_WAITS,
    PHOTOS,
    connect,
    named,
)
from gecat.inference.cutout import overlay

HEIGHT = 400  # of the picture, in CSS pixels


class TouchUpActions(SegmentActions):
    """The actions of the Segment tab, and those that mend a result by hand."""

    @errors_become_toasts
    def mend(self, ticket, strokes, kept=None, run_in_use=None, mended=None):
        """Mends the result that is shown.

        Args:
            ticket: of the result, or None; strokes: text of the page's script, all of them.
            kept: as `segment` returns it; run_in_use: whose weights, or None.
            mended: the last answer, or None.

        Returns:
            the mended result's ticket, of which photo it is, and the ticket that it replaces;
            nothing where nothing changes.
        """
        if ticket is None:
            return {}
        result = self._cached(ticket)
        drawn = strokes_of_page(strokes, result.image.shape)
        if drawn == strokes_of(result):
            return {}
        segmenter = self.segmenter_of_run(run_in_use) or self.segmenter()
        new_result = mend(result, drawn, segmenter)
        new = self.results.put(new_result, new_result.size)
        # What the page shows is asked for until the page has taken over what replaces it.
        if mended is not None and mended["ticket"] == ticket:
            self.results.drop(mended["replaces"])
        return {
            "mended": {"ticket": new, "kept": {**(kept or {}), "ticket": new}, "replaces": ticket}
        }

    def adopt(self, mended, kept):
        """Shows what was mended, unless the page shows another photo by now."""
        if mended is None or not kept or kept.get("path") != mended["kept"].get("path"):
            return {}
        return {name: mended[name] for name in ("ticket", "kept")}

    @errors_become_toasts
    def settle(self, ticket, strokes, **page):
        """Mends once more where strokes were taken back before the mask with them was shown.

        Args, Returns: as for `mend`.
        """
        result = self.results.get(ticket)
        if not isinstance(result, Mended):
            return {}
        shown = strokes_of(result)
        if strokes_of_page(strokes, result.image.shape)[: len(shown)] == shown:
            return {}  # what was drawn since then is mended already
        return self.mend(ticket, strokes, **page)

    def follow(self, ticket, mended=None):
        """Forgets the strokes where a photo was segmented anew."""
        if mended is not None and mended["ticket"] == ticket:
            return {}
        # A result that is gone has made room for the next stroke's.
        anew = ticket is None or isinstance(self.results.get(ticket), Result)
        return {"strokes": ""} if anew else {}

    def undo(self, strokes):
        """Takes the last stroke back."""
        return {"strokes": without_last(strokes)}

    @errors_become_toasts
    def draw(self, ticket, threshold):
        """The photo with its mask, to be drawn on; arguments as for `show`."""
        if threshold is None:
            return {}
        if ticket is None:
            return {"picture": None}
        photo, mask = self._cached(ticket).preview
        return {"picture": overlay(photo, mask, threshold)}


def touch_up_parts(words):
    """The picture to draw on, and the tools; inside the open `gr.Tab`.

    Args:
        words: of the tab.
    """
    gr.Markdown(words.touch_up_info, elem_classes="small")
    # Above the picture: what a stroke will do is seen where it is drawn, on a phone too.
    with gr.Row():
        kind = [(words.keep, "keep"), (words.remove, "remove")]
        gr.Radio(
            kind,
            value="keep",
            label=words.touch_up_kind,
            interactive=True,
            min_width=200,
            elem_id="touch-up-kind",
        )
        gr.Slider(
            0.4,
            8,
            1.2,
            step=0.2,
            label=words.brush,
            interactive=True,
            min_width=200,
            elem_id="touch-up-brush",
        )
    picture = gr.Image(
        label=words.touch_up,
        alt_text=words.touch_up,
        show_label=False,
        interactive=False,
        height=HEIGHT,
        buttons=[],
        format="jpeg",
        elem_id="touch-up-picture",
    )
    with gr.Row():
        undo, reset, whole = (
            gr.Button(words[name], min_width=95, size="md", elem_id=f"touch-up-{name}")
            for name in ("undo", "reset", "whole_picture")
        )
    whole.click(None, js="() => gecat.wholePicture()")
    return SimpleNamespace(
        picture=picture,
        undo=undo,
        reset=reset,
        # Written by the page's script, which sends all strokes each time: what is left of them
        # when one is taken back needs no memory of the server's.
        strokes=gr.Textbox(visible="hidden", elem_id="touch-up-strokes"),
        mended=gr.State(None),
    )


def connect_picture(actions, shown, parts):
    """Draws the picture to draw on anew whenever the others were.

    Args:
        actions: TouchUpActions; shown: what the tab shows: `ticket`, `threshold`, `drawn`.
        parts: of `touch_up_parts`.
    """
    connect(
        shown.drawn.change,
        actions.draw,
        named(shown, "ticket", "threshold"),
        {"picture": parts.picture},
        **{**LIVE, **DRAWING, **NEVER_WAITS},
    )


def connect_touch_up(page, actions, shown, parts):
    """Lets the mask follow the strokes, and the strokes the photo.

    Args:
        page: the Page; actions: TouchUpActions.
        shown: what the tab shows: `ticket`, `kept`.
        parts: of `touch_up_parts`.
    """
    strokes, mended = {"strokes": parts.strokes}, {"mended": parts.mended}
    result = named(shown, "ticket", "kept")
    to_mend = {**result, **strokes, **mended, "run_in_use": page.run_in_use}
    at_once = {**AT_ONCE_QUEUED, **NEVER_WAITS}
    ticket = {"ticket": shown.ticket}
    connect(shown.ticket.change, actions.follow, {**ticket, **mended}, strokes, **at_once)
    for change, action, waits in (
        (parts.strokes.change, actions.mend, {}),
        (shown.ticket.change, actions.settle, NEVER_WAITS),
    ):
        mending = connect(change, action, to_mend, mended, **{**LIVE, **PHOTOS, **waits})
        connect(mending.success, actions.adopt, {**mended, "kept": shown.kept}, result, **at_once)
    connect(parts.undo.click, actions.undo, strokes, strokes, **AT_ONCE_QUEUED)
    connect(parts.reset.click, lambda: {"strokes": ""}, None, strokes, **AT_ONCE_QUEUED)
