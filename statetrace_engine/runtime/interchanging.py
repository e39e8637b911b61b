"""Captures of the store as interchange records, records as captures, and an inventory drafted from captures.

Reads and unpacks what may be large: for commands, not for the engine's loop.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from hashlib import blake2b

from msgspec import Struct

from statetrace_engine.model import Epoch, capture_delta, names
from statetrace_engine.model.captured import Kind, RouteRow
from statetrace_engine.model.filed import CaptureSummary, FiledCapture, FiledFile, FiledSection, SectionSummary
from statetrace_engine.model.inventory import Inventory
from statetrace_engine.model.packed import pack, pack_numbers, pack_text
from statetrace_engine.model.route import Role, RoutePath
from statetrace_engine.parsing import observed
from statetrace_engine.reports import interchange
from statetrace_engine.reports.interchange import RouteRecord
from statetrace_engine.reports.inventory_draft import DraftDevice
from statetrace_engine.store.captures import Captures

TOGETHER_S = 86400.0
"""Captures of one device within a day are taken together: one command a file is common."""
MOST_CAPTURES = 200
COMMAND = "import route-records"
Watched = Mapping[tuple[str, str, str], tuple[RoutePath, ...]]
"""Paths of the inventory, by hostname, vrf and prefix."""


class Shown(Struct, frozen=True):
    """One section that is the device's last word on its command."""

    summary: CaptureSummary
    section: observed.Section


def watched(inventory: Inventory) -> Watched:
    return {(route.hostname, route.vrf, route.prefix): route.paths for route in inventory.routes}


def latest(captures: Captures, kinds: frozenset[str], site: str = "") -> Iterator[list[Shown]]:
    """For each device its newest section of each command, of these kinds; raises StoreError and ValueError."""
    for newest in captures.newest():
        if newest.hostname and (not site or newest.site == site):
            yield list(_of_device(captures, newest, kinds))


def _of_device(captures: Captures, newest: CaptureSummary, kinds: frozenset[str]) -> Iterator[Shown]:
    said: set[tuple[str, str]] = set()
    alike = captures.of_device(newest.hostname, newest.captured_at - TOGETHER_S)[:MOST_CAPTURES]
    for summary in alike:
        if summary.site != newest.site:
            continue
        for section in captures.sections(summary.capture_id):
            if section.kind in kinds and (section.kind, section.command) not in said:
                said.add((section.kind, section.command))
                yield Shown(summary, _read(captures, section))


def _read(captures: Captures, section: SectionSummary) -> observed.Section:
    packed = captures.rows(section.capture_id, section.position)
    rows = capture_delta.rows(packed)[0] if packed is not None else []
    return observed.Section(section.command, Kind(section.kind), rows, not section.is_truncated)


def records(captures: Captures, paths: Watched, site: str = "") -> Iterator[RouteRecord]:
    """What every device shows of its routes, each once; primary paths of the inventory that it does not show are
    inactive. Raises StoreError and ValueError."""
    for shown in latest(captures, frozenset((Kind.ROUTES,)), site):
        found = {record.record_id: record for one in shown for record in _records_of(one, paths)}
        yield from found.values()
        yield from _absent(shown, paths)


def _records_of(shown: Shown, paths: Watched) -> Iterator[RouteRecord]:
    summary = shown.summary
    for row in shown.section.rows:
        if isinstance(row, RouteRow):
            known = paths.get((summary.hostname, names.vrf(row.vrf), row.prefix), ())
            primaries = [path for path in known if path.role is Role.PRIMARY]
            is_primary = any(_fits(path, row, summary.vendor) for path in primaries) if primaries else bool(row.active)
            yield interchange.record(
                row,
                site=summary.site,
                hostname=summary.hostname,
                captured_at=summary.captured_at,
                is_primary=is_primary,
            )


