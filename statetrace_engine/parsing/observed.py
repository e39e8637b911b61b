"""Pure. From the sections of one device's capture to the destinations that are, or may be, watched (SPEC 1).

Installed paths come from the route tables; what else is known to lead there comes from the configuration (a static
route of a higher distance waits for its turn) and from rows that a table itself shows as not installed.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable

from msgspec import Struct

from statetrace_engine.model import names
from statetrace_engine.model.captured import CapturedPath, CapturedRoute, InterfaceRow, Kind, RouteRow, Row
from statetrace_engine.parsing import statics
from statetrace_engine.parsing.shown import vrf_asked

DEFAULTS = ("0.0.0.0/0", "::/0")
_MANAGEMENT = re.compile(r"mgmt|management|oobm|^oob$|mgmt_junos", re.IGNORECASE)
Key = tuple[str, str]
"""(vrf, prefix)."""
Paths = dict[Key, dict[CapturedPath, None]]


class Section(Struct, frozen=True):
    """One command's output, as far as it matters here."""

    command: str
    kind: Kind
    rows: Collection[Row]
    is_whole: bool
    """Captured to its end, and not filtered by a pipe."""


def routes(sections: Iterable[Section], vendor: str, wanted: Collection[Key] = ()) -> tuple[CapturedRoute, ...]:
    """The `wanted` (vrf, prefix) and every default route outside management, as the capture shows them.

    A wanted one without any path is told of only where a whole table of its vrf proves that it is absent.
    """
    sections, wished = tuple(sections), frozenset(wanted)
    installed: Paths = {}
    spare: Paths = {}
    covered: dict[tuple[str, bool], bool] = {}
    for section in sections:
        if section.kind is Kind.ROUTES:
            _cover(section, covered)
            _from_table(section, vendor, wished, installed, spare)
        elif section.kind is Kind.CONFIG:
            for row in section.rows:
                _keep(statics.routes(getattr(row, "lines", ()), vendor), wished, spare)
        elif section.kind is Kind.TABLE and "bgp" in section.command:
            _keep(_offered(section), wished, spare)
    keys = dict.fromkeys((*installed, *(key for key in (*spare, *sorted(wished)) if _family(key) in covered)))
    return tuple(_route(key, installed, spare, covered) for key in keys)


def _keep(found: Iterable[tuple[Key, CapturedPath]], wanted: frozenset[Key], spare: Paths) -> None:
    for key, path in found:
        if _is_asked(key, wanted):
            spare.setdefault(key, {})[path] = None


def addresses(sections: Iterable[Section]) -> tuple[str, ...]:
    """The device's own, in order, each once."""
    found: dict[str, None] = {}
    for section in sections:
        if section.kind is Kind.INTERFACES:
            for row in section.rows:
                if isinstance(row, InterfaceRow) and row.ip:
                    found.setdefault(row.ip)
    return tuple(found)


def _is_asked(key: Key, wanted: frozenset[Key]) -> bool:
    return key in wanted or (key[1] in DEFAULTS and not _MANAGEMENT.search(key[0]))


def _family(key: Key) -> tuple[str, bool]:
    return key[0], ":" in key[1]


def _cover(section: Section, covered: dict[tuple[str, bool], bool]) -> None:
    """Which tables, of a vrf and an address family, the section shows; and whether one shows all of it."""
    is_v6 = "ipv6" in section.command.split()
    asked = names.vrf(vrf_asked(section.command))
    tables = {(names.vrf(row.vrf), ":" in row.prefix) for row in section.rows if isinstance(row, RouteRow)}
    is_one = is_part(section.command)
    for table in tables | {(asked, is_v6)}:
        covered[table] = covered.get(table, False) or (section.is_whole and not is_one)


_NARROWED = frozenset((
    "connected", "static", "bgp", "ospf", "ospfv3", "eigrp", "isis", "rip", "direct", "local", "exact", "protocol",
    "summary",
))  # fmt: skip


def is_part(command: str) -> bool:
    """`show ip route 10.0.0.1`, `show ip route bgp`: a part of the table, from which nothing is absent."""
    return any(word in _NARROWED or re.match(r"\d+\.\d+\.|[0-9a-f]*:[0-9a-f:]*", word) for word in command.split()[2:])


def _from_table(
    section: Section,
    vendor: str,
    wanted: frozenset[Key],
    installed: Paths,
    spare: Paths,
) -> None:
    for row in section.rows:
        if not isinstance(row, RouteRow) or (row.prefix not in DEFAULTS and not wanted):
            continue
        key = (names.vrf(row.vrf), row.prefix)
        if not _is_asked(key, wanted):
            continue
        is_active = row.active is not False
        (installed if is_active else spare).setdefault(key, {})[_path(row, vendor, is_active)] = None


def _path(row: RouteRow, vendor: str, is_active: bool) -> CapturedPath:
    return CapturedPath(
        next_hop=_address(row.next_hop),
        interface=names.interface(row.interface, vendor) if row.interface else None,
        protocol=row.protocol,
        admin_distance=row.admin_distance,
        metric=row.metric,
        tag=row.tag,
        age_seconds=row.age_seconds,
        is_active=is_active,
    )


def _address(text: str | None) -> str | None:
    try:
        return names.address(text) if text else None
    except ValueError:
        return None


def _route(
    key: Key,
    installed: Paths,
    spare: Paths,
    covered: dict[tuple[str, bool], bool],
) -> CapturedRoute:
    active = tuple(installed.get(key, ()))
    ways = {(path.next_hop, path.interface) for path in active} | {(path.next_hop, None) for path in active}
    waiting = tuple(p for p in spare.get(key, ()) if (p.next_hop, p.interface) not in ways)
    is_whole = bool(active) or covered.get(_family(key), False)
    return CapturedRoute(vrf=key[0], prefix=key[1], paths=(*active, *waiting), is_whole=is_whole)


def _offered(section: Section) -> Iterable[tuple[Key, CapturedPath]]:
    """The paths of a BGP table: offered by a neighbour, installed or not (the fields are those of ntc-templates)."""
    asked = vrf_asked(section.command)
    for row in section.rows:
        if not isinstance(row, dict) or "*" not in str(row.get("status", "")):
            continue  # `*`: valid (RFC 4271 section 9.1.2)
        network, length = str(row.get("network", "")), row.get("prefix_length") or row.get("netmask")
        try:
            prefix = names.prefix(network if "/" in network or not length else f"{network}/{length}")
        except ValueError:
            continue
        hop = _address(str(row.get("next_hop", "")))
        if hop is not None and hop not in ("0.0.0.0", "::"):
            vrf = names.vrf(str(row.get("vrf") or asked or ""))
            yield (vrf, prefix), CapturedPath(hop, None, "bgp", is_active=False)
