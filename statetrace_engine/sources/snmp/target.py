"""Who is asked, how, and for what: built from the inventory and the settings by those who know both."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

from msgspec import Meta, Struct

AUTH_PROTOCOLS = ("sha", "sha224", "sha256", "sha384", "sha512")
PRIV_PROTOCOLS = ("aes128", "aes192", "aes256", "aes192-cisco", "aes256-cisco")
"""The last two stretch a short key as Cisco does; it matters only after `sha`, and for aes256 after `sha224`."""
_Seconds = Annotated[float, Meta(ge=1, le=3600)]


class Credentials(Struct, frozen=True):
    """The secrets themselves; never printed."""

    community: str = ""
    auth: str = ""
    priv: str = ""

    def __repr__(self) -> str:
        return "Credentials(…)"


class Profile(Struct, frozen=True, kw_only=True):
    """How to ask a device; the secrets aside."""

    version: str = "3"
    """`2c` or `3`."""
    port: Annotated[int, Meta(ge=1, le=65535)] = 161
    user: str = ""
    auth_protocol: str = "sha"
    priv_protocol: str = "aes128"
    timeout_ms: Annotated[int, Meta(ge=50, le=60_000)] = 1000
    """Of the first try; each further one waits twice as long."""
    retries: Annotated[int, Meta(ge=0, le=10)] = 1
    interval_s: _Seconds = 10.0
    """Interfaces, sessions and the uptime."""
    names_s: _Seconds = 60.0
    """Which interface has which index; also read again when the device has restarted."""
    routes_s: _Seconds = 60.0
    """Watched prefixes in the route table; agents keep it for 60 s."""
    vitals_s: Annotated[float, Meta(ge=0, le=86400)] = 300.0
    """How the device does; 0: it is not asked."""
    interface_cache_s: _Seconds = 3.0
    """How long the agent keeps its table of interfaces, until it is seen to be otherwise."""
    backoff_max_s: _Seconds = 60.0
    """The longest pause before a device that does not answer is asked again."""
    varbinds: Annotated[int, Meta(ge=1, le=100)] = 20
    """Values in one request."""


class PollSettings(Struct, frozen=True, kw_only=True):
    at_once: Annotated[int, Meta(ge=1, le=5000)] = 200
    """Devices whose answer is awaited at a time; those that did not answer last time get half of it."""


class Target(Struct, frozen=True, kw_only=True):
    """One device to ask."""

    hostname: str
    address: str
    """Numeric."""
    others: frozenset[str] = frozenset()
    """Further addresses of the device, from which its agent may answer."""
    profile: Profile
    reveal: Callable[[], Credentials]
    """Called in a thread when a client is made; raises StateTraceError. One that compares equal keeps the client."""
    interfaces: tuple[str, ...] = ()
    """Those of watched paths, canonical."""
    neighbours: tuple[str, ...] = ()
    """Addresses of BGP and OSPF neighbours and next hops of watched paths."""
    prefixes: tuple[tuple[str, str], ...] = ()
    """(vrf, prefix); only those of the default vrf are in the tables that are asked."""
