"""What was freed is no longer the app's."""

import ctypes
import platform
import subprocess
import sys

import pytest

from gecat.app.ui.freed_memory import HEAPS, give_back_freed
from gecat.evaluation.bench.robustness.processes import memory_of

from ...conftest import ROOT

glibc = pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="of glibc")
PIECE, PIECES = 60_000, 1000  # bytes, too few to be mapped one by one
WORK = """
import ctypes, sys, threading
from gecat.app.ui.freed_memory import keep_few_heaps
if sys.argv[1] == "few":
    keep_few_heaps()
library = ctypes.CDLL(None)
library.malloc.restype = ctypes.c_void_p
met = threading.Barrier(6)
def work():
    library.malloc(60_000)
    met.wait()  # a heap whose thread has ended is another's
threads = [threading.Thread(target=work) for _ in range(6)]
[thread.start() for thread in threads], [thread.join() for thread in threads]
library.malloc_info(0, ctypes.c_void_p.in_dll(library, "stdout"))
library.fflush(None)
"""


@glibc
def test_what_was_freed_goes_back_to_the_machine():
    library = ctypes.CDLL(None)
    library.malloc.restype, library.free.argtypes = ctypes.c_void_p, [ctypes.c_void_p]
    pieces = [library.malloc(PIECE) for _ in range(PIECES)]
    for piece in pieces:
        ctypes.memset(ctypes.c_void_p(piece), 1, PIECE)
    last = pieces.pop()  # it holds the end of the heap where it is
    for piece in pieces:
        library.free(piece)
    before = memory_of("self")
    give_back_freed()
    assert before - memory_of("self") > 0.8 * PIECE * PIECES
    library.free(last)


@glibc
@pytest.mark.parametrize("kept", ["few", "as many as there come"])
def test_threads_share_few_heaps(kept):
    told = subprocess.run(
        [sys.executable, "-c", WORK, kept], cwd=ROOT, capture_output=True, text=True, check=True
    )
    heaps = told.stdout.count("<heap ")
    assert heaps <= HEAPS if kept == "few" else heaps > HEAPS
