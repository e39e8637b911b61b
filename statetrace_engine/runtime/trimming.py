"""Free memory goes back to the system: what a start or a storm needed, glibc keeps, in an arena for every thread.

Elsewhere the C library has no such calls, or gives back by itself.
"""

from __future__ import annotations

import ctypes
import sys
from functools import lru_cache

_M_MMAP_THRESHOLD, _M_ARENA_MAX = -3, -8
"""malloc.h."""
MAPPED_BYTES = 256 << 10
"""A checkpoint is mapped by itself, and gone when it is written. By default the bound grows with the first of them."""
ARENAS = 2
"""Python has its own for small things; the rest comes too seldom for threads to wait for each other."""


def settle() -> bool:
    """Before threads are started; whether the C library takes advice."""
    library = _library()
    if library is None:
        return False
    return all([library.mallopt(_M_MMAP_THRESHOLD, MAPPED_BYTES), library.mallopt(_M_ARENA_MAX, ARENAS)])


def give_back() -> bool:
    """Whether anything went back; takes 1 ms or so, and other threads run meanwhile."""
    library = _library()
    return library is not None and bool(library.malloc_trim(0))


@lru_cache(maxsize=1)
def _library() -> ctypes.CDLL | None:
    """glibc, where that is what the process has."""
    if sys.platform != "linux":
        return None
    library = ctypes.CDLL(None)
    return library if hasattr(library, "malloc_trim") and hasattr(library, "mallopt") else None
