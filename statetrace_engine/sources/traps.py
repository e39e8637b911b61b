"""SNMP traps and informs over UDP, v1 and v2c (RFC 1157, RFC 3416): opened, and their community cut out.

What they say is read later, by whoever has the journal; an inform is answered at once (RFC 3416 section 4.2.7).
"""

from __future__ import annotations

import asyncio
import contextlib
from typing import NoReturn

from msgspec import Struct

from statetrace_engine.model.signal import Malformed, Source, Trap
from statetrace_engine.sources import address
from statetrace_engine.sources.inbox import Inbox
from statetrace_engine.sources.status import Report, keep_reporting
from statetrace_engine.sources.udp import Sender, UdpListener
from statetrace_engine.wire import snmp
from statetrace_engine.wire.ber import BerError

_TAGS = frozenset((snmp.PduKind.TRAP, snmp.PduKind.INFORM, snmp.V1_TRAP_TAG))


class TrapSettings(Struct, frozen=True, kw_only=True):
    """`[traps]` of statetrace.toml. Any community is taken: a trap is believed as a log line is, by who sends it."""

    udp: str = "0.0.0.0:1162"
    """`ADDRESS:PORT`, port 0 for any; empty: no listener."""


async def run(settings: TrapSettings, inbox: Inbox, report: Report) -> NoReturn:
    """Listens until cancelled. Raises PortTaken, ValueError or OSError as `UdpListener` does."""
    listener = listen(settings.udp, inbox, asyncio.get_running_loop())
    with contextlib.closing(listener):
        await keep_reporting(report, lambda: (listener.status(),))


def listen(where: str, inbox: Inbox, loop: asyncio.AbstractEventLoop) -> UdpListener:
    """Listens at once."""

    def take(raw: bytes, sender: Sender, steady: float) -> bool:
        peer = address.peer(sender[0])
        try:
            envelope = snmp.opened(raw)
            if envelope.tag not in _TAGS:
                raise BerError(f"SNMP, and no trap: tag {envelope.tag:#04x}")
            answer = _answer(raw) if envelope.tag == snmp.PduKind.INFORM else b""
        except BerError as error:
            inbox.put(Source.TRAP, peer, Malformed(str(error)), steady)
            return False
        inbox.put(Source.TRAP, peer, Trap(envelope.bare), steady)
        if answer:
            with contextlib.suppress(OSError):  # its sender asks again
                listener.socket.sendto(answer, sender)
        return True

    listener = UdpListener(Source.TRAP, "[traps] udp", where, inbox, loop, take)
    return listener


def _answer(raw: bytes) -> bytes:
    """What the sender of an inform waits for."""
    message = snmp.decode(raw)
    assert isinstance(message, snmp.Message), "an inform of v2c"
    return snmp.encode(snmp.answer(message))
