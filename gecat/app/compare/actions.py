"""What happens on the Compare tab: payloads in, values by name out."""

import logging
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import gradio as gr

from gecat.app.compare.contenders import (
    WEIGHTS,
    check_own_weights,
    compare,
    networks,
    read_truth,
    rivals,
)
from gecat.app.compare.views.board import board_html, progress_html
from gecat.app.ui.encoding import png_of
from gecat.app.ui.errors import errors_become_toasts
from gecat.app.ui.fragments import note_html
from gecat.app.ui.large_photos import LargePhotos
from gecat.app.ui.owners import publish
from gecat.app.ui.page_state import key_of
from gecat.app.ui.painting import fresh_canvas, painted_mask
from gecat.app.ui.result_cache import ResultCache
from gecat.app.ui.run_weights import RunWeights, load_weights_of
from gecat.app.ui.uploads import path_of, read_photo, uploaded_name, uploaded_path
from gecat.errors import JobError, UserError, WeightsError
from gecat.files import safe_stem
from gecat.i18n import Section
from gecat.images.decoding import read_mask

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class CompareActions:
    """The actions of one page.

    Attributes:
        words: of the page, in its language.
        segmenter: returns the Segmenter; called when its turn has come, not before.
        results: where comparisons are kept between two clicks.
        run_weights: RunWeights, which knows the visitors' runs.
        large: the turns of large photos.
        blobs: the canvas's `blob_storage`.
    """

    words: Section
    segmenter: Callable
    results: ResultCache
    run_weights: RunWeights
    large: LargePhotos
    blobs: dict

    def runs(self, visitor, own):
        """The visitor's runs that have learned something.

        Args:
            visitor: as in Page; own: ids of those that are chosen.
        """
        jobs, key = self.run_weights.jobs, key_of(visitor)
        learned = []
        for job in jobs.runs(key) if key else []:
            try:
                jobs.weights(job)
            except JobError:
                continue
            learned.append((job.name, job.id))
        ids = {run for _, run in learned}
        value = [run for run in own or [] if run in ids]
        return {"own": gr.update(choices=learned, value=value, visible=bool(learned))}

    def ask(self, photo, asked):
        """Asks for a comparison of the page's photo, unless that is what is shown.

        Args:
            photo: payload, or None; asked: the last that was asked for, or None.
        """
        return self.ask_again(photo) if _is_another(photo, asked) else {}

    def follow(self, photo, asked):
        """Says that the page has another photo than the last that was asked for.

        Args:
            photo, asked: as for `ask`.
        """
        return {"followed": secrets.token_hex(8)} if _is_another(photo, asked) else {}

    def ask_again(self, photo):
        """Asks for a comparison of the page's photo; whoever has none is told what to do."""
        path = path_of(photo)
        if path is None:
            return {"status": note_html(self.words.compare.no_photo)}
        waiting = progress_html(None, self.words.compare, "waiting")
        asked = {"path": path, "nonce": secrets.token_hex(8)}
        return {"asked": asked, "status": waiting, "cancel": gr.update(interactive=True)}

    @errors_become_toasts
    def compare(self, photo, asked, ticket, mask, painted, own, weights, visitor, run_in_use):
        """Lets everybody segment the photo, one after the other, and shows each as it comes.

        Args:
            photo, asked: as for `ask`; of a photo that nobody asked for nothing is shown.
            ticket: of the comparison that is shown, or None.
            mask: payload of the true mask, or None; painted: payload of the canvas.
            own: ids of the visitor's runs; weights: payload of a weights file, or None.
            visitor, run_in_use: as in Page.
        """
        if photo is None or _is_another(photo, asked):
            return
        contenders = [*self._networks(own, weights, visitor, run_in_use), *rivals()]
        image, name = read_photo(photo)
        with self.large.turn(image):
            comparison = compare(path_of(photo), safe_stem(name), image, contenders)
        del image
        before = self.results.get(ticket)
        new = before is None or before.path != comparison.path
        if not new:
            comparison.truth = self._truth(comparison, mask, painted)
        ticket = self.results.put(comparison, comparison.size)
        cleared = {"canvas": fresh_canvas(comparison.photo), "mask": None} if new else {}
        yield {"ticket": ticket, **cleared, **self._shown(comparison, "working")}
        while len(comparison.outcomes) < len(contenders):
            self._proceed(comparison)
            ended = len(comparison.outcomes) == len(contenders)
            yield self._shown(comparison, "done" if ended else "working")

    @errors_become_toasts
    def score(self, ticket, mask, painted):
        """Scores what is shown against a true mask; nobody segments anything anew."""
        comparison = self.results.get(ticket)
        if comparison is None:
            raise UserError("page.forgotten")
        comparison.truth = self._truth(comparison, mask, painted)
        return {"board": board_html(comparison, self.words)}

    @errors_become_toasts
    def score_painted(self, ticket, mask, painted):
        """Scores against what was painted, in the place of a mask that was given."""
        told = self.score(ticket, None, painted)
        if self.results.get(ticket).truth is None:
            raise UserError("page.nothing_painted")
        return {**told, "mask": None}

    def cancel(self, ticket):
        """Says that the comparison has ended, with what there is of it."""
        comparison = self.results.get(ticket)
        status = progress_html(comparison, self.words.compare, "cancelled")
        return {"status": status, "cancel": gr.update(interactive=False)}

    @errors_become_toasts
    def answer(self, photo, mask=None):
        """Segments one photo by GEC-AT and by classical methods.

        Args:
            photo: the photo, as a file; it is compared at 640 pixels at most.
            mask: its true mask, as a file of the photo's size, white = object; or nothing.

        Returns:
            the masks (PNG, of the size at which they are compared), and a dictionary: by each
            method's name the seconds that it took on this server, and its IoU where a true mask
            was given.
        """
        if photo is None:
            raise UserError("page.no_photo")
        image, name = read_photo(photo)
        with self.large.turn(image):
            comparison = compare(
                path_of(photo), safe_stem(name), image, [networks(self.segmenter), *rivals()]
            )
        comparison.truth = self._truth(comparison, mask, None)
        for _ in comparison.contenders:
            self._proceed(comparison)
        names = [contender.kind for contender in comparison.contenders]
        files, facts = {}, {}
        for kind, found, iou in zip(names, comparison.outcomes, comparison.ious(), strict=True):
            files[f"{comparison.name}-{kind}.png"] = png_of(found.mask)
            facts[kind] = {"seconds": round(found.seconds, 4)}
            facts[kind]["iou"] = None if iou is None else round(iou, 4)
        return {"masks": publish(files), "facts": facts}

    def _proceed(self, comparison):
        try:
            comparison.proceed()
        except WeightsError as error:
            log.warning("no usable weights: %s", error)
            raise WeightsError("weights.none_in_use") from error

    def _networks(self, own, weights, visitor, run_in_use):
        """The networks that are compared: those that ship, those in use, and the visitor's own."""
        found = [networks(self.segmenter)]
        jobs, key = self.run_weights.jobs, key_of(visitor)
        runs = list(dict.fromkeys([(run_in_use or {}).get("run"), *(own or [])[:WEIGHTS]]))
        for run in filter(None, runs):
            try:
                job = jobs.get(key, run)
                path = jobs.weights(job)
            except JobError:  # it is gone
                continue
            found.append(networks(_loader(path), "own", job.name))
        if weights is not None:
            path = uploaded_path(weights)
            check_own_weights(path, jobs.limits)
            found.append(networks(_loader(path), "own", uploaded_name(weights)))
        return found

    def _truth(self, comparison, mask, painted):
        """What is known to be object, bool (h, w), or None: a file goes before paint."""
        if mask is not None:
            given = read_mask(uploaded_path(mask))
            return read_truth(given, comparison.full, comparison.photo.shape)
        found = painted_mask(painted, self.blobs, comparison.photo.shape)
        return None if found is None else found > 0.5

    def _shown(self, comparison, state):
        return {
            "board": board_html(comparison, self.words),
            "status": progress_html(comparison, self.words.compare, state),
            "cancel": gr.update(interactive=state == "working"),
        }


def _loader(path):
    path = Path(path)
    return lambda: load_weights_of(path, path.stat().st_mtime_ns)


def _is_another(photo, asked):
    """Whether there is a photo, and not the one that was asked for last."""
    path = path_of(photo)
    return path is not None and path != (asked or {}).get("path")
