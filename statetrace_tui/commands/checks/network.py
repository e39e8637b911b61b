"""Listeners, ICMP and followed files: what signals come by."""

from __future__ import annotations

import socket
import sys
from collections.abc import Iterator
from pathlib import Path

from statetrace_engine.config import Settings
from statetrace_engine.control import lease
from statetrace_engine.errors import PortTaken
from statetrace_engine.sources import address
from statetrace_engine.sources.probe_icmp import IcmpMode, icmp_mode
from statetrace_tui.commands.checks import Check, fail, ok, warn

_ICMP_REMEDY = {
    "linux": "sysctl -w net.ipv4.ping_group_range='0 2147483647', or AmbientCapabilities=CAP_NET_RAW in the service",
    "win32": "run the engine as administrator, or accept the slower ping.exe",
}
_SETTINGS = {
    "syslog_udp": "[syslog] udp", "syslog_tcp": "[syslog] tcp", "trap": "[traps] udp", "bmp": "[bmp] tcp",
}  # fmt: skip
_WHO_LISTENS = {"linux": "ss -lnp", "win32": "netstat -ano"}


def checks(settings: Settings, home: Path) -> Iterator[Check]:
    is_owned = lease.is_owned(home / "data")
    yield _listener("syslog_udp", settings.syslog.udp, socket.SOCK_DGRAM, is_owned)
    yield _listener("syslog_tcp", settings.syslog.tcp, socket.SOCK_STREAM, is_owned)
    yield _listener("trap", settings.traps.udp, socket.SOCK_DGRAM, is_owned)
    yield _listener("bmp", settings.bmp.tcp, socket.SOCK_STREAM, is_owned)
    yield _icmp()
    for file in settings.syslog.files:
        yield _followed(home / Path(file).expanduser())


def _listener(name: str, setting: str, kind: socket.SocketKind, is_owned: bool) -> Check:
    key = _SETTINGS[name]
    if not setting:
        return ok(name, f"switched off by {key}")
    try:
        address.bound(name, key, setting, kind).close()
    except PortTaken:
        if is_owned:
            return ok(name, f"{setting} is in use while this home's engine runs")
        owner = (
            f"find it with `{_WHO_LISTENS.get(sys.platform, 'lsof -i -P')}` and stop it, or set another port at {key}"
        )
        return fail(name, f"{setting} is taken by another program", owner)
    except OSError as error:
        remedy = f"use a port above 1023 at {key}" if address.split(setting)[1] < 1024 else f"correct {key}"
        return fail(name, error.strerror or str(error), remedy)
    return ok(name, f"{setting} is free")


def _icmp() -> Check:
    mode = icmp_mode()
    if mode in (IcmpMode.DATAGRAM, IcmpMode.RAW):
        return ok("icmp", str(mode))
    what = "no ICMP; TCP connections stand in" if mode is IcmpMode.TCP else "by the system's ping: slower, and costly"
    return warn("icmp", what, _ICMP_REMEDY.get(sys.platform, "run the engine with the right to open ICMP sockets"))


def _followed(path: Path) -> Check:
    try:
        with path.open("rb"):
            return ok("log file", f"{path} can be read")
    except FileNotFoundError:
        return warn("log file", f"{path} is not there yet", "correct [syslog] files, or wait until it is written")
    except OSError as error:
        return fail("log file", f"{path}: {error.strerror}", "give the engine's user the right to read it")
