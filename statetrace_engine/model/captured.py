"""Pure. What a device showed of itself, as one row a table line: the records of `statetrace parse --json` (SPEC 11).

Names stand as the device printed them (`Gi0/1`); `names` makes them canonical where they meet the inventory. Prefixes
are in network form. A field that the device did not print is None. Rows are not tracked by the garbage collector:
they hold no references to each other, and a table has a hundred thousand of them.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from msgspec import Struct

from statetrace_engine.model.reading import Reading


class Kind(StrEnum):
    """What a section of a capture holds."""

    ROUTES = "routes"
    BGP_NEIGHBORS = "bgp_neighbors"
    OSPF_NEIGHBORS = "ospf_neighbors"
    INTERFACES = "interfaces"
    ARP = "arp"
    MAC_ADDRESSES = "mac_addresses"
    NEIGHBORS = "neighbors"
    """LLDP and CDP."""
    VLANS = "vlans"
    SPANNING_TREE = "spanning_tree"
    VITALS = "vitals"
    """How the device itself does."""
    VERSION = "version"
    LOG = "log"
    CONFIG = "config"
    TABLE = "table"
    """Whatever a fallback template made of it."""


class RouteRow(Struct, frozen=True, gc=False):
    """One next hop of one route."""

    vrf: str
    prefix: str
    next_hop: str | None = None
    """None where the device prints its own address or none."""
    interface: str | None = None
    protocol: str | None = None
    """connected, local, static, ospf, bgp, eigrp, isis, rip, kernel, nhrp, …"""
    protocol_code: str | None = None
    """As printed: `O E2`, `S*`, `Static/5`."""
    admin_distance: int | None = None
    metric: int | None = None
    tag: int | None = None
    age_seconds: int | None = None
    active: bool | None = True
    """Whether the device has it installed."""


class BgpNeighborRow(Struct, frozen=True, gc=False):
    vrf: str
    neighbor: str
    remote_as: str | None = None
    state: str | None = None
    """Lower case; established when a prefix count is shown."""
    prefixes_received: int | None = None
    uptime_seconds: int | None = None


class OspfNeighborRow(Struct, frozen=True, gc=False):
    vrf: str
    neighbor_id: str
    address: str | None = None
    interface: str | None = None
    state: str | None = None
    """Lower case, without the role: `full`."""
    uptime_seconds: int | None = None


class InterfaceRow(Struct, frozen=True, gc=False):
    name: str
    description: str | None = None
    admin_up: bool | None = None
    oper_up: bool | None = None
    ip: str | None = None
    prefix_length: int | None = None
    mac: str | None = None
    """As printed."""
    vlan: str | None = None
    """An access VLAN's number, `trunk`, `routed`, as printed."""
    duplex: str | None = None
    speed: str | None = None
    mtu: int | None = None
    input_errors: int | None = None
    """Since the counters were cleared: of what came in, those with a wrong check sum among them."""


class ArpRow(Struct, frozen=True, gc=False):
    ip: str
    mac: str | None = None
    interface: str | None = None
    vrf: str = "default"


class MacRow(Struct, frozen=True):
    mac: str
    vlan: str | None = None
    ports: tuple[str, ...] = ()


class NeighborRow(Struct, frozen=True, gc=False):
    """Whom LLDP or CDP sees."""

    local_interface: str
    hostname: str | None = None
    remote_interface: str | None = None
    platform: str | None = None
    address: str | None = None


class VlanRow(Struct, frozen=True):
    vlan: str
    """Its number as printed; its name where it has none."""
    name: str | None = None
    status: str | None = None
    """As printed, lower case: `active`, `act/lshut`, `up`, `port-based`."""
    ports: tuple[str, ...] = ()
    """Those that the table names: all members, or (IOS, NX-OS) those that are no trunks."""
    tagged: tuple[str, ...] = ()
    """Of them, those that it names as tagged (FastIron, ProCurve)."""


class SpanningTreeRow(Struct, frozen=True, gc=False):
    """One instance of a spanning tree, or one interface of it."""

    instance: str
    """As printed: `VLAN0010`, `MST1`, `0`."""
    interface: str | None = None
    """None: the row is the instance's own."""
    protocol: str | None = None
    """Lower case, as printed: `ieee`, `rstp`, `mstp`, `rpvst`."""
    root: str | None = None
    """The root bridge's MAC address, as printed."""
    root_priority: int | None = None
    root_port: str | None = None
    is_root: bool | None = None
    """This bridge is it."""
    priority: int | None = None
    """Of this bridge; of the port."""
    role: str | None = None
    """root, designated, alternate, backup, master, disabled; else lower case as printed."""
    state: str | None = None
    """forwarding, blocking, discarding, listening, learning, disabled, broken; else lower case as printed."""
    cost: int | None = None
    """Of the path to the root; of the port."""
    changed_seconds: int | None = None
    """Since the last change of the topology."""


