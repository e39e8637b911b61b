"""Pure. Incidents: outages whose first cause names the same failed element within 30 s, and how far they reach."""

from __future__ import annotations

from msgspec import Struct, field

from statetrace_engine.health.policy import ExplainPolicy
from statetrace_engine.health.topology import Topology
from statetrace_engine.health.tracks import RANK, OutageRecord
from statetrace_engine.health.watched import DeviceTrack
from statetrace_engine.model import Epoch, ids
from statetrace_engine.model.health import Severity
from statetrace_engine.model.outage import CauseKind, Incident

KEEP_S = 86400.0
LARGE = 50
"""Outages above which an incident tells how it grows only now and then: each telling costs its size."""
TELL_S = 0.25
_BETWEEN = frozenset((CauseKind.NEIGHBOUR_LOSS, CauseKind.NEXT_HOP_UNREACHABLE, CauseKind.SILENT_BLACKHOLE))
"""Causes that name the other end, because nobody can tell it from the way there."""


class IncidentRecord(Struct):
    incident_id: str
    cause: CauseKind
    element: str
    opened: float
    opened_at: Epoch
    closed: float | None = None
    closed_at: Epoch | None = None
    outages: dict[str, bool] = field(default_factory=dict)
    """Its outages in the order they came, and whether each is open."""
    open_count: int = 0
    routes: dict[str, int] = field(default_factory=dict)
    """Routes of its outages, and how many of each: those that are forgotten included."""
    devices: dict[str, bool] = field(default_factory=dict)
    """Unreachable ones: their routes belong to it without an outage."""
    last_joined: float = 0.0
    announced: Severity | None = None
    """The worst severity that a notice of it has named."""
    hosts: dict[str, bool] = field(default_factory=dict)
    """Devices whose routes it has had outages of."""
    parents: dict[str, bool] = field(default_factory=dict)
    """Outages of it that were announced and have not recovered."""
    recovered: float | None = None
    """When the last of these did; steady."""
    lost_too: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """Its outages with equal paths that have causes of their own, and their elements."""

    @property
    def also(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(element for of in self.lost_too.values() for element in of))

    def gain(self, route_id: str, count: int = 1) -> None:
        self.routes[route_id] = self.routes.get(route_id, 0) + count

    def lose(self, route_id: str) -> None:
        left = self.routes.get(route_id, 0) - 1
        if left > 0:
            self.routes[route_id] = left
        else:
            self.routes.pop(route_id, None)

    def hear(self, severity: Severity | None) -> None:
        """People were told of it, as so severe."""
        if RANK[severity] > RANK[self.announced]:
            self.announced = severity


