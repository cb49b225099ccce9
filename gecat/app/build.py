"""Puts the app together: one page in English, the same in Chinese, and how they are served."""

import functools

import gradio as gr
from starlette.middleware import Middleware

import gecat
from gecat.app import about, explore, figures, segment
from gecat.app.actions import MANY_BYTES
from gecat.app.examples import write_examples
from gecat.app.limits import BoundedRequests
from gecat.app.shelf import Shelf
from gecat.app.text import CHINESE, ENGLISH
from gecat.app.theme import CSS, HEAD, LOGO, make_theme
from gecat.images.reading import Limits

FILES_ARE_KEPT = 3600  # seconds


def build(folder, weights=None):
    """Builds the app; the networks are loaded when the first photo comes.

    Args:
        folder: an empty folder that lives as long as the app, for its example photos.
        weights: path of a weights file, or None for the shipped one.

    Returns:
        gr.Blocks, to be launched with `launch_options()`.
    """
    segmenter = functools.cache(lambda: gecat.load(weights))
    shelf = Shelf()
    examples = write_examples(folder)

    def page(words, other_page):
        gr.HTML(_hero(words, other_page), padding=False)
        with gr.Tabs(overflow_behavior="wrap"):
            with gr.Tab(words.segment_tab):
                segment.build_tab(words, segmenter, shelf, examples, public=words is ENGLISH)
            with gr.Tab(explore.tab_name(words)) as explore_tab:
                explore.build_tab(words, segmenter, shelf, examples, weights, explore_tab.select)
            with gr.Tab(words.about_tab):
                about.build_tab(words, weights)

    demo = gr.Blocks(
        title="GEC-AT",
        analytics_enabled=False,
        delete_cache=(FILES_ARE_KEPT // 4, FILES_ARE_KEPT),
    )
    with demo:
        page(ENGLISH, "./zh")
    with demo.route(ENGLISH.other_language, "zh", show_in_navbar=False):
        page(CHINESE, "./?language=en")
    return demo.queue(max_size=64)


def launch_options():
    """Returns the arguments of `launch()` that are the same wherever the app runs."""
    return {
        "theme": make_theme(),
        "css": CSS + figures.CSS + explore.CSS,
        "head": HEAD + figures.SCRIPT,
        "favicon_path": LOGO,
        "footer_links": ["api"],
        "max_file_size": Limits().max_bytes,
        "app_kwargs": {"middleware": [Middleware(BoundedRequests, max_bytes=MANY_BYTES)]},
        # Whatever would call home, leak a path or show one visitor's work to another is off.
        "share": False,
        "run_history": False,
        "enable_monitoring": False,
        "ssr_mode": False,
        "show_error": False,
    }


def _hero(words, other_page):
    return (
        f'<header class="hero" lang="{words.language}">{LOGO.read_text()}'
        f'<div class="text"><h1>{words.tagline}</h1>'
        f'<p><span class="name">GEC-AT</span> · {words.subtitle}</p></div>'
        f'<a class="language" href="{other_page}">{words.other_language}</a></header>'
    )
