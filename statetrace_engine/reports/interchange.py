"""Pure. Interchange of routes and their health, JSON of schema version 1.0 (SPEC 7).

{"SchemaVersion": "1.0", "RouteRecords": [{"RecordId": "…", "Site": "WLLS", "Prefix": "10.0.0.0", …}]}
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from hashlib import sha256
from ipaddress import ip_network
from typing import Annotated, Literal, TypeVar

import msgspec
from msgspec import Meta, Struct, structs

from statetrace_engine.model import Epoch
from statetrace_engine.model.captured import RouteRow
from statetrace_engine.model.health import Failover

VERSION = "1.0"
_Item = TypeVar("_Item", bound=Struct)
Group = tuple[str, str, str]
"""Site, hostname, vrf."""


class RouteRecord(Struct, frozen=True, kw_only=True, rename="pascal", omit_defaults=True):
    """One way to one destination, as one capture or poll showed it."""

    schema_version: str
    record_id: str
    captured_at: str
    site: str
    hostname: str
    vrf: str
    prefix: str
    """The network's address: `10.0.0.0`."""
    prefix_length: Annotated[int, Meta(ge=0, le=128)]
    next_hop: str
    """Empty where the device prints its own address or none."""
    protocol: str
    route_role: Literal["Primary", "Secondary"]
    route_state: Literal["Active", "Inactive"]
    interface_name: str | None = None
    admin_distance: int | None = None
    metric: int | None = None
    tag: int | None = None
    age_seconds: int | None = None
    source_system: str | None = None


class RouteHealthSnapshot(Struct, frozen=True, kw_only=True, rename="pascal", omit_defaults=True):
    """The health of all routes of one vrf of one device."""

    schema_version: str
    snapshot_id: str
    captured_at: str
    site: str
    hostname: str
    vrf: str
    primary_route_status: Literal["Up", "Down", "Degraded", "Missing"]
    secondary_route_status: Literal["Up", "Down", "Standby", "Missing"]
    health_state: Literal["Healthy", "Warning", "Critical"]
    detection_latency_ms: float
    route_record_ids: tuple[str, ...]
    failover_state: Literal["None", "FailoverInProgress", "FailoverComplete"] | None = None
    health_score: Annotated[float, Meta(ge=0, le=1)] | None = None
    evidence_sources: tuple[str, ...] | None = None
    notes: str | None = None


class RouteRecords(Struct, frozen=True, rename="pascal"):
    """The document of `export route-records`."""

    schema_version: str
    route_records: tuple[RouteRecord, ...]


class RouteHealthSnapshots(Struct, frozen=True, rename="pascal"):
    """The document of `export health-snapshots`."""

    schema_version: str
    route_health_snapshots: tuple[RouteHealthSnapshot, ...]


class Lived(Struct, frozen=True, kw_only=True):
    """What the engine knows of a group beyond its records."""

    detection_latency_ms: float = 0.0
    """Of the outage that is open longest; 0.0 without one."""
    failover: Failover = Failover.NONE
    sources: tuple[str, ...] = ()


def moment(at: Epoch) -> str:
    """`2026-11-23T14:03:27.104Z`."""
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def epoch(text: str) -> Epoch:
    """The way back from `moment`, from any ISO 8601 with an offset. Raises ValueError."""
    at = datetime.fromisoformat(text)
    if at.tzinfo is None:
        raise ValueError(f"{text!r} has no offset from UTC")
    return at.timestamp()


