"""One request and its answer over UDP, each on a socket of its own.

The port is the system's choice, and gone when the answer is there: what comes late, or from elsewhere, finds nobody;
what the network refuses is heard, because the socket is connected.
"""

from __future__ import annotations

import asyncio
import errno
import socket
from collections.abc import Callable
from typing import TypeVar

from statetrace_engine.sources.prober import reason
from statetrace_engine.sources.snmp.client import SnmpError, Trouble

_SLICE = 50
"""Datagrams looked at in one turn of the loop."""
_T = TypeVar("_T")


async def exchange(where: tuple[str, int], request: bytes, timeout_s: float, take: Callable[[bytes], _T | None]) -> _T:
    """What `take` makes of the answer; it gets every datagram from there until it returns or raises something.

    Raises SnmpError: TIMED_OUT when nothing came, MALFORMED when nothing that `take` took.
    """
    loop = asyncio.get_running_loop()
    answer: asyncio.Future[_T] = loop.create_future()
    opened = _send(where, request)
    timer = loop.call_later(timeout_s, _give_up, answer)
    refused = 0

    def read() -> None:
        nonlocal refused
        for _ in range(_SLICE):
            if answer.done():
                return
            try:
                taken = take(opened.recv(65535))
            except (BlockingIOError, InterruptedError):
                return
            except OSError as error:
                answer.set_exception(translated(error))
            except SnmpError as error:
                answer.set_exception(error)
            else:
                if taken is None:
                    refused += 1
                else:
                    answer.set_result(taken)

    descriptor = opened.fileno()  # asyncio makes a text of a socket each time it is given one
    loop.add_reader(descriptor, read)
    try:
        return await answer
    except SnmpError as error:
        if error.trouble is Trouble.TIMED_OUT and refused:
            raise SnmpError(Trouble.MALFORMED) from None
        raise
    finally:
        timer.cancel()
        loop.remove_reader(descriptor)
        opened.close()


def _give_up(answer: asyncio.Future[_T]) -> None:
    if not answer.done():
        answer.set_exception(SnmpError(Trouble.TIMED_OUT))


def translated(error: OSError) -> SnmpError:
    """What the network or this machine says, in our words."""
    if error.errno == errno.ECONNREFUSED:
        return SnmpError(Trouble.REFUSED)
    return SnmpError(Trouble.UNREACHABLE, reason(error))


def _send(where: tuple[str, int], request: bytes) -> socket.socket:
    """The socket on which the answer will come. Raises SnmpError."""
    try:
        opened = socket.socket(socket.AF_INET6 if ":" in where[0] else socket.AF_INET, socket.SOCK_DGRAM)
    except OSError as error:
        raise translated(error) from None
    try:
        opened.setblocking(False)
        opened.connect(where)
        opened.send(request)
    except OSError as error:
        opened.close()
        raise translated(error) from None
    return opened