def _absent(shown: list[Shown], paths: Watched) -> Iterator[RouteRecord]:
    """Of a device whose tables were captured whole."""
    whole = [one for one in shown if one.section.is_whole]
    if not whole:
        return
    summary = whole[0].summary
    rows = [row for one in shown for row in one.section.rows if isinstance(row, RouteRow)]
    vrfs = {names.vrf(row.vrf) for row in rows}
    for (hostname, vrf, prefix), known in paths.items():
        if hostname != summary.hostname or vrf not in vrfs:
            continue
        those = [row for row in rows if row.prefix == prefix and names.vrf(row.vrf) == vrf]
        for path in known:
            if path.role is Role.PRIMARY and not any(_fits(path, row, summary.vendor) for row in those):
                yield interchange.record(
                    RouteRow(
                        vrf=vrf, prefix=prefix, next_hop=path.next_hop, interface=path.interface,
                        protocol=path.protocol, active=False,
                    ),
                    site=summary.site, hostname=hostname, captured_at=summary.captured_at, is_primary=True,
                    source="inventory",
                )  # fmt: skip


def _fits(path: RoutePath, row: RouteRow, vendor: str) -> bool:
    """A field that the path leaves out matches anything."""
    interface = names.interface(row.interface, vendor) if row.interface else None
    return all(
        wanted is None or wanted == found
        for wanted, found in ((path.next_hop, row.next_hop), (path.interface, interface), (path.protocol, row.protocol))
    )


def drafts(captures: Captures) -> Iterator[DraftDevice]:
    """Every device that captures show, with its default routes. Raises StoreError and ValueError."""
    telling = frozenset((Kind.ROUTES, Kind.CONFIG, Kind.INTERFACES))
    for shown, newest in zip(
        latest(captures, telling), (one for one in captures.newest() if one.hostname), strict=True
    ):
        sections = [one.section for one in shown]
        yield DraftDevice(
            hostname=newest.hostname,
            site=newest.site,
            vendor=newest.vendor,
            addresses=observed.addresses(sections),
            routes=observed.routes(sections, newest.vendor),
        )


def filed(raw: bytes, name: str, found: Iterable[RouteRecord], key: bytes, at: Epoch) -> FiledFile:
    """Records of another system as captures, one a device: what `ingest` would have made of its table."""
    groups: dict[tuple[str, str, Epoch], list[RouteRecord]] = {}
    for record in found:
        groups.setdefault((record.site, record.hostname, interchange.epoch(record.captured_at)), []).append(record)
    return FiledFile(
        file_key=blake2b(raw, key=key, digest_size=32).hexdigest(),
        reading=COMMAND,
        name=name,
        size_bytes=len(raw),
        modified_at=at,
        parse_ms=0.0,
        captures=tuple(_capture(*group, members) for group, members in groups.items()),
    )


def _capture(site: str, hostname: str, captured_at: Epoch, members: list[RouteRecord]) -> FiledCapture:
    rows = interchange.rows_of(members)
    text = "".join(f"{row.prefix} {row.vrf} {row.next_hop or '-'} {row.protocol or '-'}\n" for row in rows)
    starts: list[int] = []
    at = 0
    for line in text.splitlines(keepends=True):
        starts.append(at)
        at += len(line)
    packed = pack(Kind.ROUTES, rows, starts, [*starts[1:], at])
    section = FiledSection(
        command=COMMAND, kind=Kind.ROUTES.value, start=0, end=at, text_start=0, text_end=at, is_truncated=True,
        rows=len(rows), unparsed=0, digest=packed.digest, body=packed.body, beside=packed.beside,
        missed=pack_numbers([]),
    )  # fmt: skip
    return FiledCapture(
        member="", site=site.upper(), hostname=names.hostname(hostname), vendor="", model="", version="",
        captured_at=captured_at, is_device_time=True, is_truncated=True, start=0, end=at, text=pack_text(text),
        offsets=pack_numbers([0, 0]), sections=(section,),
    )  # fmt: skip