def record(
    row: RouteRow, *, site: str, hostname: str, captured_at: Epoch, is_primary: bool, source: str = "capture"
) -> RouteRecord:
    """A row as a record; its id by its content. Raises ValueError when its prefix is none."""
    network = ip_network(row.prefix, strict=False)
    plain = RouteRecord(
        schema_version=VERSION,
        record_id="",
        captured_at=moment(captured_at),
        site=site,
        hostname=hostname,
        vrf=row.vrf,
        prefix=str(network.network_address),
        prefix_length=network.prefixlen,
        next_hop=row.next_hop or "",
        protocol=row.protocol or "",
        route_role="Primary" if is_primary else "Secondary",
        route_state="Active" if row.active else "Inactive",
        interface_name=row.interface,
        admin_distance=row.admin_distance,
        metric=row.metric,
        tag=row.tag,
        age_seconds=row.age_seconds,
        source_system=source,
    )
    return structs.replace(plain, record_id=record_id(plain))


def record_id(of: RouteRecord) -> str:
    """SHA-256, in hex, of `CapturedAt|Site|Hostname|Vrf|Prefix|PrefixLength|NextHop|Protocol|RouteRole|RouteState`."""
    words = (
        of.captured_at, of.site, of.hostname, of.vrf, of.prefix, of.prefix_length, of.next_hop, of.protocol,
        of.route_role, of.route_state,
    )  # fmt: skip
    return sha256("|".join(map(str, words)).encode()).hexdigest()


def rows_of(records: Iterable[RouteRecord]) -> list[RouteRow]:
    """The rows that these records were made of."""
    return [
        RouteRow(
            vrf=of.vrf,
            prefix=f"{of.prefix}/{of.prefix_length}",
            next_hop=of.next_hop or None,
            interface=of.interface_name,
            protocol=of.protocol or None,
            admin_distance=of.admin_distance,
            metric=of.metric,
            tag=of.tag,
            age_seconds=of.age_seconds,
            active=of.route_state == "Active",
        )
        for of in records
    ]


def snapshots(
    records: Iterable[RouteRecord], lived: Mapping[Group, Lived] | None = None
) -> tuple[RouteHealthSnapshot, ...]:
    """One of each group, by site, hostname and vrf; its notes name every prefix whose own trouble the group hides."""
    groups: dict[Group, list[RouteRecord]] = {}
    for each in records:
        groups.setdefault((each.site, each.hostname, each.vrf), []).append(each)
    known = lived or {}
    return tuple(_snapshot(group, groups[group], known.get(group, Lived())) for group in sorted(groups))


def _snapshot(group: Group, members: Sequence[RouteRecord], lived: Lived) -> RouteHealthSnapshot:
    primary, secondary, state = statuses(members)
    captured_at = max(member.captured_at for member in members)
    hidden = masked(members)
    return RouteHealthSnapshot(
        schema_version=VERSION,
        snapshot_id=sha256("|".join((captured_at, *group, *(m.record_id for m in members))).encode()).hexdigest(),
        captured_at=captured_at,
        site=group[0],
        hostname=group[1],
        vrf=group[2],
        primary_route_status=primary,
        secondary_route_status=secondary,
        health_state=state,
        detection_latency_ms=lived.detection_latency_ms,
        route_record_ids=tuple(member.record_id for member in members),
        failover_state=lived.failover.value,
        health_score=_SCORES[state],
        evidence_sources=lived.sources or tuple(sorted({m.source_system for m in members if m.source_system})) or None,
        notes=f"masked by the grouping: {', '.join(hidden)}" if hidden else None,
    )


_SCORES = {"Healthy": 1.0, "Warning": 0.7, "Critical": 0.0}
_ORDER = ("Healthy", "Warning", "Critical")
Statuses = tuple[
    Literal["Up", "Down", "Degraded", "Missing"],
    Literal["Up", "Down", "Standby", "Missing"],
    Literal["Healthy", "Warning", "Critical"],
]


