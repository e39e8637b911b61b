"""Addresses as they are written in configuration: `10.0.0.1`, `0.0.0.0:5514`, `[::]:5514`."""

from __future__ import annotations

from functools import lru_cache
from ipaddress import ip_address

from statetrace_engine.sources import address


@lru_cache(maxsize=65536)
def address_problem(text: str) -> str:
    """Why the text is no IP address; empty when it is one."""
    try:
        ip_address(text)
    except ValueError:
        return f"{text!r} is not an IP address"
    return ""


def asked_at(text: str) -> tuple[str, int]:
    """`10.0.0.1:16161` → `("10.0.0.1", 16161)`: an agent and its port; 0 when there is none, as in `10.0.0.1`.

    Raises ValueError when it is neither.
    """
    if not address_problem(text):
        return text, 0
    host, port = address.split(text)
    if not port:
        raise ValueError(f"{text!r}: nobody answers at port 0")
    return host, port


def agent_problem(text: str) -> str:
    """Why nobody can be asked there; empty when somebody can."""
    try:
        asked_at(text)
    except ValueError:
        return f"{text!r} is neither an IP address nor ADDRESS:PORT"
    return ""


def listener_problem(text: str) -> str:
    """Why the text is no address to listen on; empty when it is one, or switched off by an empty text."""
    if text:
        try:
            address.split(text)
        except ValueError:
            return f"{text!r} is not ADDRESS:PORT, as 0.0.0.0:5514 or [::]:5514"
    return ""
