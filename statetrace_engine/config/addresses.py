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


def listener_problem(text: str) -> str:
    """Why the text is no address to listen on; empty when it is one, or switched off by an empty text."""
    if text:
        try:
            address.split(text)
        except ValueError:
            return f"{text!r} is not ADDRESS:PORT, as 0.0.0.0:5514 or [::]:5514"
    return ""
