"""Pure. Whom to ask by SNMP, and for what: every device with a profile, and what its watched paths depend on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from msgspec import Struct, field
from msgspec.structs import replace

from statetrace_engine.config.addresses import asked_at
from statetrace_engine.config.settings import Settings, SnmpSecrets
from statetrace_engine.model import names
from statetrace_engine.model.inventory import Device
from statetrace_engine.model.route import RoutePath, RouteRecord
from statetrace_engine.sources.snmp.target import Target


class _Wanted(Struct):
    ways: set[tuple[object, ...]] = field(default_factory=set)
    """Of the paths that have been looked at."""
    interfaces: set[str] = field(default_factory=set)
    neighbours: set[str] = field(default_factory=set)
    prefixes: set[tuple[str, str]] = field(default_factory=set)


def targets(
    settings: Settings, home: Path, devices: Iterable[Device], routes: Iterable[RouteRecord]
) -> tuple[Target, ...]:
    """In the order of the devices; one without an address cannot be asked. Addresses of devices may be learnt."""
    known = tuple(devices)
    wanted = _wanted(known, routes)
    return tuple(_targets(settings, home, known, wanted))


def _targets(settings: Settings, home: Path, devices: Iterable[Device], wanted: dict[str, _Wanted]) -> Iterator[Target]:
    for device in devices:
        name = settings.device_snmp.get(device.hostname)
        where = settings.snmp_addresses.get(device.hostname) or next(iter(device.addresses), "")
        if name is None or not where:
            continue
        profile, asked = settings.snmp[name], wanted.get(device.hostname, _Wanted())
        address, port = asked_at(where)
        yield Target(
            hostname=device.hostname,
            address=address,
            others=frozenset(device.addresses) - {address},
            profile=replace(profile, port=port) if port else profile,
            reveal=SnmpSecrets(profile, home),
            interfaces=tuple(sorted(asked.interfaces)),
            neighbours=tuple(sorted(asked.neighbours)),
            prefixes=tuple(sorted(asked.prefixes)),
        )


def _wanted(devices: Iterable[Device], routes: Iterable[RouteRecord]) -> dict[str, _Wanted]:
    by_name = {device.hostname: device for device in devices}
    owners = _owners(by_name.values())
    found: dict[str, _Wanted] = {host: _Wanted() for host in by_name}
    for route in routes:
        asked, near = found.get(route.hostname), by_name.get(route.hostname)
        if asked is None or near is None:
            continue
        asked.prefixes.add((route.vrf, route.prefix))
        for path in route.paths:
            way = (path.next_hop, path.interface, path.learned_from)
            if way in asked.ways:
                continue  # very many routes go the same few ways
            asked.ways.add(way)
            asked.interfaces.update(_interfaces(path))
            asked.neighbours.update(_neighbours(path))
            far = _near(owners.get(path.next_hop or "", ()), near.site)
            if far is not None and far != route.hostname:
                found[far].neighbours.update(near.addresses)  # the other end of the same sessions is a witness
    return found


def _owners(devices: Iterable[Device]) -> dict[str, list[Device]]:
    found: dict[str, list[Device]] = {}
    for device in devices:
        for address in device.addresses:
            found.setdefault(address, []).append(device)
    return found


def _near(owners: Sequence[Device], site: str) -> str | None:
    """The device that a site means by an address: sites may be numbered alike."""
    if len(owners) > 1:
        return next((device.hostname for device in owners if device.site == site), None)
    return owners[0].hostname if owners else None


def _interfaces(path: RoutePath) -> Iterator[str]:
    """The egress, and what it falls with."""
    if path.interface and not names.is_discard(path.interface):
        yield path.interface
        yield from names.parents(path.interface)


def _neighbours(path: RoutePath) -> Iterator[str]:
    if path.next_hop:
        yield path.next_hop
    yield from path.learned_from
