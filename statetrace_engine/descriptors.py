"""How many sockets and files this process may have open: 256 by default on macOS, 1,024 on Linux."""

from __future__ import annotations

import sys
from contextlib import suppress

_SELECT = 512
"""Sockets that Windows' select() takes to be read, and as many to be written; files there have no limit to speak of."""


def allowed(wanted: int) -> int:
    """Raises this process's limit to `wanted` as far as the system lets it; how many of them there may be."""
    if sys.platform == "win32":
        return min(wanted, _SELECT)
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        with suppress(OSError, ValueError):  # macOS names a hard limit that it does not grant
            resource.setrlimit(
                resource.RLIMIT_NOFILE, (wanted if hard == resource.RLIM_INFINITY else min(wanted, hard), hard)
            )
        soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return wanted if soft == resource.RLIM_INFINITY else min(wanted, soft)
