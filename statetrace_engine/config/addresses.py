"""Addresses as they are written in configuration: `10.0.0.1`, `0.0.0.0:5514`, `[::]:5514`."""

from __future__ import annotations

from functools import lru_cache
from ipaddress import ip_address


@lru_cache(maxsize=65536)
def address_problem(text: str) -> str:
    """Why the text is no IP address; empty when it is one."""
    try:
        ip_address(text)
    except ValueError:
        return f"{text!r} is not an IP address"
    return ""


def listener_problem(text: str) -> str:
    """Why the text is no address to listen on; empty when it is one, or switched off by an empty text."""
    if not text:
        return ""
    try:
        split_listener(text)
    except ValueError as error:
        return str(error)
    return ""


def split_listener(text: str) -> tuple[str, int]:
    """`0.0.0.0:5514` → host and port; IPv6 in brackets.

    Raises ValueError, saying what is wrong.
    """
    host, colon, port = text.rpartition(":")
    if not colon or not port.isascii() or not port.isdigit() or int(port) > 65535:
        raise ValueError(f"{text!r} is not ADDRESS:PORT with a port from 0 to 65535")
    bare = host[1:-1] if host.startswith("[") and host.endswith("]") else host
    if ":" in bare and bare == host:
        raise ValueError(f"{text!r}: an IPv6 address stands in brackets, [::]:5514")
    if bare != "localhost" and (problem := address_problem(bare)):
        raise ValueError(problem)
    return bare, int(port)
