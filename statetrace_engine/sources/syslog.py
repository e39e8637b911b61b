"""Syslog from the network: over UDP (RFC 5426: one datagram, one message) and over TCP.

b"<187>45: *Mar  1 18:46:11.123: %LINK-3-UPDOWN: Interface Gi0/1, changed state to down"
"""

from __future__ import annotations

import asyncio
from contextlib import ExitStack
from typing import NoReturn

from msgspec import Struct

from statetrace_engine.model.signal import LogLine, Source
from statetrace_engine.sources import address
from statetrace_engine.sources.inbox import Inbox
from statetrace_engine.sources.status import Report, keep_reporting
from statetrace_engine.sources.syslog_tcp import TcpLimits, TcpListener
from statetrace_engine.sources.udp import Sender, UdpListener

LONGEST = 8192
"""Bytes of a datagram that are kept; RFC 5426 section 3.2 asks for 2,048."""


class SyslogSettings(Struct, frozen=True, kw_only=True):
    """`[syslog]` of statetrace.toml."""

    udp: str = "0.0.0.0:5514"
    """`ADDRESS:PORT`, port 0 for any; empty: no listener."""
    tcp: str = "0.0.0.0:5514"
    relays: tuple[str, ...] = ()
    """From these peers the message's HOSTNAME identifies the device; read by the pipeline."""
    files: tuple[str, ...] = ()
    """Log files to follow; read by `sources.log_files`."""
    limits: TcpLimits = TcpLimits()


async def run(settings: SyslogSettings, inbox: Inbox, report: Report) -> NoReturn:
    """Listens until cancelled; the bound addresses are in the `detail` of what it reports.

    Raises PortTaken when an address is in use, ValueError when one is none, OSError when one cannot be had.
    """
    loop = asyncio.get_running_loop()
    listeners: list[UdpListener | TcpListener] = []
    with ExitStack() as stack:
        if settings.udp:
            listeners.append(udp := over_udp(settings.udp, inbox, loop))
            stack.callback(udp.close)
        if settings.tcp:
            listeners.append(tcp := await TcpListener.open(settings.tcp, settings.limits, inbox, loop))
            stack.callback(tcp.close)
        await keep_reporting(report, lambda: tuple(listener.status() for listener in listeners))


def over_udp(where: str, inbox: Inbox, loop: asyncio.AbstractEventLoop) -> UdpListener:
    """Listens at once. Raises as `UdpListener` does."""

    def take(raw: bytes, sender: Sender, steady: float) -> bool:
        is_sound = 0 < len(raw) <= LONGEST
        if raw:
            inbox.put(Source.SYSLOG_UDP, address.peer(sender[0]), LogLine(raw[:LONGEST]), steady)
        return is_sound

    return UdpListener(Source.SYSLOG_UDP, "[syslog] udp", where, inbox, loop, take)
