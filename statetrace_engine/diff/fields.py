"""Pure. What of a row is its identity, what makes a change, and what only passes: a class for every field."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any  # values as rows have them

from msgspec import Struct

from statetrace_engine.model import peer_states
from statetrace_engine.model.captured import Kind
from statetrace_engine.model.counts import COUNTED


class Fields(Struct, frozen=True):
    """The fields of one kind of row, each in one class."""

    identity: tuple[str, ...]
    """Rows that agree in these are one object."""
    state: tuple[str, ...]
    """A difference is a change."""
    counted: tuple[str, ...] = ()
    """A difference is a change where it is large: `counts.is_other_count`."""
    volatile: tuple[str, ...] = ()
    """Never a change."""


FIELDS: dict[Kind, Fields] = {
    Kind.ROUTES: Fields(
        identity=("vrf", "prefix"),
        state=(
            "next_hop", "interface", "protocol", "protocol_code", "admin_distance", "metric", "tag", "active",
        ),
        volatile=("age_seconds",),
    ),
    Kind.BGP_NEIGHBORS: Fields(
        identity=("vrf", "neighbor"),
        state=("remote_as", "state"),
        counted=COUNTED,
        volatile=("uptime_seconds",),
    ),
    Kind.OSPF_NEIGHBORS: Fields(
        identity=("vrf", "interface", "neighbor_id"), state=("address", "state"), volatile=("uptime_seconds",)
    ),
    Kind.INTERFACES: Fields(
        identity=("name",),
        state=(
            "description", "admin_up", "oper_up", "ip", "prefix_length", "mac", "vlan", "duplex", "speed", "mtu",
        ),
        volatile=("input_errors",),
    ),
    Kind.ARP: Fields(identity=("vrf", "ip", "interface"), state=("mac",)),
    Kind.MAC_ADDRESSES: Fields(identity=("vlan", "mac"), state=("ports",)),
    Kind.NEIGHBORS: Fields(
        identity=("local_interface", "hostname"), state=("remote_interface", "platform", "address")
    ),
    Kind.VLANS: Fields(identity=("vlan",), state=("name", "status", "ports", "tagged")),
    Kind.SPANNING_TREE: Fields(
        identity=("instance", "interface"),
        state=(
            "protocol", "root", "root_priority", "root_port", "is_root", "priority", "role", "state", "cost",
        ),
        volatile=("changed_seconds",),
    ),
    Kind.VITALS: Fields(identity=("what", "component"), state=("status", "is_ok"), volatile=("value",)),
    Kind.VERSION: Fields(
        identity=(), state=("hostname", "version", "model", "serial"), volatile=("uptime_seconds",)
    ),
}  # fmt: skip
"""Kinds with rows of one form. A log has no objects; a configuration and a fallback's table have rules of their own."""

_CODE = re.compile(r"[A-Za-z][A-Za-z0-9-]*")
_FLAGS = {"q", "r", "b", "t", "o", "p"}
"""FRR's marks of a route that is on its way into the kernel: they stand behind the code and last a moment."""


@lru_cache(maxsize=4096)
def code(printed: str | None) -> str | None:
    """A protocol code without its marks: `O*E2` → `O E2`, `B>*` → `B`. None stays None."""
    if printed is None:
        return None
    return " ".join(word for word in _CODE.findall(printed) if word not in _FLAGS)


SETTLED: Mapping[Kind, Mapping[str, Callable[[Any], Any]]] = {
    Kind.ROUTES: {"protocol_code": code},
    Kind.BGP_NEIGHBORS: {"state": peer_states.settled},
}
"""Fields of state of which a part only passes, and what is left without it."""
