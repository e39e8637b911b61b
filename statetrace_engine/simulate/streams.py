"""A TCP connection that a device keeps up, again and again."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import NoReturn

Address = tuple[str, int]
_RETRY_S = 1.0


async def keep(
    to: Address, opened: Callable[[asyncio.StreamWriter], Awaitable[None]], closed: Callable[[], object]
) -> NoReturn:
    """Until cancelled; what comes from the other side is of no interest."""
    while True:
        try:
            reader, writer = await asyncio.open_connection(*to)
        except OSError:
            await asyncio.sleep(_RETRY_S)
            continue
        try:
            await opened(writer)
            with suppress(OSError):
                while await reader.read(4096):
                    pass
        finally:
            closed()
            writer.close()
        await asyncio.sleep(_RETRY_S)
