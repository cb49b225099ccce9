"""The How it works tab: the method in plain words, one picture, and the card of the weights."""

from pathlib import Path

import gradio as gr

from gecat.app.about.claims import claims_text
from gecat.app.about.views import draw_epoch
from gecat.app.ui.figures import named_svg
from gecat.files import asset


def title(words):
    """The tab's name in the language of the page."""
    return words.about.tab


def build(page, tab):
    """Builds the tab inside the open `gr.Tab`.

    Args:
        page: the Page.
        tab: the gr.Tab; not used.
    """
    words = page.words.about
    with gr.Row():
        with gr.Column(scale=6, min_width=300):
            gr.Markdown(words.text)
        with gr.Column(scale=5, min_width=300):
            gr.HTML(
                f'<figure class="figure">{named_svg(draw_epoch(words), words.picture)}</figure>'
            )
    gr.Markdown(f"## {words.claims.title}\n\n{claims_text(page.words)}", elem_id="claims")
    # Its tables need the page's whole width.
    with gr.Accordion(words.card, open=False):
        gr.Markdown(read_card(page.weights) or words.no_card, elem_id="card")


def read_card(weights=None):
    """Returns the model card that lies beside the weights, or None if there is none.

    Args:
        weights: path of the weights file, or None for the shipped one.
    """
    path = Path(weights) if weights else asset("weights", "base.safetensors")
    card = path.with_suffix(".md")
    return card.read_text(encoding="utf-8") if card.is_file() else None
