"""Pure. The inventory compiled: which routes a subject touches, so that a signal's work is theirs and no more."""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import ip_address, ip_network
from typing import TypeVar, cast

from msgspec.structs import replace

from statetrace_engine.health.addresses import Addresses
from statetrace_engine.health.links import Links
from statetrace_engine.health.watched import DeviceTrack, PathTrack, ProbeTrack, RouteTrack, Subject, SubjectKey
from statetrace_engine.model import ids, names
from statetrace_engine.model.captured import CapturedPath
from statetrace_engine.model.inventory import Device, Inventory, Probe, ProbeTests
from statetrace_engine.model.observation import SubjectKind
from statetrace_engine.model.route import Role, RoutePath, RouteRecord
from statetrace_engine.model.signal import InstalledPath

_T = TypeVar("_T")
OUTSIDE_SUBJECTS = 100_000
"""Sessions between watched devices that no path names: remembered when they are heard of, so many at most."""
SESSION_PROTOCOLS = ("bgp", "ospf", "ospfv3", "isis", "eigrp")


class Topology:
    def __init__(self, inventory: Inventory, captured: Iterable[RouteRecord] = (), seen: Iterable[Device] = ()) -> None:
        """`captured` routes are those of captures that the inventory does not name; `seen` their devices."""
        self.inventory = inventory
        self.version = 0
        """Another one with every route, path or address that is watched since."""
        self.captured: dict[str, RouteRecord] = {}
        """As they were added: without what was learnt of their paths."""
        self.seen: dict[str, Device] = {}
        """Devices of captures that the inventory does not name, or names without an address."""
        self.subjects: dict[SubjectKey, Subject] = {}
        self.spoken: dict[SubjectKey, Subject] = {}
        """Those of which a device has spoken, and those that only its polls tell of: what a checkpoint keeps."""
        self.devices: dict[str, DeviceTrack] = {d.hostname: DeviceTrack(d) for d in inventory.devices}
        self.routes: dict[str, RouteTrack] = {}
        self.probes: dict[str, ProbeTrack] = {}
        self.addresses = Addresses()
        self.device_by_name: dict[str, DeviceTrack] = {}
        self.sites = {site.name: site for site in inventory.sites}
        self._by_prefix: dict[tuple[str, str], list[tuple[int, int, int, RouteTrack]]] = {}
        self._next_hop_probes: dict[tuple[str, str], list[ProbeTrack]] = {}
        self._by_site: dict[str, list[DeviceTrack]] = {}
        self._by_name: dict[tuple[str, str, str], RouteTrack] = {}
        self._vrfs: dict[str, dict[str, None]] = {}
        """Those in which a host has watched routes, in order."""
        self._by_plain: dict[SubjectKey, list[SubjectKey]] = {}
        """Sessions inside a vrf, and link-local ones, by their address alone, as many messages name them."""
        self._alike: dict[tuple[object, ...], tuple[object, ...]] = {}
        """What stands behind a path, once for all routes that take it."""
        self._between: dict[tuple[str, str, str, str], tuple[Subject, ...]] = {}
        self._links = Links(self.beyond)
        self._index_devices()
        self._index_probes()
        for record in inventory.routes:
            self._add_route(record)
        for device in seen:
            self.see(device)
        for record in captured:
            if record.route_id not in self.routes:
                self.captured[record.route_id] = record
                self._add_route(record)
        self._bind_destinations()
        self._bind_outside()
        self._most_subjects = len(self.subjects) + OUTSIDE_SUBJECTS

    def _index_devices(self) -> None:
        for track in self.devices.values():
            self._by_site.setdefault(track.device.site, []).append(track)
            self.device_by_name[track.device.hostname] = track
            for alias in track.device.aliases:
                self.device_by_name.setdefault(names.hostname(alias), track)
            for address in track.device.addresses:
                self.addresses.claim(address, track)

    def _index_probes(self) -> None:
        for probe in self.inventory.probes:
            device = self.devices.get(probe.hostname)
            track = self.probes[probe.probe_id] = ProbeTrack(probe, device)
            if device is None:
                continue
            if probe.tests is ProbeTests.CONTROL:
                device.controls.append(track)
                continue
            device.probes.append(track)
            if probe.tests is ProbeTests.NEXT_HOP:
                hop = probe.next_hop or probe.target
                self._next_hop_probes.setdefault((probe.hostname, hop), []).append(track)

    def subject(self, key: SubjectKey) -> Subject:
        found = self.subjects.get(key)
        if found is None:
            found = self.subjects[key] = Subject(key)
        return found

    def _add_route(self, record: RouteRecord) -> None:
        device = self.devices.get(record.hostname)
        if device is None:
            device = self.devices[record.hostname] = DeviceTrack(Device(hostname=record.hostname, site=record.site))
            self.device_by_name.setdefault(record.hostname, device)
            self._by_site.setdefault(record.site, []).append(device)
        track = self.routes[record.route_id] = RouteTrack(record, device)
        device.routes[record.route_id] = track
        self._by_name[record.hostname, record.vrf, record.prefix] = track
        self._vrfs.setdefault(record.hostname, {})[record.vrf] = None
        self._build_paths(track)
        network = ip_network(record.prefix, strict=False)
        self._by_prefix.setdefault((record.hostname, record.vrf), []).append(
            (network.version, network.prefixlen, int(network.network_address), track)
        )

    def _build_paths(self, track: RouteTrack) -> None:
        paths = [(path, self._path(track, path)) for path in track.record.paths]
        track.primaries = tuple(built for path, built in paths if path.role is Role.PRIMARY)
        track.secondaries = tuple(built for path, built in paths if path.role is Role.SECONDARY)

    def see(self, device: Device) -> DeviceTrack:
        """A device that captures tell of: made, or its addresses learnt where the inventory gives none."""
        track = self.devices.get(device.hostname)
        if track is None:
            track = self.devices[device.hostname] = DeviceTrack(device)
            self.device_by_name.setdefault(device.hostname, track)
            self._by_site.setdefault(device.site, []).append(track)
        elif not track.device.addresses and device.addresses:
            vendor = track.device.vendor or device.vendor
            track.device = replace(track.device, addresses=device.addresses, vendor=vendor)
        else:
            return track
        self.version += 1
        self.seen[device.hostname] = device
        for address in track.device.addresses:
            self.addresses.show(address, track)
        return track

    def watch(self, record: RouteRecord) -> RouteTrack:
        """One route more, of a capture: work for it alone."""
        self.version += 1
        self.captured[record.route_id] = record
        self._add_route(record)
        track = self.routes[record.route_id]
        self._bind_remote(track)
        self._most_subjects = max(self._most_subjects, len(self.subjects))
        return track

    def offer(self, track: RouteTrack, offered: tuple[CapturedPath, ...]) -> None:
        """What a capture knows beside the installed paths are its secondary paths, after those of the inventory."""
        track.state.offered = offered
        self._compose(track, track.state.baseline)

    def rebase(self, track: RouteTrack, baseline: tuple[InstalledPath, ...]) -> None:
        """Makes what was learnt the primary paths of a route whose inventory names none."""
        self._compose(track, baseline)

    def _compose(self, track: RouteTrack, baseline: tuple[InstalledPath, ...]) -> None:
        """The route's paths: named by the inventory, else learnt; and what else is known to lead there."""
        ident = track.record.route_id
        primaries = tuple(path for path in track.named if path.role is Role.PRIMARY)
        paths = [*(primaries or (_learnt(ident, path) for path in baseline))]
        paths += (path for path in track.named if path.role is not Role.PRIMARY)
        known = {(path.next_hop, way) for path in paths for way in (path.interface, None)}
        paths += (_spare(ident, path) for path in track.state.offered if (path.next_hop, path.interface) not in known)
        if tuple(paths) == track.record.paths:
            return
        self._unbind(track)
        self.version += 1
        track.record = replace(track.record, paths=tuple(paths))
        self._build_paths(track)
        self._bind_remote(track)

    @staticmethod
    def _unbind(track: RouteTrack) -> None:
        track.listen(False)
        ident = track.record.route_id
        for path in (*track.primaries, *track.secondaries):
            for subject in (*path.interfaces, *path.members, *path.adjacencies, *path.bfd, *path.remote):
                subject.routes.pop(ident, None)
            for probe in path.probes:
                probe.routes.pop(ident, None)

    def link_subnet(self, host: str, path: RoutePath) -> str:
        """What names the link of a path, beside its devices: the same for both families."""
        return self.subnet_to(host, self._links.hop(host, path))

    def subnet_to(self, host: str, address: str) -> str:
        """Of the link from a device to an address; empty where it is none."""
        device = self.devices.get(host)
        return names.link_subnet(address, device.device.addresses if device is not None else ())

    def _path(self, route: RouteTrack, path: RoutePath) -> PathTrack:
        host, vrf, built = route.record.hostname, route.record.vrf, PathTrack(path)
        self._links.note(host, path)
        if path.interface:
            egress = (path.interface, *names.parents(path.interface))
            built.interfaces = self._once(self._bound(route, (host, SubjectKind.INTERFACE, n, "")) for n in egress)
        protocols = (path.protocol,) if path.protocol else SESSION_PROTOCOLS
        hop = names.scoped(path.next_hop or "", path.interface)
        if path.next_hop:
            built.adjacencies = self._once(
                self._session(route, (host, SubjectKind.NEIGHBOUR, hop, protocol), vrf)
                for protocol in protocols
                if protocol in SESSION_PROTOCOLS and protocol != "bgp"
            )
            built.bfd = self._once((self._session(route, (host, SubjectKind.BFD, hop, ""), vrf),))
            built.probes = self._once(self._next_hop_probes.get((host, path.next_hop), ()))
            for probe in built.probes:
                probe.routes[route.record.route_id] = route
        unnumbered = path.interface if path.protocol == "bgp" else None
        offered_by = path.learned_from or tuple(filter(None, (hop or unnumbered,)))
        if "bgp" in protocols:
            built.members = self._once(
                self._session(route, (host, SubjectKind.NEIGHBOUR, peer, "bgp"), vrf) for peer in offered_by
            )
            built.neighbours = self._once(peer.partition("%")[0] for peer in offered_by)
        return built

    def _once(self, behind: Iterable[_T]) -> tuple[_T, ...]:
        """The same tuple for the same things: routes are many, and what they depend on is little."""
        made = tuple(behind)
        return cast(tuple[_T, ...], self._alike.setdefault(made, made))

    def _session(self, route: RouteTrack, key: SubjectKey, vrf: str) -> Subject:
        host, kind, name, protocol = key
        inside = (host, kind, name if vrf == "default" else f"{vrf}|{name}", protocol)
        for plain in {(host, kind, name.partition("%")[0], protocol), key} - {inside}:
            known = self._by_plain.setdefault(plain, [])
            if inside not in known:
                known.append(inside)
        return self._bound(route, inside)

    def _bound(self, route: RouteTrack, key: SubjectKey) -> Subject:
        subject = self.subject(key)
        subject.routes[route.record.route_id] = route
        return subject

    def site_of(self, host: str) -> str:
        """Empty: there is no such device."""
        track = self.devices.get(host)
        return track.device.site if track is not None else ""

    def is_namesake(self, host: str, site: str) -> bool:
        """Whether what captures show of this hostname at this site is another device's than the one that is known here.
        The hostname's own prefix may be no more than a guess, made before the inventory named its site."""
        host = names.hostname(host)
        known, said = self.devices.get(host), site.upper()
        return known is not None and said not in ("", known.device.site.upper(), names.site_of(host))

    def beyond(self, host: str, address: str) -> DeviceTrack | None:
        """The device that has an address, as `host` knows it."""
        return self.addresses.near(self.site_of(host), address)

    def speaker(self, address: str, name: str) -> DeviceTrack | None:
        """The device that speaks from an address, else the one of that hostname."""
        found = self.addresses.owner(address)
        return found or (self.device_by_name.get(names.hostname(name)) if name else None)

    def routes_to(self, host: str, prefix: str) -> list[RouteTrack]:
        """The watched routes with exactly that prefix, of every VRF."""
        vrfs = self._vrfs.get(host, ())
        return [route for vrf in vrfs if (route := self._by_name.get((host, vrf, prefix))) is not None]

    def vrfs_of(self, key: SubjectKey) -> tuple[str, ...]:
        """Those in which a session's address, as `key` has it, is a watched neighbour's."""
        inside = (subject for subject in self._by_plain.get(key, ()) if subject in self.subjects)
        found = {name.partition("|")[0] if "|" in name else "default" for _, _, name, _ in inside}
        return tuple(sorted(found | {"default"} if key in self.subjects else found))

    def devices_of(self, site: str) -> list[DeviceTrack]:
        return self._by_site.get(site, [])

    def route_of(self, host: str, vrf: str, prefix: str) -> RouteTrack | None:
        """The watched route with exactly that prefix."""
        return self._by_name.get((host, vrf, prefix))

    def _bind_destinations(self) -> None:
        for track in self.probes.values():
            probe = track.probe
            if probe.tests is not ProbeTests.DESTINATION:
                continue
            for route in self._tested_by(probe):
                route.destinations = (*route.destinations, track)
                track.routes[route.record.route_id] = route

    def _tested_by(self, probe: Probe) -> list[RouteTrack]:
        """The route named by the probe, else the longest watched match of its target on its device."""
        candidates = self._by_prefix.get((probe.hostname, probe.vrf), [])
        if probe.prefix:
            return [route for *_, route in candidates if route.record.prefix == probe.prefix]
        try:
            address = ip_address(probe.target)
        except ValueError:
            return [route for *_, route in candidates if route.record.prefix in ("0.0.0.0/0", "::/0")]
        width = address.max_prefixlen
        fits = [
            (length, route)
            for version, length, network, route in candidates
            if version == address.version and int(address) >> (width - length) == network >> (width - length)
        ]
        longest = max((length for length, _ in fits), default=-1)
        return [route for length, route in fits if length == longest]

    def _bind_outside(self) -> None:
        """What one end says of a link or session is evidence, in pairs, about the other end."""
        for route in self.routes.values():
            self._bind_remote(route)

    def _bind_remote(self, route: RouteTrack) -> None:
        for path in (*route.primaries, *route.secondaries):
            far = self.beyond(route.record.hostname, path.path.next_hop or "")
            if far is None or far is route.device:
                continue
            for subject in (*path.interfaces, *path.members, *path.adjacencies, *path.bfd):
                self._speaks_for(subject, far)
            path.remote = self._far_subjects(route, path, far)

    def _far_subjects(self, route: RouteTrack, path: PathTrack, far: DeviceTrack) -> tuple[Subject, ...]:
        host, hop = route.device.device.hostname, path.path.next_hop or ""
        link = (host, far.device.hostname, hop, self._links.hop(host, path.path))
        if link not in self._between:
            self._between[link] = self._subjects_towards(far, route.device, link[2:])
        for subject in self._between[link]:
            subject.routes[route.record.route_id] = route
        return self._between[link]

    def _subjects_towards(
        self, speaker: DeviceTrack, device: DeviceTrack, hops: tuple[str, str]
    ) -> tuple[Subject, ...]:
        """Sessions of `speaker` with addresses of `device`, less what belongs to another link than that of the first
        hop; and its interfaces that lead there: a port is that of both families, and the second hop the IPv4 one."""
        host, ends = speaker.device.hostname, device.device.addresses
        sessions, ports = ([a for a in ends if not self._links.is_elsewhere(speaker, device, a, hop)] for hop in hops)
        near = {*sessions, *ports}
        kinds = (*((SubjectKind.NEIGHBOUR, p) for p in SESSION_PROTOCOLS), (SubjectKind.BFD, ""))
        keys = [(host, kind, a, protocol) for a in sessions for kind, protocol in kinds]
        found = [self.subjects[key] for key in keys if key in self.subjects]
        for route in speaker.routes.values():
            for path in (*route.primaries, *route.secondaries):
                if path.path.next_hop in near and self.beyond(host, path.path.next_hop) is device:
                    found.extend(path.interfaces)
        return tuple(dict.fromkeys(found))

    def _speaks_for(self, subject: Subject, far: DeviceTrack) -> None:
        if far.device.hostname not in subject.witnesses:
            subject.witnesses[far.device.hostname] = far
            far.outside.append(subject)

    def resolve(
        self, host: str, kind: SubjectKind, fact_names: tuple[str, ...], protocol: str, vrf: str
    ) -> Subject | None:
        """The subject a fact is about, by the first of its names that is bound; a new one for an outside witness."""
        protocol = "" if kind is SubjectKind.BFD else protocol  # the kind says it
        for name in fact_names:
            found = self.subjects.get((host, kind, name if vrf == "default" else f"{vrf}|{name}", protocol))
            if found is None and vrf == "default":
                inside = self._by_plain.get((host, kind, name, protocol), ())
                found = self.subjects.get(inside[0]) if len(inside) == 1 else None
            if found is not None:
                return found
        if kind is SubjectKind.NEIGHBOUR:
            by_interface = self._adjacency_by_interface(host, fact_names[: 1 if protocol == "bgp" else None], protocol)
            if by_interface is not None:
                return by_interface
        if kind in (SubjectKind.NEIGHBOUR, SubjectKind.BFD):
            return self._outside_witness(host, kind, fact_names, protocol)
        return None

    def _adjacency_by_interface(self, host: str, fact_names: tuple[str, ...], protocol: str) -> Subject | None:
        """IOS names an OSPF neighbour by router id and interface only, FRR an unnumbered BGP one by its interface: the
        path over that interface, unless the router id is known to be another device's."""
        speaker = next((found for name in fact_names if (found := self.beyond(host, name)) is not None), None)
        device = self.devices.get(host)
        for name in fact_names:
            interface = self.subjects.get((host, SubjectKind.INTERFACE, name, ""))
            if interface is None or device is None:
                continue
            for route in interface.routes.values():
                if route.device is not device:
                    continue
                for path in (*route.primaries, *route.secondaries):
                    if interface not in path.interfaces:
                        continue
                    owner = self.beyond(host, path.path.next_hop or "")
                    if speaker is not None and owner is not None and speaker is not owner:
                        continue
                    for subject in (*path.adjacencies, *path.members):
                        if subject.key[3] == protocol:
                            return subject
        return None

    def known(self, key: SubjectKey) -> Subject | None:
        """The subject of a checkpoint, by its key; one that only an outside witness spoke of is bound again."""
        found = self.subjects.get(key)
        if found is None and key[1] in (SubjectKind.NEIGHBOUR, SubjectKind.BFD):
            found = self._outside_witness(key[0], key[1], (key[2],), key[3])
        return found

    def _outside_witness(
        self, host: str, kind: SubjectKind, fact_names: tuple[str, ...], protocol: str
    ) -> Subject | None:
        for name in fact_names:
            far = self.beyond(host, name)
            if far is None or far.device.hostname == host:
                continue
            if len(self.subjects) >= self._most_subjects:
                return None
            subject = self.subject((host, kind, name, protocol))
            self._speaks_for(subject, far)
            own = self.devices.get(host)
            for route in far.routes.values():
                for path in (*route.primaries, *route.secondaries):
                    hop = path.path.next_hop or ""
                    is_of_own = own is not None and self.beyond(far.device.hostname, hop) is own
                    if own is not None and is_of_own and not self._links.is_elsewhere(own, far, name, hop):
                        path.remote = tuple(dict.fromkeys((*path.remote, subject)))
                        subject.routes[route.record.route_id] = route
            return subject
        return None


def _learnt(route_id: str, path: InstalledPath) -> RoutePath:
    return RoutePath(
        path_id=ids.path_id(route_id, path.protocol or "", path.next_hop, path.interface),
        role=Role.PRIMARY,
        next_hop=path.next_hop,
        interface=path.interface,
        protocol=path.protocol,
    )


def _spare(route_id: str, path: CapturedPath) -> RoutePath:
    return RoutePath(
        path_id=ids.path_id(route_id, path.protocol or "", path.next_hop, path.interface),
        role=Role.SECONDARY,
        next_hop=path.next_hop,
        interface=path.interface,
        protocol=path.protocol,
        admin_distance=path.admin_distance,
        metric=path.metric,
        tag=path.tag,
    )
