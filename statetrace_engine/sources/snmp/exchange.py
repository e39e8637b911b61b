"""One request and its answer over UDP, each on a socket of its own.

The port is the system's choice, and gone when the answer is there: what comes late finds nobody. A socket that is
connected hears what the network refuses, and nobody but the address that it asks; one that is not hears a device that
answers from another of its addresses, and no refusal.
"""

from __future__ import annotations

import asyncio
import errno
import socket
from collections.abc import Callable
from typing import TypeVar

from msgspec import Struct

from statetrace_engine.sources.prober import reason
from statetrace_engine.sources.snmp.answering import bare, destination, from_elsewhere, number
from statetrace_engine.sources.snmp.client import SnmpError, Trouble

_SLICE = 50
"""Datagrams looked at in one turn of the loop."""
_T = TypeVar("_T")


class Agent(Struct, frozen=True):
    """Where to ask, and from where else an answer may come."""

    address: str
    port: int
    others: frozenset[str] = frozenset()

    def is_sender(self, host: str, port: int) -> bool:
        sender = bare(host)
        return port == self.port and (sender == bare(self.address) or sender in self.others)


async def exchange(
    agent: Agent,
    request: bytes,
    timeout_s: float,
    take: Callable[[bytes], _T | None],
    *,
    hears_others: bool = False,
) -> _T:
    """What `take` makes of the answer; it gets every datagram of the agent until it returns or raises something.

    `hears_others`: the agent may answer from its other addresses. Raises SnmpError: TIMED_OUT when nothing came,
    MALFORMED when nothing that `take` took, ELSEWHERE when an answer came from an address that is none of the agent's.
    """
    loop = asyncio.get_running_loop()
    answer: asyncio.Future[_T] = loop.create_future()
    opened = _sent(agent, request, is_connected=not hears_others)
    timer = loop.call_later(timeout_s, _give_up, answer)
    refused, stranger = 0, ""

    def read() -> None:
        nonlocal refused, stranger
        for _ in range(_SLICE):
            if answer.done():
                return
            try:
                raw, sender = opened.recvfrom(65535)
                if hears_others and not agent.is_sender(sender[0], sender[1]):
                    stranger = stranger or (sender[0] if number(raw) == number(request) else "")
                    continue
                taken = take(raw)
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
        if error.trouble is Trouble.TIMED_OUT and stranger:
            raise from_elsewhere(stranger) from None
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


def _sent(agent: Agent, request: bytes, *, is_connected: bool) -> socket.socket:
    """The socket on which the answer will come. Raises SnmpError."""
    try:
        opened = socket.socket(socket.AF_INET6 if ":" in agent.address else socket.AF_INET, socket.SOCK_DGRAM)
    except OSError as error:
        raise translated(error) from None
    try:
        opened.setblocking(False)
        where = destination(agent.address, agent.port)
        if is_connected:
            opened.connect(where)
            opened.send(request)
        else:
            opened.sendto(request, where)
    except OSError as error:
        opened.close()
        raise translated(error) from None
    return opened
