from threading import Event

import pytest

from gecat.app.ui.stoppable import stoppable


def told_and_returned(steps):
    """(what is told, what is returned)."""
    told = []
    while True:
        try:
            told.append(next(steps))
        except StopIteration as end:
            return [share for share in told if share is not None], end.value


def test_it_tells_how_far_it_has_come_and_returns_what_was_made():
    def work(tell):
        tell(0.5)
        return "done"

    assert told_and_returned(stoppable(work)) == ([0.5], "done")


def test_what_goes_wrong_is_told():
    def work(tell):
        raise ValueError("no way down")

    with pytest.raises(ValueError, match="no way down"):
        told_and_returned(stoppable(work))


def test_once_nobody_waits_the_work_ends():
    asked, ended, far = Event(), Event(), []

    def work(tell):
        try:
            tell(0.1)
            asked.wait(60)
            tell(0.2)
            far.append("beyond")
        finally:
            ended.set()

    steps = stoppable(work)
    assert next(steps) == 0.1
    steps.close()
    asked.set()
    assert ended.wait(60) and not far
