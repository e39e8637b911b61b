"""Pure. Identities: stable names derived from what a thing is, never from when it was loaded."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from functools import lru_cache
from hashlib import blake2b

from statetrace_engine.model import Epoch

_BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
"""RFC 4648 section 6."""
_BITS = 120


def route_id(site: str, hostname: str, vrf: str, prefix: str) -> str:
    """`rt-` and 16 hex digits of BLAKE2b over `SITE|HOSTNAME|vrf|prefix/len` (SPEC 1)."""
    return f"rt-{_hex(f'{site}|{hostname}|{vrf}|{prefix}')}"


def path_id(route: str, protocol: str, next_hop: str | None, interface: str | None) -> str:
    """`pt-` and 16 hex digits over `RouteId|protocol|next hop|interface` (SPEC 1)."""
    return f"pt-{_hex('|'.join((route, protocol, next_hop or '', interface or '')))}"


def outage_id(route: str, detected_at: Epoch, is_taken: Callable[[str], bool]) -> str:
    """`OUT-MMDD-XXXX`: four to six base32 characters, more only when shorter ones are taken."""
    return _spoken("OUT", f"{route}|{detected_at:.6f}", detected_at, is_taken)


def incident_id(element: str, detected_at: Epoch, is_taken: Callable[[str], bool]) -> str:
    """`INC-MMDD-XXXX`, in the manner of `outage_id`, over the failed element."""
    return _spoken("INC", f"{element}|{detected_at:.6f}", detected_at, is_taken)


def card_id(rule: str, subject: str, first_at: Epoch, is_taken: Callable[[str], bool]) -> str:
    """`CARD-MMDD-XXXXXX`, in the manner of `outage_id`; six characters, because there may be thousands a day, and of
    those that are over nobody remembers which are taken."""
    return _spoken("CARD", f"{rule}|{subject}|{first_at:.6f}", first_at, is_taken, 6)


def _hex(text: str) -> str:
    return blake2b(text.encode(), digest_size=8).hexdigest()


def _spoken(kind: str, text: str, at: Epoch, is_taken: Callable[[str], bool], shortest: int = 4) -> str:
    bits = int.from_bytes(blake2b(text.encode(), digest_size=15).digest(), "big")
    name = f"{kind}-{_date(int(at) // 86400)}-"
    for shift in range(_BITS - 5, -1, -5):
        name += _BASE32[bits >> shift & 31]
        if shift <= _BITS - 5 * shortest and not is_taken(name):
            return name
    raise AssertionError("two outages of one route at one instant")


@lru_cache(maxsize=16)
def _date(day: int) -> str:
    return f"{datetime.fromtimestamp(day * 86400, UTC):%m%d}"
