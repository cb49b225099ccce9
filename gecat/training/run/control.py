"""How a run under way obeys its control file, and says what it is doing."""

import signal
import threading
import time
from contextlib import contextmanager

from gecat.training.run.folder import control, read_control, tell

SLOW_SECONDS = 1.0  # how long each stage of a cycle is lit in slow motion
TOLD_EVERY = 1.0  # seconds between two notes while nothing slows the run


class Steering:
    """Reads the commands for one run.

    Args:
        folder: the run's folder.
        interrupted: an event that ends every wait.
    """

    def __init__(self, folder, interrupted):
        self._folder = folder
        self._interrupted = interrupted
        self._waited = 0.0
        self._told = float("-inf")
        self.command, self.part = read_control(folder)

    def clock(self):
        """Seconds that do not pass while the run only waits."""
        return time.monotonic() - self._waited

    def enter(self, light):
        """Called as a stage of a cycle begins: "discriminator", "generator" or "average"."""
        slow = self.command in ("slow", "step")
        if slow or time.monotonic() - self._told > TOLD_EVERY:
            self._told = time.monotonic()
            tell(self._folder, "learning", light=light, slow=slow)
        if slow:
            self._wait(SLOW_SECONDS)

    def obey(self):
        """Called between two cycles: waits while the command is "pause"; returns whether to go on.

        After a step the command becomes "pause", so that whoever looks sees what is true.
        """
        if self.command == "step" and read_control(self._folder)[0] == "step":
            control(self._folder, "pause", self.part)
        self.command, self.part = read_control(self._folder)
        if self.command == "pause":
            tell(self._folder, "paused")
        while self.command == "pause" and not self._interrupted.is_set():
            self._wait(0.2)
            self.command, self.part = read_control(self._folder)
        return self.command != "stop" and not self._interrupted.is_set()

    def _wait(self, seconds):
        started = time.monotonic()
        self._interrupted.wait(seconds)
        self._waited += time.monotonic() - started


@contextmanager
def interruptible():
    """An event that Ctrl-C and SIGTERM set, so that the last checkpoint is kept."""
    interrupted = threading.Event()
    if threading.current_thread() is not threading.main_thread():
        yield interrupted
        return
    before = {
        number: signal.signal(number, lambda *_: interrupted.set())
        for number in (signal.SIGINT, signal.SIGTERM)
    }
    try:
        yield interrupted
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
