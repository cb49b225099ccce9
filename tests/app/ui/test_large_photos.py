import threading

import numpy as np
import pytest

from gecat.app.ui.large_photos import LargePhotos
from gecat.errors import UserError

from ...stand_in import wait_for

SMALL, LARGE = np.zeros((3, 3, 3), np.uint8), np.zeros((4, 4, 3), np.uint8)


@pytest.fixture
def large():
    return LargePhotos(pixels=16)


def test_small_photos_wait_for_nobody(large):
    with large.turn(LARGE), large.turn(SMALL), large.turn(SMALL):
        pass


def test_one_large_photo_is_worked_on_at_a_time(large):
    at_once, most = [], []

    def work():
        with large.turn(LARGE, patient=True):
            at_once.append(1)
            most.append(len(at_once))
            at_once.pop()

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == [1] * 8


def test_a_place_is_given_back_whatever_happens(large):
    for _ in range(5):
        with pytest.raises(KeyError), large.turn(LARGE):
            raise KeyError
    with large.turn(LARGE):
        pass


def test_who_finds_no_place_is_told(large):
    waits = threading.Thread(target=lambda: large.turn(LARGE).__enter__())
    with large.turn(LARGE):
        waits.start()
        wait_for(lambda: not large._places._value)  # until it waits for its turn
        with pytest.raises(UserError, match="Other large photos"), large.turn(LARGE):
            pass
    waits.join()
