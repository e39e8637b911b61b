"""Syslog from the network: the UDP and the TCP listener as one source."""

from __future__ import annotations

import asyncio
from contextlib import ExitStack
from typing import NoReturn

from msgspec import Struct

from statetrace_engine.sources.inbox import Inbox
from statetrace_engine.sources.status import Report, keep_reporting
from statetrace_engine.sources.syslog_tcp import TcpLimits, TcpListener
from statetrace_engine.sources.syslog_udp import UdpListener


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
            listeners.append(udp := UdpListener(settings.udp, inbox, loop))
            stack.callback(udp.close)
        if settings.tcp:
            listeners.append(tcp := await TcpListener.open(settings.tcp, settings.limits, inbox, loop))
            stack.callback(tcp.close)
        await keep_reporting(report, lambda: tuple(listener.status() for listener in listeners))