class Incidents:
    def __init__(self, topology: Topology, policy: ExplainPolicy) -> None:
        self._topology = topology
        self._policy = policy
        self.records: dict[str, IncidentRecord] = {}
        self.dirty: dict[str, IncidentRecord] = {}
        self._newest: dict[str, str] = {}
        """Element → its newest incident."""
        self._of_device: dict[str, str] = {}
        """Unreachable device → its incident."""
        self._gone: dict[str, dict[str, float]] = {}
        """Site → its unreachable devices, and since when."""
        self._gone_sites: set[str] = set()

    # Devices and sites --------------------------------------------------------------------------------------------

    def element_of(self, element: str) -> str:
        """The site instead of its device, when the site is gone (SPEC 4)."""
        if not element.startswith("device "):
            return element
        device = self._topology.devices.get(element.removeprefix("device "))
        if device is None or device.device.hostname not in self._gone.get(device.device.site, ()):
            return element
        return f"site {device.device.site}" if device.device.site in self._gone_sites else element

    def device_gone(self, device: DeviceTrack, now: float, at: Epoch) -> list[str]:
        """A device became unreachable: one incident, with or without outages; answers the outages that moved."""
        site, host = device.device.site, device.device.hostname
        self._gone.setdefault(site, {})[host] = now
        if self._is_site_gone(site, now):
            self._gone_sites.add(site)
        record = self._join(CauseKind.DEVICE_UNREACHABLE, self.element_of(f"device {host}"), now, at)
        moved = self._swallow(record, self._gone[site], now, at) if record.element == f"site {site}" else []
        record.devices[host] = True
        self._of_device[host] = record.incident_id
        self.dirty[record.incident_id] = record
        return moved

    def _is_site_gone(self, site: str, now: float) -> bool:
        recent = sum(now - since <= self._policy.site_window_s for since in self._gone[site].values())
        watched = sum(d.state.control is not None for d in self._topology.devices_of(site))
        return recent >= self._policy.site_devices and recent >= self._policy.site_share * watched

    def _swallow(self, record: IncidentRecord, hosts: dict[str, float], now: float, at: Epoch) -> list[str]:
        """The site's devices had incidents of their own until it was seen that the site is gone."""
        moved: list[str] = []
        for ident in {self._of_device[h]: None for h in hosts if h in self._of_device}:
            other = self.records.get(ident)
            if other is None or other is record or other.closed is not None:
                continue
            moved += other.outages
            record.devices.update(other.devices)
            record.outages.update(other.outages)
            for route_id, count in other.routes.items():
                record.gain(route_id, count)
            record.hosts.update(other.hosts)
            record.lost_too.update(other.lost_too)
            record.parents.update(other.parents)
            record.open_count += other.open_count
            record.hear(other.announced)
            record.opened, record.opened_at = min(record.opened, other.opened), min(record.opened_at, other.opened_at)
            self._of_device.update(dict.fromkeys(other.devices, record.incident_id))
            other.devices, other.outages, other.routes, other.parents, other.open_count = {}, {}, {}, {}, 0
            other.lost_too = {}
            self._close_when_empty(other, now, at)
        return moved

    def device_back(self, device: DeviceTrack, now: float, at: Epoch) -> float:
        """How long it was gone, in seconds."""
        site, host = device.device.site, device.device.hostname
        gone = self._gone.get(site, {})
        since = gone.pop(host, now)
        if len(gone) < self._policy.site_devices:
            self._gone_sites.discard(site)
        record = self.records.get(self._of_device.pop(host, ""))
        if record is not None:
            record.devices.pop(host, None)
            self.dirty[record.incident_id] = record
            self._close_when_empty(record, now, at)
        return now - since

    # Outages ------------------------------------------------------------------------------------------------------

    def assign(self, outage: OutageRecord, now: float, at: Epoch) -> None:
        """Joins, opens or moves; call it whenever the outage's first cause may have changed."""
        top = outage.first_cause
        current = self.records.get(outage.incident_id)
        element = self._agreed(outage, self.element_of(top.element), now)
        if current is not None and current.closed is None and current.element == element:
            self._put(current, outage)
            self._name(current, outage)
            return
        alone = current if current is not None and len(current.outages) == 1 and not current.devices else None
        record = self._join(outage.causes[0].cause, element, now, at, alone)
        if current is not None and current is not record and outage.outage_id in current.outages:
            current.open_count -= current.outages.pop(outage.outage_id)
            current.lose(outage.route_id)
            current.lost_too.pop(outage.outage_id, None)
            if current.parents.pop(outage.outage_id, False):
                record.parents[outage.outage_id] = True
                record.hear(outage.notified_severity)
            self._close_when_empty(current, now, at)
        self._put(record, outage)

    def _name(self, record: IncidentRecord, outage: OutageRecord) -> None:
        """It goes by the cause of its first outage, which may have been revised."""
        cause = outage.causes[0].cause
        if not record.devices and record.cause is not cause and next(iter(record.outages)) == outage.outage_id:
            record.cause = cause
            self.dirty[record.incident_id] = record

    def _agreed(self, outage: OutageRecord, element: str, now: float) -> str:
        """Two ends that name each other have lost what is between them: the second takes the first one's word."""
        host, accused = self._host(outage), element.removeprefix("device ")
        if outage.first_cause.cause not in _BETWEEN or accused == element:
            return element
        mirror = self.records.get(self._newest.get(f"device {host}", ""))
        if mirror is None or mirror.closed is not None or accused not in mirror.hosts:
            return element
        is_recent = now - mirror.last_joined <= self._policy.incident_window_s
        return mirror.element if is_recent or outage.outage_id in mirror.outages else element

    def _host(self, outage: OutageRecord) -> str:
        route = self._topology.routes.get(outage.route_id)
        return route.record.hostname if route is not None else ""

    def _put(self, record: IncidentRecord, outage: OutageRecord) -> None:
        outage.incident_id = record.incident_id
        record.hosts[self._host(outage)] = True
        known = record.outages.get(outage.outage_id)
        if known is None:
            record.gain(outage.route_id)
        if not known:
            record.outages[outage.outage_id] = True
            record.open_count += 1
            self.dirty[record.incident_id] = record
        also = tuple(self.element_of(cause.element) for cause in outage.also)
        if also != record.lost_too.get(outage.outage_id, ()):
            record.lost_too[outage.outage_id] = also
            self.dirty[record.incident_id] = record

    def _join(
        self, cause: CauseKind, element: str, now: float, at: Epoch, alone: IncidentRecord | None = None
    ) -> IncidentRecord:
        """The open incident of that element; else `alone` (an incident of one outage) takes the new name."""
        newest = self.records.get(self._newest.get(element, ""))
        if newest is not None and newest.closed is None and newest.element == element:
            is_recent = now - newest.last_joined <= self._policy.incident_window_s
            if is_recent or newest.devices:
                newest.last_joined = now
                return newest
        if alone is not None and alone.closed is None:
            alone.cause, alone.element = cause, element
            self._newest[element] = alone.incident_id
            self.dirty[alone.incident_id] = alone
            return alone
        self._forget_old(now)
        ident = ids.incident_id(element, at, self.records.__contains__)
        record = self.records[ident] = IncidentRecord(ident, cause, element, now, at, last_joined=now)
        self._newest[element] = ident
        self.dirty[ident] = record
        return record

    def _forget_old(self, now: float) -> None:
        while self.records:
            ident, oldest = next(iter(self.records.items()))
            if oldest.closed is None or now - oldest.closed <= KEEP_S:
                return
            del self.records[ident]
            if self._newest.get(oldest.element) == ident:
                del self._newest[oldest.element]

    def closed(self, outage: OutageRecord, now: float, at: Epoch) -> None:
        """The outage is over."""
        record = self.records.get(outage.incident_id)
        if record is not None and record.outages.get(outage.outage_id):
            record.outages[outage.outage_id] = False
            record.open_count -= 1
            self._close_when_empty(record, now, at)

    def _close_when_empty(self, record: IncidentRecord, now: float, at: Epoch) -> None:
        if not record.open_count and not record.devices and record.closed is None:
            record.closed, record.closed_at = now, at
        self.dirty[record.incident_id] = record

    # Noise --------------------------------------------------------------------------------------------------------

    def is_silent(self, outage: OutageRecord, now: float, hold_s: float) -> bool:
        """A child makes no noise unless it is more severe than any notice of its incident, or outlived those that were
        announced by its hold."""
        record = self.records.get(outage.incident_id)
        if record is None:
            return False
        is_as_bad = RANK[outage.severity] <= RANK[record.announced]
        if is_as_bad and (record.parents or (record.recovered is not None and now < record.recovered + hold_s)):
            return True
        record.hear(outage.severity)
        record.parents[outage.outage_id] = True
        return False

    def recovered(self, outage: OutageRecord) -> float | None:
        """When the last announced outage of its incident recovered; None while one has not."""
        record = self.records.get(outage.incident_id)
        return record.recovered if record is not None and not record.parents else None

    def orphans(self, outage: OutageRecord, now: float) -> list[str]:
        """The outage recovers. Open children that nobody spoke for then: each alerts if it outlives it by its hold."""
        record = self.records.get(outage.incident_id)
        if record is None or not record.parents.pop(outage.outage_id, False) or record.parents:
            return []
        record.recovered = now
        return [ident for ident, is_open in record.outages.items() if is_open and ident != outage.outage_id]

    def speaks_again(self, outage: OutageRecord) -> None:
        """An announced outage failed again within its hold."""
        record = self.records.get(outage.incident_id)
        if record is not None:
            record.parents[outage.outage_id] = True

    # Reading ------------------------------------------------------------------------------------------------------

    def told(self, is_large_due: bool) -> list[IncidentRecord]:
        """Those to tell of now; the large ones only when it is their time."""
        out = [r for r in self.dirty.values() if is_large_due or r.closed is not None or len(r.outages) <= LARGE]
        for record in out:
            del self.dirty[record.incident_id]
        return out

    def restore(self, records: dict[str, IncidentRecord], now: float) -> None:
        self.records = records
        self._newest = {r.element: i for i, r in records.items() if r.closed is None}
        self._of_device = {h: i for i, r in records.items() for h in r.devices}
        for host in self._of_device:
            device = self._topology.devices.get(host)
            if device is not None and device.state.is_unreachable:
                self._gone.setdefault(device.device.site, {})[host] = device.state.unreachable_at or now
        self._gone_sites = {
            r.element.removeprefix("site ")
            for r in records.values()
            if r.closed is None and r.element.startswith("site ")
        }

    def event(self, record: IncidentRecord) -> Incident:
        """The incident with its blast radius."""
        routes: dict[str, None] = dict.fromkeys(record.routes)
        gone = [device for host in record.devices if (device := self._topology.devices.get(host)) is not None]
        for device in gone:
            routes.update(dict.fromkeys(device.routes))
        known = self._topology.routes
        watched = [known[ident].record for ident in routes if ident in known]
        hosts, sites = dict.fromkeys(record.devices), dict.fromkeys(device.device.site for device in gone)
        hosts |= dict.fromkeys([route.hostname for route in watched])
        sites |= dict.fromkeys([route.site for route in watched])
        return Incident(
            incident_id=record.incident_id,
            cause=record.cause,
            element=record.element,
            opened_at=record.opened_at,
            closed_at=record.closed_at,
            outage_ids=tuple(record.outages),
            route_ids=tuple(routes),
            devices=tuple(hosts),
            sites=tuple(sites),
            owners=tuple(dict.fromkeys([route.owner or "unowned" for route in watched])),
            also=record.also,
        )
