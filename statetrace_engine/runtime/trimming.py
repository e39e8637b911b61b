"""Free memory goes back to the system: what a start or a storm needed, glibc keeps, in an arena for every thread.

Elsewhere the C library has no such call, or gives back by itself.
"""

from __future__ import annotations

import ctypes
import sys
from collections.abc import Callable
from functools import lru_cache


def give_back() -> bool:
    """Whether anything went back; takes 1 ms or so, and other threads run meanwhile."""
    trim = _trim()
    return trim is not None and bool(trim(0))


@lru_cache(maxsize=1)
def _trim() -> Callable[[int], int] | None:
    """malloc_trim(3), where there is one."""
    if sys.platform != "linux":
        return None
    return getattr(ctypes.CDLL(None), "malloc_trim", None)
