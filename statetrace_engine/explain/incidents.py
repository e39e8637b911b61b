"""Pure. Incidents: outages whose first cause names the same failed element within 30 s, and how far they reach."""

from __future__ import annotations

from msgspec import Struct, field

from statetrace_engine.health.policy import ExplainPolicy
from statetrace_engine.health.topology import DeviceTrack, Topology
from statetrace_engine.health.tracks import RANK, OutageRecord
from statetrace_engine.model import Epoch, ids
from statetrace_engine.model.health import Severity
from statetrace_engine.model.outage import CauseKind, Incident

KEEP_S = 86400.0


class IncidentRecord(Struct):
    incident_id: str
    cause: CauseKind
    element: str
    opened: float
    opened_at: Epoch
    closed: float | None = None
    closed_at: Epoch | None = None
    outages: list[str] = field(default_factory=list)
    devices: list[str] = field(default_factory=list)
    """Unreachable ones: their routes belong to it without an outage."""
    last_joined: float = 0.0
    announced: Severity | None = None
    """The worst severity that a notice of it has named."""


class Incidents:
    def __init__(self, topology: Topology, policy: ExplainPolicy) -> None:
        self._topology = topology
        self._policy = policy
        self.records: dict[str, IncidentRecord] = {}
        self.dirty: dict[str, IncidentRecord] = {}
        self._newest: dict[str, str] = {}
        """Element → its newest incident."""
        self._unreachable: dict[str, list[tuple[float, DeviceTrack]]] = {}

    def element_of(self, element: str) -> str:
        """The site instead of its device, when the site is gone (SPEC 4)."""
        if not element.startswith("device "):
            return element
        device = self._topology.devices.get(element.removeprefix("device "))
        if device is None or not device.state.is_unreachable:
            return element
        site = device.device.site
        return f"site {site}" if self._is_site_gone(site) else element

    def _is_site_gone(self, site: str) -> bool:
        gone = [d for at, d in self._unreachable.get(site, ()) if d.state.is_unreachable]
        watched = [d for d in self._topology.devices_of(site) if d.state.control is not None]
        return len(gone) >= self._policy.site_devices and len(gone) >= self._policy.site_share * max(len(watched), 1)

    def device_gone(self, device: DeviceTrack, now: float, at: Epoch) -> None:
        """A device became unreachable: one incident, with or without outages."""
        site = device.device.site
        recent = [(t, d) for t, d in self._unreachable.get(site, ()) if d.state.is_unreachable and d is not device]
        self._unreachable[site] = [*recent, (now, device)]
        element = self.element_of(f"device {device.device.hostname}")
        record = self._join(CauseKind.DEVICE_UNREACHABLE, element, now, at)
        if element.startswith("site "):
            self._swallow(record, [d for _, d in self._unreachable[site]])
        if device.device.hostname not in record.devices:
            record.devices.append(device.device.hostname)
        self.dirty[record.incident_id] = record

    def _swallow(self, record: IncidentRecord, devices: list[DeviceTrack]) -> None:
        """The site's devices had incidents of their own until it was seen that the site is gone."""
        hosts = {d.device.hostname for d in devices}
        for other in list(self.records.values()):
            if other is record or other.closed is not None or not (set(other.devices) & hosts):
                continue
            record.devices += [h for h in other.devices if h not in record.devices]
            record.outages += [o for o in other.outages if o not in record.outages]
            if RANK[other.announced] > RANK[record.announced]:
                record.announced = other.announced
            record.opened, record.opened_at = min(record.opened, other.opened), min(record.opened_at, other.opened_at)
            other.devices, other.outages = [], []
            self.dirty[other.incident_id] = other

    def device_back(self, device: DeviceTrack, now: float, at: Epoch) -> None:
        for record in self.records.values():
            if device.device.hostname in record.devices and record.closed is None:
                record.devices.remove(device.device.hostname)
                self._close_when_empty(record, now, at, {})
                self.dirty[record.incident_id] = record

    def assign(self, outage: OutageRecord, now: float, at: Epoch) -> None:
        """Joins, opens or moves; call it whenever the outage's first cause may have changed."""
        top = outage.causes[0]
        element = self.element_of(top.element)
        current = self.records.get(outage.incident_id)
        if current is not None and current.closed is None and current.element == element:
            self._put(current, outage)
            return
        record = self._join(top.cause, element, now, at, current if current and len(current.outages) == 1 else None)
        if current is not None and current is not record:
            if outage.outage_id in current.outages:
                current.outages.remove(outage.outage_id)
            self._close_when_empty(current, now, at, {})
            self.dirty[current.incident_id] = current
        self._put(record, outage)

    def _put(self, record: IncidentRecord, outage: OutageRecord) -> None:
        outage.incident_id = record.incident_id
        if outage.outage_id not in record.outages:
            record.outages.append(outage.outage_id)
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
        if alone is not None and not alone.devices:
            alone.cause, alone.element = cause, element
            self._newest[element] = alone.incident_id
            self.dirty[alone.incident_id] = alone
            return alone
        ident = ids.incident_id(element, at, self.records.__contains__)
        record = self.records[ident] = IncidentRecord(ident, cause, element, now, at, last_joined=now)
        self._newest[element] = ident
        self.dirty[ident] = record
        return record

    def outage_changed(self, outage: OutageRecord, outages: dict[str, OutageRecord], now: float, at: Epoch) -> None:
        record = self.records.get(outage.incident_id)
        if record is not None and not outage.is_open:
            self._close_when_empty(record, now, at, outages)

    def _close_when_empty(
        self, record: IncidentRecord, now: float, at: Epoch, outages: dict[str, OutageRecord]
    ) -> None:
        is_over = all(not outages[o].is_open for o in record.outages if o in outages) if outages else not record.outages
        if is_over and not record.devices and record.closed is None:
            record.closed, record.closed_at = now, at
            self.dirty[record.incident_id] = record

    def is_silent(self, outage: OutageRecord) -> bool:
        """A child makes no noise unless it is more severe than any notice of its incident."""
        record = self.records.get(outage.incident_id)
        if record is None:
            return False
        if RANK[outage.severity] <= RANK[record.announced]:
            return True
        record.announced = outage.severity
        return False

    def forget(self, now: float) -> None:
        for ident in [i for i, r in self.records.items() if r.closed is not None and now - r.closed > KEEP_S]:
            record = self.records.pop(ident)
            if self._newest.get(record.element) == ident:
                del self._newest[record.element]

    def restore(self, records: dict[str, IncidentRecord]) -> None:
        self.records = records
        self._newest = {r.element: i for i, r in records.items() if r.closed is None}

    def event(self, record: IncidentRecord, outages: dict[str, OutageRecord]) -> Incident:
        """The incident with its blast radius."""
        routes = {outages[o].route_id: None for o in record.outages if o in outages}
        for host in record.devices:
            device = self._topology.devices.get(host)
            routes.update(dict.fromkeys(device.routes if device else ()))
        tracks = [self._topology.routes[r] for r in routes if r in self._topology.routes]
        return Incident(
            incident_id=record.incident_id,
            cause=record.cause,
            element=record.element,
            opened_at=record.opened_at,
            closed_at=record.closed_at,
            outage_ids=tuple(record.outages),
            route_ids=tuple(routes),
            devices=tuple(dict.fromkeys([*record.devices, *(t.record.hostname for t in tracks)])),
            sites=tuple(dict.fromkeys(t.record.site for t in tracks)),
            owners=tuple(dict.fromkeys(t.record.owner or "unowned" for t in tracks)),
        )
