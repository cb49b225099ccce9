"""Puts the app together: one page in English, the same in Chinese, and how they are served."""

import functools
from pathlib import Path

import gradio as gr

import gecat
from gecat import i18n
from gecat.app.about import tab as about
from gecat.app.explore import tab as explore
from gecat.app.segment import tab as segment
from gecat.app.segment.own_weights import OwnWeights
from gecat.app.train import tab as train
from gecat.app.ui.examples import write_examples
from gecat.app.ui.guard import guarded
from gecat.app.ui.queue_shares import share_queue
from gecat.app.ui.result_cache import Shelf
from gecat.app.ui.temporary import KEPT_SECONDS
from gecat.app.ui.theme import LOGO, make_theme
from gecat.app.ui.uploads import MANY_BYTES
from gecat.jobs.scheduler import Jobs

STATIC = Path(__file__).parent / "static"
DESCRIPTION = '<meta name="description" content="Segments a photo into object and background.">'
SECRET = "gecat"  # of what a browser keeps for itself; it must be the same after a restart


def build(folder, weights=None, jobs=None):
    """Builds the app; the networks are loaded when the first photo comes.

    Args:
        folder: an empty folder that lives as long as the app, for its example photos.
        weights: path of a weights file, or None for the shipped one.
        jobs: the Jobs that the Train tab shows, or None for new ones inside `folder`.

    Returns:
        gr.Blocks, to be launched with `launch_options()`.
    """
    segmenter = functools.cache(lambda: gecat.load(weights))
    shelf = Shelf()
    examples = write_examples(folder)
    jobs = jobs or Jobs(Path(folder) / "runs", shipped=weights)

    def page(words, other_page):
        own = OwnWeights(words, words.train, jobs)
        gr.HTML(_hero(words, other_page), padding=False)
        visitor = gr.BrowserState(storage_key="gecat-visitor", secret=SECRET)
        used = gr.BrowserState(storage_key="gecat-weights", secret=SECRET)
        timer = gr.Timer(active=False)
        with gr.Tabs(overflow_behavior="wrap") as tabs:
            with gr.Tab(words.segment.tab, id="segment") as segment_tab:
                segmenting = segment.build_tab(
                    words,
                    segmenter,
                    shelf,
                    examples,
                    words.language == "en",
                    own,
                    used,
                    demo.load,
                    segment_tab.select,
                )
            with gr.Tab(words.explore.tab) as explore_tab:
                explore.build_tab(words, segmenter, shelf, examples, weights, explore_tab.select)

            def use_weights(button, *chosen):
                outputs = [used, segmenting.row, segmenting.text, tabs]
                taken = button.click(own.use, list(chosen), outputs, **train.REFUSABLE)
                segmenting.look_again(taken.success)
                taken.success(None, js="() => gecat.scrollToTop()")

            with gr.Tab(words.train.tab) as train_tab:
                train.build_tab(
                    words,
                    words.train,
                    jobs,
                    visitor,
                    timer,
                    demo.load,
                    train_tab.select,
                    use_weights,
                )
            with gr.Tab(words.about.tab):
                about.build_tab(words.about, weights)
        kept = words.page.photos_kept.format(minutes=KEPT_SECONDS // 60)
        gr.Markdown(kept, elem_classes="small")

    english = i18n.words("en")
    demo = gr.Blocks(
        title="GEC-AT",
        analytics_enabled=False,
        delete_cache=(KEPT_SECONDS // 4, KEPT_SECONDS),
    )
    with demo:
        page(english, "./zh")
    with demo.route(english.page.other_language, "zh", show_in_navbar=False):
        page(i18n.words("zh"), "./?language=en")
    return share_queue(demo)


def launch_options():
    """Returns the arguments of `launch()` that are the same wherever the app runs."""
    return {
        "theme": make_theme(),
        "css": (STATIC / "app.css").read_text(encoding="utf-8"),
        "head": f"{DESCRIPTION}<script>{(STATIC / 'app.js').read_text(encoding='utf-8')}</script>",
        "favicon_path": LOGO,
        "footer_links": ["api"],
        # One file may be a zip of photos; how large a photo may be, the reader says.
        "max_file_size": MANY_BYTES,
        "app_kwargs": guarded(),
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
        f'<div class="text"><h1>{words.page.tagline}</h1>'
        f'<p><span class="name">GEC-AT</span> · {words.page.subtitle}</p></div>'
        f'<a class="language" href="{other_page}">{words.page.other_language}</a></header>'
    )
