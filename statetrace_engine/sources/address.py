"""Addresses as sources use them: `0.0.0.0:5514` in settings, `10.0.0.1` for a peer, bound sockets of both families."""

from __future__ import annotations

import errno
import socket
import sys
from functools import lru_cache
from ipaddress import IPv6Address, ip_address

from statetrace_engine.errors import PortTaken

_MAPPED = "::ffff:"
_TAKEN = frozenset({errno.EADDRINUSE, *((errno.EACCES,) if sys.platform == "win32" else ())})
"""Windows refuses so what another program has for itself alone, or has reserved (`netsh int ip show excluded`)."""


def split(text: str) -> tuple[str, int]:
    """`0.0.0.0:5514` → `("0.0.0.0", 5514)`; `[::]:5514` and `::1:5514` → IPv6. Port 0: any free one.

    Raises ValueError when it is no address with a port.
    """
    host, colon, port = text.rpartition(":")
    host = host.removeprefix("[").removesuffix("]")
    if not colon or not port.isascii() or not port.isdigit() or int(port) > 65535:
        raise ValueError(f"{text!r} is not ADDRESS:PORT")
    ip_address(host)
    return host, int(port)


def join(host: str, port: int) -> str:
    """`10.0.0.1:514`, `[::1]:514`."""
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


@lru_cache(maxsize=65536)
def peer(host: str) -> str:
    """A sender's address, one spelling for one sender: IPv4 mapped into IPv6 becomes IPv4 again."""
    if not host.startswith(_MAPPED):
        return host
    mapped = IPv6Address(host.partition("%")[0]).ipv4_mapped
    return str(mapped) if mapped else host


@lru_cache(maxsize=65536)
def is_numeric(host: str) -> bool:
    """Whether it is an address, and no name that would have to be looked up."""
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def bound(what: str, setting: str, text: str, kind: socket.SocketKind) -> socket.socket:
    """A non-blocking socket of `kind` bound to `text`; IPv6 ones take IPv4 senders as well, where the system can.

    `what` (`syslog over UDP`) and `setting` (`[syslog] udp`) are for the message. Raises PortTaken when the
    address is in use, ValueError when it is none, OSError that says it all when it cannot be had.
    """
    host, port = split(text)
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, kind)
    try:
        listener.setblocking(False)
        if family == socket.AF_INET6:
            listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
        _claim(listener, kind)
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        where = f"{what} cannot listen on {text}"
        if error.errno in _TAKEN:
            raise PortTaken(f"{where}: the port is in use. Stop the other listener, or change {setting}.") from error
        raise OSError(error.errno, f"{where}: {error.strerror}; change {setting}") from error
    return listener


def _claim(listener: socket.socket, kind: socket.SocketKind) -> None:
    """On Windows two programs could bind one port and share its traffic; elsewhere a restart could not bind at once."""
    exclusive = getattr(socket, "SO_EXCLUSIVEADDRUSE", None)
    if exclusive is not None:
        listener.setsockopt(socket.SOL_SOCKET, exclusive, 1)
    elif kind == socket.SOCK_STREAM:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
