"""A training knows how long it may live, whoever still watches over it."""

import os
import signal
import threading

GRACE_SECONDS = 30.0  # for its last checkpoint


def end_after(seconds, grace=GRACE_SECONDS):
    """Lets this process live for a while: then it is told to end, and later it is killed.

    The clock is one that nobody can set.

    Args:
        seconds: until it is told, as SIGTERM tells it, so that a training keeps its checkpoint.
        grace: seconds from then until it is killed.
    """
    for wait, number in ((seconds, signal.SIGTERM), (seconds + grace, signal.SIGKILL)):
        timer = threading.Timer(wait, os.kill, (os.getpid(), number))
        timer.daemon = True
        timer.start()