class Vital(StrEnum):
    """What a VitalRow is about, and what its value counts."""

    CPU = "cpu"
    """Percent, of the last five minutes where the device says so."""
    MEMORY = "memory"
    """Percent that is used."""
    TEMPERATURE = "temperature"
    """Degrees Celsius."""
    FAN = "fan"
    POWER_SUPPLY = "power_supply"
    STACK_MEMBER = "stack_member"
    ROUTES = "routes"
    """Of a vrf's table; `RED ipv6` is the other one of RED."""


class VitalRow(Struct, frozen=True, gc=False):
    """One part of a device: how much it is used, how warm it is, or whether it works."""

    what: str
    """Of `Vital`."""
    component: str
    """`cpu`, `processor`, `1 Inlet (s1)`, `switch 1 fan 2`: as printed, with what it is a part of before it."""
    value: int | None = None
    """Changes all the time: never a change."""
    status: str | None = None
    """As printed, lower case: `ok`, `not present`, `no input power`."""
    is_ok: bool | None = None
    """By its status, or by the limits printed beside its value; None: it says neither, or the part is not there."""


class VersionRow(Struct, frozen=True, gc=False):
    hostname: str | None = None
    version: str | None = None
    model: str | None = None
    serial: str | None = None
    uptime_seconds: int | None = None


class LogRow(Struct, frozen=True, gc=False):
    """One line of a device's own log."""

    at: str | None = None
    """As printed, without the marks of an unsynchronised clock: most devices print neither year nor zone."""
    facility: str | None = None
    severity: int | None = None
    mnemonic: str | None = None
    text: str = ""


class ConfigRow(Struct, frozen=True):
    """A whole configuration; its headers and times left out."""

    lines: tuple[str, ...] = ()


TableRow = dict[str, Any]
Row = (
    RouteRow
    | BgpNeighborRow
    | OspfNeighborRow
    | InterfaceRow
    | ArpRow
    | MacRow
    | NeighborRow
    | VlanRow
    | SpanningTreeRow
    | VitalRow
    | VersionRow
    | LogRow
    | ConfigRow
    | TableRow
)


# What the engine takes from a capture ------------------------------------------------------------------------------


class CapturedPath(Struct, frozen=True, array_like=True):
    """One way to a destination, names canonical."""

    next_hop: str | None = None
    interface: str | None = None
    protocol: str | None = None
    admin_distance: int | None = None
    metric: int | None = None
    tag: int | None = None
    age_seconds: int | None = None
    is_active: bool = True
    """Installed; False: known (a floating static of the configuration, a BGP path that is not best)."""


class CapturedRoute(Struct, frozen=True, array_like=True):
    """A watched destination as one capture shows it."""

    vrf: str
    prefix: str
    paths: tuple[CapturedPath, ...] = ()
    """Installed ones first; none installed in a whole table: absent."""
    is_whole: bool = True
    """The table was captured to its end and unfiltered: what it does not show is not there."""


class CapturedFact(Struct, frozen=True, array_like=True, gc=False):
    """What a capture shows of something that a route depends on, or that it shows anything of a kind at all."""

    kind: Kind
    name: str
    """Canonical interface, a neighbour's address, `VRF|address` inside a vrf; empty: all rows of this kind."""
    is_up: bool | None
    """None: the rows do not say."""
    text: str
    """Sanitised."""
    span: tuple[int, int] = (0, 0)
    """Characters of the capture's text."""


class Captured(Struct, frozen=True, tag="captured", array_like=True):
    """What one capture says of the routes that are, or may be, watched. A whole table never goes this way."""

    capture_id: int
    """Of the store; grows in the order of storing."""
    hostname: str
    site: str
    vendor: str
    captured_at: float
    """Epoch; wall time at which the device showed it."""
    routes: tuple[CapturedRoute, ...] = ()
    addresses: tuple[str, ...] = ()
    """Of its own interfaces."""
    facts: tuple[CapturedFact, ...] = ()
    """What verifies a step of a runbook."""
    readings: tuple[Reading, ...] = ()
    """What rules hear."""
