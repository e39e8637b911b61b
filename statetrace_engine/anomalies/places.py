"""Pure. Where a card or an outage is: its devices, its links from either end, what it leads over, its sites.

Looked up in the inventory's topology when asked, at a cost that does not grow with it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from ipaddress import ip_address

from msgspec import Struct

from statetrace_engine.health.topology import Topology
from statetrace_engine.model import names
from statetrace_engine.model.anomaly import AnomalyCard
from statetrace_engine.model.observation import SubjectKind
from statetrace_engine.model.outage import Incident, OutageEvent
from statetrace_engine.model.route import RoutePath

_MOST_OUTAGES = 200
"""Of an incident, that are looked at for its places: more of them are on the same devices."""


class Place(Struct, frozen=True, gc=False):
    hosts: frozenset[str]
    links: frozenset[str] = frozenset()
    """Ports, links and sessions, each by one name."""
    over: frozenset[str] = frozenset()
    """Devices that it leads over, its own among them."""
    sites: frozenset[str] = frozenset()


class Places:
    """Of an inventory."""

    def __init__(self, topology: Topology) -> None:
        self._topology = topology
        self._subjects: dict[tuple[str, str], Place] = {}
        """Places of cards: those of one subject share one."""

    def of_card(self, card: AnomalyCard) -> Place:
        """By its subject, or by all that a card of many names: a hostname, and what of it."""
        if not card.subjects:
            return self._of_subject(card.hostname, card.subject)
        return _all([self._of_subject(subject.partition(" ")[0], subject) for subject in card.subjects])

    def _of_subject(self, host: str, subject: str) -> Place:
        rest = subject[len(host) :].strip() if subject.startswith(host) else ""
        found = self._subjects.get((host, rest))
        if found is None:
            found = self._subjects[host, rest] = self._of_part(host, rest) if rest else self._of_host(host)
        return found

    def _of_host(self, host: str) -> Place:
        hosts = frozenset((host,))
        return Place(hosts, frozenset(), hosts, self._sites(hosts))

    def _of_part(self, host: str, rest: str) -> Place:
        links, beyond = self._behind(host, rest)
        whole = self._of_subject(host, "")
        return Place(whole.hosts, links, beyond | whole.hosts if beyond else whole.hosts, whole.sites)

    def of_outage(self, outage: OutageEvent) -> Place:
        """It leads over the devices at the far ends of its route's primary paths."""
        host = outage.hostname
        links, beyond = set[str](), {host}
        route = self._topology.routes.get(outage.route_id)
        for path in route.primaries if route is not None else ():
            links |= self._links_of(host, path.path)
            far = self._far(host, path.path.next_hop or "")
            if far:
                beyond.add(far)
        return Place(frozenset((host,)), frozenset(links), frozenset(beyond), frozenset((outage.site,)))

    def of_incident(self, incident: Incident, outages: Iterable[OutageEvent]) -> Place:
        """On the devices that its element names, else on those of its outages; over what these lead over."""
        named = {word for word in incident.element.split() if word in self._topology.devices}
        places = [self.of_outage(outage) for outage, _ in zip(outages, range(_MOST_OUTAGES), strict=False)]
        near = [place for place in places if not named or named & place.hosts]
        hosts = named.union(*(place.hosts for place in near)) or set(incident.devices)
        links = frozenset((incident.element,)) if incident.element.startswith("link ") else frozenset[str]()
        return Place(
            frozenset(named or hosts),
            links.union(*(place.links for place in near)),
            frozenset(named or hosts).union(*(place.over for place in near)),
            frozenset(incident.sites) | self._sites(hosts),
        )

    def _sites(self, hosts: Iterable[str]) -> frozenset[str]:
        return frozenset([self._site(host) for host in hosts])

    def _site(self, host: str) -> str:
        device = self._topology.devices.get(host)
        return device.device.site if device is not None else names.site_of(host)

    def _behind(self, host: str, rest: str) -> tuple[frozenset[str], frozenset[str]]:
        """Names for what a subject says beside the device, and the devices at its other end."""
        if _is_address(rest):
            far = self._far(host, rest)
            session = {_session(host, rest)} | (
                {_link(host, far, self._topology.subnet_to(host, rest))} if far else set()
            )
            return frozenset(session), frozenset((far,) if far else ())
        device = self._topology.devices.get(host)
        name = names.interface(rest, device.device.vendor if device is not None else "")
        links, beyond = {_port(host, name)}, set[str]()
        for path in self._paths_by(host, name):
            links |= self._links_of(host, path)
            far = self._far(host, path.next_hop or "")
            if far:
                beyond.add(far)
        return frozenset(links), frozenset(beyond)

    def _paths_by(self, host: str, interface: str) -> Iterator[RoutePath]:
        """One path a way out of that port."""
        subject = self._topology.subjects.get((host, SubjectKind.INTERFACE, interface, ""))
        hops: set[str] = set()
        for route in subject.routes.values() if subject is not None else ():
            for path in (*route.primaries, *route.secondaries) if route.record.hostname == host else ():
                hop = path.path.next_hop or ""
                if hop not in hops and subject in path.interfaces:
                    hops.add(hop)
                    yield path.path
            if hops:
                return

    def _links_of(self, host: str, path: RoutePath) -> set[str]:
        hop = path.next_hop or ""
        far = self._far(host, hop)
        links = {_session(host, peer) for peer in (hop, *path.learned_from) if peer}
        if path.interface:
            links |= {_port(host, name) for name in (path.interface, *names.parents(path.interface))}
        if far:
            links.add(_link(host, far, self._topology.link_subnet(host, path)))
        return links

    def _far(self, host: str, address: str) -> str:
        device = self._topology.beyond(host, address) if address else None
        return device.device.hostname if device is not None and device.device.hostname != host else ""


def _all(places: Sequence[Place]) -> Place:
    none = frozenset[str]()
    return Place(
        none.union(*(place.hosts for place in places)), none.union(*(place.links for place in places)),
        none.union(*(place.over for place in places)), none.union(*(place.sites for place in places)),
    )  # fmt: skip


def _port(host: str, interface: str) -> str:
    return f"port {host} {interface}"


def _session(host: str, peer: str) -> str:
    return f"session {host} {peer}"


def _link(one: str, other: str, subnet: str) -> str:
    """As incidents name it."""
    return f"link {' -- '.join(sorted((one, other)))} {subnet}".rstrip()


@lru_cache(maxsize=4096)
def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True
