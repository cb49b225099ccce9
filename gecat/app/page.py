"""Puts the app together: one page in English, the same in Chinese, and how they are served."""

import functools
import html
import json
from importlib import import_module
from pathlib import Path

import gradio as gr

import gecat
from gecat import i18n
from gecat.app.ui.events import connect_in_browser
from gecat.app.ui.examples import write_examples
from gecat.app.ui.guard import guarded
from gecat.app.ui.large_photos import LargePhotos
from gecat.app.ui.page_state import Page
from gecat.app.ui.photo_input import PHOTO_HEIGHT, photo_input
from gecat.app.ui.queue_shares import share_queue
from gecat.app.ui.result_cache import ResultCache
from gecat.app.ui.temporary import KEPT_SECONDS
from gecat.app.ui.theme import LOGO, make_theme
from gecat.app.ui.uploads import MANY_BYTES
from gecat.jobs.actions import Jobs

# The tabs in their order: each is a folder beside this file, whose tab.py has `title` and `build`.
TABS = ("segment", "explore", "train", "compare", "about")
TICKING = "train"  # its runs move by themselves, so it asks how they stand while one sees it
STYLE = Path(__file__).parent / "static" / "app.css"
ENGLISH = i18n.words("en")
LINK_WORDS = ("link", "link_copied", "link_copied_without", "link_refused")
SECRET = "gecat"  # of what a browser keeps for itself; it must be the same after a restart


def build(folder, weights=None, jobs=None, results=None):
    """Builds the app; the networks are loaded when the first photo comes.

    Args:
        folder: an empty folder that lives as long as the app, for its example photos.
        weights: path of a weights file, or None for the shipped one.
        jobs: the Jobs that the Train tab shows, or None for new ones inside `folder`.
        results: the ResultCache that results wait in, or None for a new one.

    Returns:
        gr.Blocks, to be launched with `launch_options()`.
    """
    demo = gr.Blocks(
        title="GEC-AT",
        analytics_enabled=False,
        delete_cache=(KEPT_SECONDS // 4, KEPT_SECONDS),
    )
    make_page = functools.partial(
        Page,
        segmenter=functools.cache(lambda: gecat.load(weights)),
        weights=weights,
        results=results or ResultCache(),
        large_photos=LargePhotos(),
        examples=write_examples(folder),
        jobs=jobs or Jobs(Path(folder) / "runs", shipped=weights),
        loaded=demo.load,
    )
    with demo:
        _build_page(make_page, ENGLISH, "./zh", public=True)
    with demo.route(ENGLISH.page.other_language, "zh", show_in_navbar=False):
        _build_page(make_page, i18n.words("zh"), "./?language=en", public=False)
    return share_queue(demo)


def launch_options(access=None, list_runs=None):
    """Returns the arguments of `launch()` that are the same wherever the app runs.

    Args:
        access, list_runs: as `guarded` takes them.
    """
    return {
        "theme": make_theme(),
        "css": STYLE.read_text(encoding="utf-8"),
        # What Gradio's own components say, where it has no words of the page's language.
        "i18n": gr.I18n(**{"en": dict(ENGLISH.gradio), "zh-CN": dict(i18n.words("zh").gradio)}),
        "favicon_path": LOGO,
        "footer_links": ["api"],
        # One file may be a zip of photos; how large a photo may be, the reader says.
        "max_file_size": MANY_BYTES,
        "app_kwargs": guarded(access, list_runs),
        # Whatever would call home, leak a path or show one visitor's work to another is off.
        "share": False,
        "mcp_server": False,  # ours answers (gecat/app/mcp)
        "run_history": False,
        "enable_monitoring": False,
        "ssr_mode": False,
        "show_error": False,
    }


def _build_page(make_page, words, other_page, public):
    gr.HTML(_hero(words, other_page), padding=False)
    # What keeps or ticks stands outside of the tabs, which exist in the browser once opened.
    page = make_page(
        words=words,
        public=public,
        photo=photo_input(words, "photo", PHOTO_HEIGHT, render=False),
        visitor=gr.BrowserState(storage_key="gecat-visitor", secret=SECRET),
        run_in_use=gr.BrowserState(storage_key="gecat-weights", secret=SECRET),
        weights_chosen=gr.State(None),
        timer=gr.Timer(active=False),
        tabs=gr.Tabs(overflow_behavior="wrap"),
    )
    with page.tabs:
        for name in TABS:
            module = import_module(f"gecat.app.{name}.tab")
            with gr.Tab(module.title(words), id=name) as tab:
                module.build(page, tab)
            ticks = {"timer": gr.update(active=name == TICKING)}
            connect_in_browser(tab.select, ticks, {"timer": page.timer})
    kept = words.page.photos_kept.format(minutes=KEPT_SECONDS // 60)
    gr.Markdown(kept, elem_classes="small")


def _hero(words, other_page):
    # What the page's script says.
    said = {
        "examples": words.page.example_names,
        "hard": {"word": words.page.hard_example, "why": words.page.hard_examples},
        "labels": words.gradio_labels,
        "keys": words.segment.touch_up_keys,
        "copy": {name: words.segment[name] for name in ("copy", "copied", "copy_refused")},
        "link": {name: words.page[name] for name in LINK_WORDS},
        "present": words.present,
    }
    said = json.dumps(said, ensure_ascii=False, default=dict)
    return (
        f'<header class="hero" lang="{words.language}" data-words="{html.escape(said)}">'
        f"{LOGO.read_text()}"
        f'<div class="text"><h1>{words.page.tagline}</h1>'
        f'<p><span class="name">GEC-AT</span> · {words.page.subtitle}</p></div>'
        f'<button class="link" title="{words.page.link}">{words.page.link}</button>'
        f'<a class="language" href="{other_page}">{words.page.other_language}</a></header>'
    )
