"""What was freed goes back to the machine: else the C library keeps it, in many heaps.

Only glibc is told so; other systems' libraries have ways of their own.
"""

import ctypes
import functools

HEAPS = 2  # glibc would make eight a core, and each keeps the most that it has ever held
ARENA_MAX = -8  # glibc's M_ARENA_MAX


def keep_few_heaps():
    """Bounds the heaps of this process, from before it has made them."""
    if library := _glibc():
        library.mallopt(ARENA_MAX, HEAPS)


def give_back_freed():
    """Gives back to the machine whatever of the heaps is free."""
    if library := _glibc():
        library.malloc_trim(0)


@functools.cache
def _glibc():
    try:
        library = ctypes.CDLL(None)
    except TypeError:  # Windows
        return None
    return library if hasattr(library, "malloc_trim") else None
