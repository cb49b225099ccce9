"""Large photos take gigabytes and seconds: one is worked on at a time, and few keep a place."""

import contextlib
import threading

from gecat.errors import UserError
from gecat.images.sizes import LARGE_PIXELS

PLACES = 2  # of the events that work on photos at a time: one is worked on, the others wait


class LargePhotos:
    """The turns of the large photos of all visitors; the others take none.

    Args:
        pixels: from which a photo is large.
    """

    def __init__(self, pixels=LARGE_PIXELS):
        self._pixels = pixels
        self._places = threading.BoundedSemaphore(PLACES)
        self._turn = threading.Lock()

    @contextlib.contextmanager
    def turn(self, image, patient=False):
        """Lets a photo be worked on while no other large one is.

        Args:
            image: array (H, W, ...); patient: whether to wait where all places are taken, as one
                may who keeps nobody else waiting meanwhile.

        Raises:
            UserError: if all places are taken.
        """
        if image.shape[0] * image.shape[1] < self._pixels:
            yield
            return
        if not self._places.acquire(blocking=patient):
            raise UserError("page.busy")
        try:
            with self._turn:
                yield
        finally:
            self._places.release()
