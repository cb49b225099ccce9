"""The How it works tab: the method in plain words, pictures and formulas, and its limits."""

from pathlib import Path

import gradio as gr

import gecat
from gecat.app.about.claims import claims_text
from gecat.app.about.cycle import CycleActions
from gecat.app.about.views import draw_epoch, formulas_html
from gecat.app.ui.events import NEVER_WAITS, PHOTOS, connect
from gecat.app.ui.figures import named_svg
from gecat.app.ui.fragments import note_html
from gecat.files import asset

WHERE_SEEN = "photo => document.getElementById('cycle')?.offsetParent ? photo : null"


def title(words):
    """The tab's name in the language of the page."""
    return words.about.tab


def build(page, tab):
    """Builds the tab inside the open `gr.Tab`.

    Args:
        page: the Page.
        tab: the gr.Tab, for the event of its being opened.
    """
    words = page.words.about
    with gr.Row():
        with gr.Column(scale=6, min_width=300):
            gr.Markdown(words.text)
        with gr.Column(scale=5, min_width=300):
            gr.HTML(
                f'<figure class="figure" tabindex="0" role="group" '
                f'aria-label="{words.picture}">'
                f"{named_svg(draw_epoch(words), words.picture)}</figure>"
            )
    gr.Markdown(f"## {words.cycle.title}\n\n{words.cycle.info}")
    cycle = gr.HTML(note_html(words.cycle.empty), elem_id="cycle", min_height=40)
    actions = CycleActions(page.words, page.segmenter)
    drawn = {"photo": page.photo}, {"cycle": cycle}
    connect(tab.select, actions.draw, *drawn, show_progress="hidden", **PHOTOS)
    # A photo that comes while nobody looks is drawn when somebody does.
    following = {"js": WHERE_SEEN, "show_progress": "hidden", **PHOTOS, **NEVER_WAITS}
    connect(page.photo.change, actions.draw_seen, *drawn, **following)
    gr.Markdown(f"## {words.formulas.title}")
    gr.HTML(formulas_html(words.formulas))
    claims = f"## {words.claims.title}\n\n{words.claims.info}\n\n{claims_text(page.words)}"
    gr.Markdown(claims, elem_id="claims")
    with gr.Row():
        with gr.Column(min_width=300):
            gr.Markdown(f"## {words.limits.title}\n\n{words.limits.text}", elem_id="limits")
        with gr.Column(min_width=300):
            name = f"GEC-AT {gecat.__version__}, Gradient Epoch-Consistent Adversarial Training"
            gr.Markdown(f"## {words.cite.title}\n\n{words.cite.text}\n\n> {name}", elem_id="cite")
    # Its tables need the page's whole width.
    with gr.Accordion(words.card, open=False):
        gr.Markdown(read_card(page.weights, page.words.language) or words.no_card, elem_id="card")


def read_card(weights=None, language="en"):
    """Returns the model card that lies beside the weights, or None if there is none.

    Args:
        weights: path of the weights file, or None for the shipped one.
        language: of the card, where there is one in it.
    """
    path = Path(weights) if weights else asset("weights", "base.safetensors")
    cards = path.with_suffix(f".{language}.md"), path.with_suffix(".md")
    return next((card.read_text(encoding="utf-8") for card in cards if card.is_file()), None)