def statuses(members: Iterable[RouteRecord]) -> Statuses:
    """Status of the primary and of the secondary, and the state that follows (SPEC 7)."""
    states: dict[str, set[bool]] = {"Primary": set(), "Secondary": set()}
    for member in members:
        states[member.route_role].add(member.route_state == "Active")
    primaries, secondaries = states["Primary"], states["Secondary"]
    if not primaries:
        primary: Literal["Up", "Down", "Degraded", "Missing"] = "Missing"
    else:
        primary = "Up" if True in primaries else "Degraded" if True in secondaries else "Down"
    if not secondaries:
        secondary: Literal["Up", "Down", "Standby", "Missing"] = "Missing"
    else:
        secondary = "Up" if True in secondaries else "Standby" if primary == "Up" else "Down"
    return primary, secondary, "Healthy" if primary == "Up" else "Warning" if secondary == "Up" else "Critical"


def masked(members: Sequence[RouteRecord]) -> list[str]:
    """Prefixes that are worse off than their group says: `10.2.0.0/16 Critical`."""
    by_prefix: dict[str, list[RouteRecord]] = {}
    for member in members:
        by_prefix.setdefault(f"{member.prefix}/{member.prefix_length}", []).append(member)
    whole = _ORDER.index(statuses(members)[2])
    own = {prefix: statuses(those)[2] for prefix, those in by_prefix.items()}
    return [f"{prefix} {state}" for prefix, state in own.items() if _ORDER.index(state) > whole]


def encode(document: RouteRecords | RouteHealthSnapshots) -> bytes:
    return msgspec.json.format(msgspec.json.encode(document), indent=2) + b"\n"


def decode(raw: bytes) -> tuple[RouteRecords | RouteHealthSnapshots | None, list[str]]:
    """The document, or None, and every problem: `RouteRecords[3]: RecordId does not fit its content`."""
    try:
        found = msgspec.json.decode(raw, type=dict[str, msgspec.Raw])
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        return None, [f"this is no JSON object: {error}"]
    if (version := bytes(found.get("SchemaVersion", b"null"))) != f'"{VERSION}"'.encode():
        return None, [f"SchemaVersion is {version[:20].decode('utf-8', 'replace')}: this reads {VERSION}"]
    if "RouteRecords" in found:
        records, problems = _items(found["RouteRecords"], "RouteRecords", RouteRecord)
        problems += [problem for index, each in records for problem in _wrong(index, each)]
        return RouteRecords(VERSION, tuple(each for _, each in records)), problems
    if "RouteHealthSnapshots" in found:
        taken, problems = _items(found["RouteHealthSnapshots"], "RouteHealthSnapshots", RouteHealthSnapshot)
        return RouteHealthSnapshots(VERSION, tuple(each for _, each in taken)), problems
    return None, ["neither RouteRecords nor RouteHealthSnapshots is in it"]


def _items(raw: msgspec.Raw, name: str, kind: type[_Item]) -> tuple[list[tuple[int, _Item]], list[str]]:
    """Those that can be read, with their places, and what is wrong with the others."""
    try:
        each_raw = msgspec.json.decode(raw, type=list[msgspec.Raw])
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        return [], [f"{name}: {error}"]
    decoder = msgspec.json.Decoder(kind)
    items: list[tuple[int, _Item]] = []
    problems: list[str] = []
    for index, one in enumerate(each_raw):
        try:
            items.append((index, decoder.decode(one)))
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
            problems.append(f"{name}[{index}]: {error}")
    return items, problems


def _wrong(index: int, of: RouteRecord) -> Iterable[str]:
    try:
        network = ip_network(f"{of.prefix}/{of.prefix_length}")
    except ValueError:
        yield f"RouteRecords[{index}]: {of.prefix}/{of.prefix_length} is no network"
        return
    if str(network.network_address) != of.prefix:
        yield f"RouteRecords[{index}]: Prefix {of.prefix} is not written as {network.network_address}"
    try:
        epoch(of.captured_at)
    except (ValueError, OverflowError):
        yield f"RouteRecords[{index}]: CapturedAt {of.captured_at[:40]!r} is no time with an offset"
    if of.record_id != record_id(of):
        yield f"RouteRecords[{index}]: RecordId does not fit its content"
