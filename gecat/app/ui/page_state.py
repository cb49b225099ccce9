"""What the tabs of one page share, and the only way in which one of them reaches another."""

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import gradio as gr

from gecat.app.ui.large_photos import LargePhotos
from gecat.app.ui.result_cache import ResultCache
from gecat.i18n import Section
from gecat.jobs.actions import Jobs
from gecat.jobs.job import is_key


@dataclass(frozen=True)
class Page:
    """One page of the app, in one language.

    Attributes:
        words: all that it says, in its language.
        public: whether this page's endpoint is the one that programs call.
        segmenter: returns the Segmenter; called when a photo comes, not before.
        weights: path of the weights in use, or None for the shipped ones.
        results: where results are kept between two clicks.
        large_photos: the turns of large photos.
        examples: paths of example photos.
        photo: the photo that the whole page is about; a tab shows it, others follow.
        jobs: the runs.
        loaded: the event of the page's being loaded.
        tabs: the tabs; `gr.Tabs(selected=name)` opens one.
        timer: ticks while one sees the tab of the runs.
        visitor: who looks, and at which run: `{"key": ..., "run": ...}`.
        run_in_use: the run whose weights segment, likewise; None for the shipped ones.
        weights_chosen: another value whenever a visitor has chosen whose weights segment.
    """

    words: Section
    public: bool
    segmenter: Callable
    weights: Path | None
    results: ResultCache
    large_photos: LargePhotos
    examples: Sequence[Path]
    photo: gr.Image
    jobs: Jobs
    loaded: Callable
    tabs: gr.Tabs
    timer: gr.Timer
    visitor: gr.BrowserState
    run_in_use: gr.BrowserState
    weights_chosen: gr.State


def key_of(visitor):
    """Returns the key that a browser sent, by which a visitor is known; None where it is no key."""
    key = visitor.get("key") if isinstance(visitor, dict) else None
    return key if is_key(key) else None


def choose_weights(run_in_use):
    """Returns what the Page's components become when a visitor chooses whose weights segment.

    Args:
        run_in_use: as in Page.
    """
    return {"run_in_use": run_in_use, "weights_chosen": secrets.token_hex(8)}
